"""What a batch of Bulk API 1.0 does: it saves its rows in one transaction with their results, or it runs its query."""

from __future__ import annotations

import orjson

from . import classic_content as content
from .batch_locks import locked_records
from .circumstances import locked_out_of
from .classic_jobs import RESULT_PREFIX, Batch, ClassicJob, ClassicJobs
from .classic_query import found
from .dml import Dml, RowResult
from .files import write_private
from .ingest_content import BadContent, understood
from .ingest_progress import Progress
from .ingest_rows import Rows, write_rows
from .org import Org
from .permissions import User
from .reader import Statement

MOST_ROWS = 10_000


class BatchWork:
    """Rows that were committed are not saved again."""

    def __init__(self, org: Org, jobs: ClassicJobs) -> None:
        self._org = org
        self._jobs = jobs
        self._progress = Progress(org)

    def do(self, job: ClassicJob, batch: Batch, most: int) -> None:
        """At most so many rows are saved; a query is run, unless it is not even to begin."""
        user = self._org.user_named(job.username)
        if user is None:
            raise BadContent("InvalidUser : the user who created the job is not active")
        sent = self._jobs.request_file(batch).read_bytes()
        if not job.queries:
            self._save(job, batch, Dml(self._org, user), sent, most)
        elif most:
            self._query(job, batch, user, sent.decode())

    def _query(self, job: ClassicJob, batch: Batch, user: User, soql: str) -> None:
        statement = Statement(soql, job.operation == "queryAll", self._org.time())
        shown, batch.processed = found(self._org, user, statement, job)
        write_private(self._jobs.result_file(batch), shown)
        batch.result = self._jobs.new_id(RESULT_PREFIX)

    def _save(self, job: ClassicJob, batch: Batch, dml: Dml, sent: bytes, most: int) -> None:
        done, processed, failed = self._progress.of(batch.id)
        header, rows = content.table(job.content_type, sent)
        if len(rows) > MOST_ROWS:
            raise BadContent(f"InvalidBatch : Maximum of {MOST_ROWS} records exceeded")
        fresh = rows[processed:most]
        if fresh or not done:
            readable = Rows(understood(job, header, iter(rows), dml), fresh, quotes_after_blanks=False)
            locks = self._org.locks.taking(locked_records(job, dml, readable.table))
            with locks as others, locked_out_of(others), self._org.store.write():
                saved = write_rows(job, dml, readable)
                # The file comes before the commit: a kill in between leaves one that the repeated batch overwrites.
                told = self._told(batch, processed) + [_result(result) for result in saved]
                write_private(self._jobs.result_file(batch), orjson.dumps(told))
                added = sum(not result.success for result in saved)
                self._progress.advance(batch.id, len(saved), added)
            processed, failed = processed + len(saved), failed + added
        batch.processed, batch.failed = processed, failed

    def _told(self, batch: Batch, rows: int) -> list[content.Result]:
        """The results of the rows that were saved before."""
        if not rows:
            return []
        told: list[content.Result] = orjson.loads(self._jobs.result_file(batch).read_bytes())
        return told[:rows]


def _result(result: RowResult) -> content.Result:
    return {
        "success": result.success,
        "created": result.created,
        "id": result.id,
        "errors": [{**error.as_json(), "extendedErrorDetails": None} for error in result.errors],
        "error": result.errors[0].as_csv() if result.errors else "",
    }
