"""The org as the thinking needs it: read, written row by row or by jobs, and what it says of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import pyarrow as pa

from pipelines.ports.objects import BLIND, ObjectInfo, Sight, Snapshot, Window
from pipelines.ports.world import LostAnswer, Progress, SystemicError

Rows = Sequence[Mapping[str, str | None]]
"""Records to be written: field → value."""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What the CRM said of one row."""

    record_id: str | None
    success: bool
    created: bool = False
    code: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()


Told = list[RowResult] | LostAnswer | SystemicError
"""What became of one of the writes of a call: a result a row, or what that write by itself would have raised."""


JobState = Literal["Open", "UploadComplete", "InProgress", "JobComplete", "Failed", "Aborted", "Gone"]


@dataclass(frozen=True, slots=True)
class JobInfo:
    """How a bulk job stands. `Gone`: the org no longer knows it."""

    job_id: str
    state: JobState
    processed: int = 0
    failed: int = 0
    message: str = ""


CLEAR = "#N/A"
"""In a bulk upload: set the field to null. A null cell leaves the field alone."""


REFERENCE = "@{"
"""In a call of several writes: what begins so is taken for a reference to the answer of another one."""


ANSWERS = pa.schema(
    [
        ("key", pa.string()),
        ("record_id", pa.string()),
        ("created", pa.bool_()),
        ("status", pa.string()),
        ("code", pa.string()),
        ("message", pa.string()),
        ("fields", pa.string()),
    ]
)
"""What `Crm.results` gives: a row for each row that was sent, `key` being what it is matched by."""


class Crm(Protocol):
    """The org. Every method may raise `SystemicError`; writes may raise `LostAnswer`."""

    @property
    def calls(self) -> int:
        """API calls made so far by this object, retries included."""

    @property
    def asked_at(self) -> datetime:
        """The org's clock when the last answered call was sent, or a little before."""

    @property
    def answered_at(self) -> datetime:
        """The org's clock when the answer to it was ready: whatever that call wrote is no newer."""

    @property
    def user_id(self) -> str:
        """The 18-character id of the user we write as."""

    @property
    def org_id(self) -> str:
        """The 18-character id of the org: what is known of one org is never applied to another."""

    def describe(self, sobject: str) -> ObjectInfo:
        """The object as the user may see it; asked once, then remembered. An unknown object is a SystemicError."""

    def look(self, objects: Sequence[str], windows: Sequence[Window] = ()) -> Sight:
        """Those of the objects that the user may see, and what the windows show: one call for all together.

        Objects described before are not asked for again. A window that cannot be looked through, or is one too many
        for one call, is missing: asked for by itself, `snapshot` shows it or tells why.
        """

    def snapshot(self, sobject: str, fields: Sequence[str], *, since: datetime | None, seen: Sight = BLIND) -> Snapshot:
        """All records, or those with SystemModstamp >= since *with the deleted ones*; the route is chosen by cost.

        What a look has shown of just this is not asked for again.
        """

    def touched(self, sobject: str, fields: Sequence[str], *, since: datetime) -> Snapshot:
        """The records that others than our user touched last, or that were deleted, with SystemModstamp >= since."""

    def finds(self, soql: str) -> bool:
        """Whether this query, a declaration's own text, gives at least one row."""

    def read(self, sobject: str, fields: Sequence[str], by: str, values: Sequence[str]) -> pa.Table:
        """The live records whose field `by` (Id or an external id) is one of the values, in as few calls as may be."""

    def insert(self, sobject: str, rows: Rows) -> list[RowResult]:
        """At most 200 new records in one call; results in the order of the rows. Never retried by itself."""

    def update(self, sobject: str, rows: Rows) -> list[RowResult]:
        """At most 200 records with `Id` in one call; only the named fields change, None clears. Never retried."""

    def insert_and_update(self, sobject: str, new: Rows, changed: Rows) -> tuple[Told, Told]:
        """Both in one call, at most 200 rows of each, none with a text that holds `REFERENCE`. Never retried."""

    def delete(self, sobject: str, ids: Sequence[str]) -> list[RowResult]:
        """At most 200 records, into the recycle bin, in one call; results in the order of the ids. Never retried."""

    def create_job(self, sobject: str, operation: Literal["insert", "update"]) -> str:
        """The id of a new, open ingest job."""

    def upload(self, job_id: str, rows: pa.Table) -> None:
        """Sends all rows (text columns named as fields; null leaves alone, `CLEAR` clears) and closes the job."""

    def abort(self, job_id: str) -> None:
        """The job will never run. An already aborted or unknown job is fine."""

    def wait(self, job_id: str, progress: Progress) -> JobInfo:
        """Returns when the job has ended (or is Open or Gone, at once)."""

    def results(self, job_id: str, key: str) -> pa.Table:
        """One row for each row of the job that ended, in any order, from those of its three result files still there.

        Unprocessed rows are told apart although they are treated as those that no file tells of: the ledger keeps what
        the org said, which for them is that nothing was written.

        Columns, all text but `created` (boolean): key (the uploaded column named by the argument), record_id, created,
        status (success, failed, unprocessed), code, message, fields (joined by ",").
        """
