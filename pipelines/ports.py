"""What the thinking needs from the world: a source that lands rows and a CRM that answers and is written to.

Only shapes live here. `resources/` implements them; nothing in `pipelines/` knows who does. Values cross this border
as *canonical text*, one spelling a type, so that both sides compare equal when they are equal:
boolean `true`/`false` · int `42` · double shortest decimal · date `2026-01-31` · datetime `2026-01-31T08:15:00.000Z`,
UTC, whole seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa

from pipelines.declaring.source import AnySource, Outlook

Clock = Callable[[], datetime]
"""Tells the time, with a time zone."""

Progress = Callable[[str, int, int | None], None]
"""Is told `(step, done, total)`; total is None while it is unknown."""


class SystemicError(Exception):
    """The run cannot go on (credentials, permission, missing field, daily limit, unreachable): no row is to blame."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class SourceNotSet(SystemicError):
    """No setting says where the source is: whoever has none leaves its entities alone."""

    def __init__(self, message: str) -> None:
        super().__init__("source_not_set", message)


class LostAnswer(Exception):
    """A write was sent and no answer came: it may or may not have taken effect. Read again before anything is sent."""


class SourceError(Exception):
    """The feed cannot be used at all (missing, empty, half written, wrong encoding …). Nothing was landed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of the CRM as its describe tells it. `length` is 0 where none applies."""

    name: str
    label: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    defaulted: bool = False
    unique: bool = False
    external_id: bool = False
    picklist: tuple[str, ...] = ()
    """The allowed values of a *restricted* picklist; empty otherwise."""
    reference_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordTypeInfo:
    """One record type of an object. `available`: this user may give it to a record."""

    id: str
    available: bool


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One object of the CRM as this user may see it: a field hidden from the user is absent."""

    name: str
    fields: Mapping[str, FieldInfo]
    createable: bool
    updateable: bool
    deletable: bool = False
    record_types: Mapping[str, RecordTypeInfo] = field(default_factory=dict)
    """By developer name; the master, which every object has, is not among them."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Records of one object, in pages. Columns: the fields asked for, spelled so, with Arrow types by `arrow_type`."""

    pages: Iterator[pa.Table]
    taken_at: datetime
    """The server's clock just before the first page was asked for."""


@dataclass(frozen=True, slots=True)
class Window:
    """What changed in one object: these fields of the records touched since a moment, *with the deleted ones*."""

    sobject: str
    fields: tuple[str, ...]
    since: datetime
    gone: bool = False
    """Of the deleted ones alone, and of system fields, which every user may see: its object need not be looked at."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look showed: objects by the names asked for, and what the windows show."""

    objects: Mapping[str, ObjectInfo]
    snapshots: Mapping[Window, Snapshot] = field(default_factory=dict)


BLIND = Sight({})


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
        """One row for each row of the job that ended, in any order, from all three result files.

        Columns, all text but `created` (boolean): key (the uploaded column named by the argument), record_id, created,
        status (success, failed, unprocessed), code, message, fields (joined by ",").
        """


@dataclass(frozen=True, slots=True)
class Landed:
    """What an extract put into the entity's file: tables `landing.rows` and `landing.rejects`.

    `landing.rows`: `_file` text, `_line` bigint (1 is the first row of data), and each asked column as text exactly as
    the feed has it (a missing optional column is null throughout). `landing.rejects`: `_file`, `_line`, `reason`
    (`ragged_row`, `bad_quote`, `not_utf8`, `not_an_object`).
    """

    rows: int
    rejected: int
    fingerprint: str
    """Changes whenever the content of the feed does."""
    ignored: tuple[str, ...] = field(default=())
    """Columns of the feed that nobody asked for."""
    absent: tuple[tuple[str, str], ...] = field(default=())
    """Asked columns that a file does not have: (file, column)."""
    read_at: datetime | None = None
    """The source's clock just before its first row was asked for; None where a source has no clock, as files."""
    cursor: str | None = None
    """What the next reading goes on from, where a source tells what changed since (`TwoWaySource`)."""
    place: str | None = None
    """Changes when the settings lead somewhere else, so that what was read before says nothing; None where none can."""


class Source(Protocol):
    """An outside system's rows."""

    def fingerprint(self, source: AnySource) -> str | None:
        """What `Landed.fingerprint` would be now, without landing; None where only reading tells, as with a service.

        Raises SourceError as `land` would for no feed, and SourceNotSet where no setting says where the source is.
        """

    def land(
        self, source: AnySource, columns: Sequence[str], file: Path, progress: Progress, since: datetime | None = None
    ) -> Landed:
        """Replaces both landing tables of the DuckDB file whole, or raises and leaves the file usable.

        `since`: only rows updated from then on are wanted, by the source's clock; None: all. A feed has all either way.
        """


@dataclass(frozen=True, slots=True)
class Asked:
    """What a source that is written back to is asked for."""

    columns: Sequence[str]
    users: Sequence[str]
    """Whose rows: principal names, as the CRM's users carry them, in any case."""
    cursor: str | None
    """`Landed.cursor` of the reading to go on from; None: everything."""
    known: Callable[[], pa.Table]
    """Text columns key, user, place of every row that is believed to be there; only asked where a whole place was told
    anew."""
    span: tuple[datetime, datetime] | None = None
    """For collections that have one (events): UTC."""


@dataclass(frozen=True, slots=True)
class Change:
    """One write to a source. `marker` (the CRM record's id) is kept with a created item, so that it is known again.

    `unlink` takes the link away by which people get from an item to its record; that it is not there is fine.
    """

    kind: Literal["create", "update", "delete", "unlink"]
    user: str
    values: Mapping[str, str | None]
    """Columns as landed; None clears."""
    key: str | None = None
    """Of what is there already."""
    place: str | None = None
    """Where it is (the id of a task list); a create without goes to the user's default list."""
    version: str | None = None
    """It must still be this one; None: whatever it is."""
    marker: str | None = None
    link: str | None = None
    """The id of the link that is taken away."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one `Change`."""

    status: Literal["success", "failed", "lost"]
    key: str | None = None
    row: Mapping[str, str | None] | None = None
    """Every column as it would be landed now, as far as the answer tells."""
    code: str = ""
    """`changed_meanwhile` (another version), `gone` (the item is not there), `unsent`, else the source's word."""
    message: str = ""
    """May quote values: it stays in the entity's file."""


class TwoWaySource(Source, Protocol):
    """A source that tells whose rows changed or are gone, and is written back to."""

    def land_changes(self, source: Outlook, asked: Asked, file: Path, progress: Progress) -> Landed:
        """`landing.rows` are the items that are new or changed since the cursor, each once.

        Besides `landing.rejects` there are `landing.removed` (`key` text), the items that are truly no longer there,
        and `landing.mailboxes` (`user` text in small letters, `refused` text or null: why nothing was read of it).
        Raises SourceError, with nothing landed, where the source cannot be reached, SystemicError where it lets nobody
        in.
        """

    def write(self, source: Outlook, changes: Sequence[Change], progress: Progress) -> list[Written]:
        """What became of each change, in their order. SystemicError only if nothing was sent."""


class Elsewhere(Protocol):
    """What else goes on, outside of the run and of the org."""

    def is_syncing(self, entity: str) -> bool:
        """Somebody syncs that entity."""

    def job_runs(self, name: str) -> bool:
        """A job of that name is in progress in this Dagster."""

    def exists(self, path: str) -> bool:
        """The lock file is there; `~` and `$CONCORD_HOME` stand for folders, a relative path is below the latter."""


def arrow_type(salesforce_type: str) -> pa.DataType:
    """The Arrow type in which values of a Salesforce field type travel: datetimes are UTC without a zone."""
    match salesforce_type:
        case "boolean":
            return pa.bool_()
        case "int":
            return pa.int64()
        case "double" | "currency" | "percent":
            return pa.float64()
        case "date":
            return pa.date32()
        case "datetime":
            return pa.timestamp("ms")
        case _:
            return pa.string()
