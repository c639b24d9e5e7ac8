"""Works off the batches of Bulk API 1.0, one after the other: each is one transaction with its results.

A batch that is cut short, by a kill as much as by a shutdown, is begun again unless its rows were committed.
"""

from __future__ import annotations

import threading
import time

import orjson

from . import classic_content as content
from .background import Background
from .classic_jobs import ENDED, RESULT_PREFIX, Batch, ClassicJob, ClassicJobs
from .classic_query import found
from .dml import Dml, RowResult
from .errors import ApiError
from .files import write_private
from .ingest_content import BadContent, understood
from .ingest_progress import Progress
from .ingest_rows import Rows, write_rows
from .org import Org
from .permissions import User
from .reader import Statement

MOST_ROWS = 10_000


class ClassicProcessing:
    """The batches that the org's last stop left waiting go on at once."""

    def __init__(self, org: Org, jobs: ClassicJobs) -> None:
        self._org = org
        self._jobs = jobs
        self._progress = Progress(org)
        self._background = Background("classic", self._work, self._broke)
        org.on_close(self._background.close)
        org.snapshots.around(self._background.close, self._go_on)
        self._start_waiting()

    def start(self, batch: Batch) -> None:
        """The batch is worked off when those before it are."""
        self._background.start(f"{batch.job} {batch.id}")

    def _go_on(self) -> None:
        self._background.go_on()
        self._start_waiting()

    def _start_waiting(self) -> None:
        for job in self._jobs.all():
            for batch in self._jobs.batches(job):
                if batch.state not in ENDED:
                    self.start(batch)

    def _work(self, name: str) -> None:
        self._run(*self._named(name), self._background.stopping)

    def _broke(self, name: str, error: BaseException) -> None:
        with self._jobs.change_batch(self._named(name)[1]) as batch:
            batch.state, batch.message = "Failed", f"InternalServerError : {type(error).__name__}"

    def _named(self, name: str) -> tuple[ClassicJob, Batch]:
        job_id, _, batch_id = name.partition(" ")
        job = self._jobs.get(job_id)
        batch = self._jobs.batch(job, batch_id)
        if batch is None:
            raise KeyError(batch_id)
        return job, batch

    def _run(self, job: ClassicJob, batch: Batch, stopping: threading.Event) -> None:
        if stopping.is_set() or batch.state in ENDED:
            return
        started = time.monotonic()
        if job.state == "Aborted":
            with self._jobs.change_batch(batch):
                batch.state = "NotProcessed"
            return
        with self._jobs.change_batch(batch):
            batch.state = "InProgress"
        error = None
        try:
            self._process(job, batch)
        except BadContent as bad:
            error = str(bad)
        except ApiError as refused:
            kind = "InvalidBatch : Failed to process query: " if job.queries else "InvalidBatch : "
            error = f"{kind}{refused.code}: {refused.message}" if job.queries else f"{kind}{refused.message}"
        with self._jobs.change_batch(batch):
            batch.state = "Completed" if error is None else "Failed"
            batch.message = error
            batch.milliseconds = int((time.monotonic() - started) * 1000)

    def _process(self, job: ClassicJob, batch: Batch) -> None:
        user = self._org.user_named(job.username)
        if user is None:
            raise BadContent("InvalidUser : the user who created the job is not active")
        sent = self._jobs.request_file(batch).read_bytes()
        if job.queries:
            self._query(job, batch, user, sent.decode())
        else:
            self._save(job, batch, user, sent)

    def _query(self, job: ClassicJob, batch: Batch, user: User, soql: str) -> None:
        statement = Statement(soql, job.operation == "queryAll", self._org.time())
        shown, batch.processed = found(self._org, user, statement, job.content_type)
        write_private(self._jobs.result_file(batch), shown)
        batch.result = self._jobs.new_id(RESULT_PREFIX)

    def _save(self, job: ClassicJob, batch: Batch, user: User, sent: bytes) -> None:
        done, processed, failed = self._progress.of(batch.id)
        if not done:
            dml = Dml(self._org, user)
            header, rows = content.table(job.content_type, sent)
            if len(rows) > MOST_ROWS:
                raise BadContent(f"InvalidBatch : Maximum of {MOST_ROWS} records exceeded")
            readable = understood(job, header, iter(rows), dml)
            with self._org.store.write():
                saved = write_rows(job, dml, Rows(readable, rows, quotes_after_blanks=False))
                processed, failed = len(saved), sum(not result.success for result in saved)
                # The file comes before the commit: a kill in between leaves one that the repeated batch overwrites.
                write_private(self._jobs.result_file(batch), orjson.dumps([_result(result) for result in saved]))
                self._progress.advance(batch.id, processed, failed)
        batch.processed, batch.failed = processed, failed


def _result(result: RowResult) -> content.Result:
    return {
        "success": result.success,
        "created": result.created,
        "id": result.id,
        "errors": [{**error.as_json(), "extendedErrorDetails": None} for error in result.errors],
        "error": result.errors[0].as_csv() if result.errors else "",
    }
