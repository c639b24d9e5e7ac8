"""Works off an ingest job: batches of 10,000 rows, each one transaction with its results and the job's progress.

A job that is cut short, by a kill as much as by a shutdown, goes on with the first batch that was not committed.
"""

from __future__ import annotations

import sys
import threading
import time
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from .batch_locks import locked_records
from .bulk_jobs import WAITING, Job, Jobs
from .circumstances import locked_out_of, under
from .dml import Dml
from .errors import ApiError
from .fault_names import JOB_ACTIONS
from .faults import JOB, Fault
from .files import write_private
from .ingest_content import BadContent, raw_rows, read_content
from .ingest_progress import Progress
from .ingest_rows import Rows, failed_line, successful_line, write_rows
from .org import Org
from .permissions import User

BATCH = 10_000
SUCCESSFUL = "successful"
FAILED = "failed"
CONTENT = "content.csv"


class IngestProcessing:
    def __init__(self, org: Org, jobs: Jobs[Job], *, batch: int = BATCH) -> None:
        self._org = org
        self._jobs = jobs
        self._batch = batch
        self._progress = Progress(org)
        self._begun: set[str] = set()

    def run(self, job_id: str, stopping: threading.Event) -> Fault | None:
        """The job has ended, unless it was told to stop, is gone, or is stuck: then by the fault that is returned."""
        start = time.monotonic()
        if not self._jobs.exists(job_id):
            return None
        with self._jobs.change(job_id) as job:
            if job.state not in WAITING:
                return None
            job.state = "InProgress"
        fault = self._fault(job)
        error, unrecorded = None, False
        try:
            with under(fault):
                self._process(job, stopping, _rows_before(fault))
        except BadContent as bad:
            error = str(bad)
        except ApiError as refused:
            quota = refused.code == "EXCEEDED_QUOTA"
            error = f"{'ExceededQuota' if quota else 'InvalidBatch'} : {refused.message}"
            unrecorded = quota
        with self._jobs.change(job_id) as job:
            job.milliseconds += int((time.monotonic() - start) * 1000)
            if job.state != "InProgress" or (stopping.is_set() and error is None):
                return None
            if fault is not None and fault.action == "job-stuck" and error is None:
                return fault
            job.unrecorded = unrecorded
            job.state, job.error = ("JobComplete", None) if error is None else ("Failed", error)
            if fault is not None and error is None:
                _end(job, fault)
        return None

    def _fault(self, job: Job) -> Fault | None:
        """The fault that the job meets; one that goes on after a pause has met its own already."""
        if job.id in self._begun:
            return None
        self._begun.add(job.id)
        return self._org.faults.meet(JOB, f"ingest/{job.sobject}/{job.operation}/{job.id}")

    def counters(self, job: Job) -> tuple[int, int]:
        """How many rows were processed so far, and how many of them failed."""
        _, processed, failed = self._progress.of(job.id)
        return processed, failed

    def forget(self, job: Job) -> None:
        self._progress.forget(job.id)

    def results(self, job: Job, kind: str) -> Iterator[bytes]:
        """The result file of that kind, header first; rows in an order of its own."""
        folder = self._jobs.folder(job.id)
        extra = ["sf__Id", "sf__Created"] if kind == SUCCESSFUL else ["sf__Id", "sf__Error"]
        yield job.format.lines([extra + self._header(job)])
        done, _, _ = self._progress.of(job.id)
        for number in sorted(range(done), key=_scattered):
            yield _batch_file(folder, kind, number).read_bytes()

    def unprocessed(self, job: Job) -> bytes:
        """The rows that no batch has taken, below the header."""
        rows = self._raw(job)
        header = next(rows, [])
        _, taken, _ = self._progress.of(job.id)
        left = [] if job.unrecorded else islice(rows, taken, None)
        return job.format.lines([header, *left]) if header else b""

    def _header(self, job: Job) -> list[str]:
        return next(self._raw(job), [])

    def _raw(self, job: Job) -> Iterator[list[str]]:
        path = self._jobs.folder(job.id) / CONTENT
        try:
            return raw_rows(job, path.read_bytes() if path.exists() else b"")
        except BadContent:
            return iter(())

    def _process(self, job: Job, stopping: threading.Event, most: int) -> None:
        """Batch after batch is saved, from the first row that was not taken yet, until `most` rows are."""
        user = self._org.user_named(job.username)
        if user is None:
            raise BadContent("InvalidUser : the user who created the job is not active")
        path = self._jobs.folder(job.id) / CONTENT
        content = path.read_bytes() if path.exists() else b""
        readable = read_content(job, content, Dml(self._org, user))
        quotes_after_blanks = b' "' in content
        number, taken, _ = self._progress.of(job.id)
        position = 0
        for rows in readable.batches(self._batch):
            fresh = rows[max(0, taken - position) : max(0, most - position)]
            position += len(rows)
            if not fresh:
                continue
            if stopping.is_set() or self._jobs.get(job.id).state != "InProgress":
                return
            if (position - len(rows)) % BATCH == 0:
                self._org.batches.take()
            self._save_batch(job, user, number, Rows(readable, fresh, quotes_after_blanks=quotes_after_blanks))
            number += 1

    def _save_batch(self, job: Job, user: User, number: int, rows: Rows) -> None:
        folder = self._jobs.folder(job.id)
        dml = Dml(self._org, user)
        locks = self._org.locks.taking(locked_records(job, dml, rows.table))
        with locks as others, locked_out_of(others), self._org.store.write():
            results = write_rows(job, dml, rows)
            order = sorted(range(len(results)), key=_scattered)
            successful = [successful_line(results[i], rows.raw[i]) for i in order if results[i].success]
            failed = [failed_line(results[i], rows.raw[i]) for i in order if not results[i].success]
            # The files come before the commit: a kill in between leaves files that the repeated batch overwrites.
            write_private(_batch_file(folder, SUCCESSFUL, number), job.format.lines(successful))
            write_private(_batch_file(folder, FAILED, number), job.format.lines(failed))
            self._progress.advance(job.id, len(results), len(failed))


def _rows_before(fault: Fault | None) -> int:
    """How many rows are taken before the fault strikes."""
    return sys.maxsize if fault is None or fault.action not in JOB_ACTIONS else fault.rows or 0


def _end(job: Job, fault: Fault) -> None:
    """The job ends as the fault says."""
    match fault.action:
        case "job-failed":
            job.state, job.error = "Failed", fault.message
        case "job-aborted":
            job.state = "Aborted"
        case "rows-unrecorded":
            job.unrecorded = True


def _batch_file(folder: Path, kind: str, number: int) -> Path:
    return folder / f"{kind}.{number}.csv"


def _scattered(number: int) -> int:
    """A sort key that puts results in another order than the input, the same every time: nobody may rely on either."""
    return zlib.crc32(number.to_bytes(4, "little"))
