"""Writing through a Bulk API 2.0 ingest job: create, upload once, close, then results of all three kinds.

A job runs only once it is closed, so everything before that may be dropped and begun anew; what happens after is asked
of the org by the job's id. Which rows go here rather than through collections is decided by who plans the load.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ports.crm import ANSWERS, JobInfo, JobState
from pipelines.ports.world import LostAnswer, Progress
from resources.salesforce.delimited import read, written
from resources.salesforce.errors import Refused
from resources.salesforce.jobs import Jobs
from resources.salesforce.polling import Rhythm
from resources.salesforce.session import OrgSession

# The text of sf__Error: `CODE:message:Field1,Field2 --`, with nothing between the last colon and `--` for no fields.
_GRAMMAR = r"(?s)^(?P<code>[A-Z0-9_]+):(?P<message>.*):(?P<fields>[^:]*?) ?--\s*$"

# Where a job may stand that was turned, or that needs no turning any more.
_AFTER: Mapping[str, tuple[JobState, ...]] = {
    "UploadComplete": ("UploadComplete", "InProgress", "JobComplete", "Failed"),
    "Aborted": ("Aborted", "Failed", "Gone"),
}


class Ingest:
    """Ingest jobs of one org."""

    def __init__(self, session: OrgSession) -> None:
        self._session = session
        self._jobs = Jobs(session, "ingest")
        self._uploaded: dict[str, int] = {}

    def create(self, sobject: str, operation: Literal["insert", "update"]) -> str:
        return self._jobs.create({"object": sobject, "operation": operation, "contentType": "CSV", "lineEnding": "LF"})

    def upload(self, job_id: str, rows: pa.Table) -> None:
        """The job is closed with these rows. LostAnswer: it may still be Open, and then never ran."""
        self._session.call(
            "PUT", f"jobs/ingest/{job_id}/batches", data=written(rows), headers={"Content-Type": "text/csv"}
        )
        self._uploaded[job_id] = rows.num_rows
        self._turn(job_id, "UploadComplete")

    def abort(self, job_id: str) -> None:
        """The job will never run. LostAnswer when it ran already: its results must be read."""
        self._turn(job_id, "Aborted")

    def wait(self, job_id: str, progress: Progress) -> JobInfo:
        return self._jobs.wait(job_id, Rhythm(self._uploaded.get(job_id)), progress)

    def results(self, job_id: str, key: str) -> pa.Table:
        successful = self._file(job_id, "successfulResults", ("sf__Id", "sf__Created", key))
        failed = self._file(job_id, "failedResults", ("sf__Error", key))
        unprocessed = self._file(job_id, "unprocessedrecords", (key,))
        return pa.concat_tables(
            [_rows(successful, key, "success"), _rows(failed, key, "failed"), _rows(unprocessed, key, "unprocessed")]
        )

    def _file(self, job_id: str, name: str, needed: tuple[str, ...]) -> pa.Table:
        """The rows of that file; none where the org does not keep it any more."""
        try:
            told = self._session.call("GET", f"jobs/ingest/{job_id}/{name}").content
        except Refused as refused:
            if refused.status != 404:
                raise
            # The job has ended and writes nothing more: what became of its rows is read from their records.
            return pa.table({column: pa.array([], pa.string()) for column in needed})
        return read(told, needed)

    def _turn(self, job_id: str, state: Literal["UploadComplete", "Aborted"]) -> None:
        """Closes or aborts. A lost answer is cleared up by looking: the change may be asked for again while Open."""
        for _ in range(self._session.patience.attempts):
            try:
                self._session.call("PATCH", f"jobs/ingest/{job_id}", json={"state": state})
            except LostAnswer:
                stands = self._jobs.look(job_id).state
            except Refused:
                stands = self._jobs.look(job_id).state
                if stands == "Open":
                    raise
            else:
                return
            if stands in _AFTER[state]:
                return
            if stands != "Open":
                break
        raise LostAnswer(f"Job {job_id} could not be turned to {state}. Ask how it stands before anything else.")


def _rows(file: pa.Table, key: str, status: str) -> pa.Table:
    if not file.num_rows:
        return ANSWERS.empty_table()
    nothing = pa.nulls(file.num_rows, pa.string())
    ids, created, errors = (
        file[name] if name in file.column_names else nothing for name in ("sf__Id", "sf__Created", "sf__Error")
    )
    errors = pc.fill_null(errors, "")
    parts = pc.extract_regex(errors, _GRAMMAR)
    code, message, fields = (pc.struct_field(parts, name) for name in ("code", "message", "fields"))
    return pa.table(
        [
            file[key],
            ids,
            pc.equal(pc.fill_null(created, ""), "true"),
            pa.array([status] * file.num_rows, pa.string()),
            pc.fill_null(code, ""),
            pc.coalesce(message, errors),
            pc.replace_substring_regex(pc.fill_null(fields, ""), r",\s+", ","),
        ],
        schema=ANSWERS,
    )
