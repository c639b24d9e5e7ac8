"""Takes the batches of Bulk API 1.0 through their states, a few at a time; those of a serial job one after the other.

A batch that is cut short, by a kill as much as by a shutdown, is begun again. What a batch does is in `classic_work`.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import defaultdict

from .background import Background
from .circumstances import under
from .classic_jobs import ENDED, Batch, ClassicJob, ClassicJobs
from .classic_work import BatchWork
from .errors import ApiError
from .fault_names import JOB_ACTIONS
from .faults import JOB, Fault
from .ingest_content import BadContent
from .org import Org
from .stuck_jobs import Stuck

WORKERS = 3
"""So many batches are worked off at the same time."""


class ClassicProcessing:
    """The batches that the org's last stop left waiting go on at once."""

    def __init__(self, org: Org, jobs: ClassicJobs) -> None:
        self._org = org
        self._jobs = jobs
        self._batch_work = BatchWork(org, jobs)
        self._begun: set[str] = set()
        self._held: set[str] = set()
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._background = Background("classic", self._work, self._broke, WORKERS)
        self._stuck = Stuck(self._release)
        org.faults.on_change(self._stuck.release)
        org.on_close(self._pause)
        org.snapshots.around(self._pause, self._go_on)
        self._start_waiting()

    def start(self, batch: Batch) -> None:
        """The batch is worked off when those before it are."""
        self._background.start(f"{batch.job} {batch.id}")

    def _pause(self) -> None:
        self._stuck.close()
        self._held.clear()
        self._background.close()

    def _go_on(self) -> None:
        self._background.go_on()
        self._start_waiting()

    def _start_waiting(self) -> None:
        for job in self._jobs.all():
            for batch in self._jobs.batches(job):
                if batch.state not in ENDED:
                    self.start(batch)

    def _release(self, name: str) -> None:
        self._held.discard(name)
        self._background.start(name)

    def _work(self, name: str) -> None:
        job, batch = self._named(name)
        if job.concurrency != "Serial":
            self._run(job, batch)
            return
        with self._turns[job.id]:
            for waiting in self._jobs.batches(job):
                if not self._run(self._jobs.get(job.id), waiting):
                    return

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

    def _run(self, job: ClassicJob, batch: Batch) -> bool:
        """True if the batch has ended; it has not if the org stops, or if a fault holds it."""
        name = f"{job.id} {batch.id}"
        if batch.state in ENDED:
            return True
        if self._background.stopping.is_set() or name in self._held:
            return False
        fault = self._fault(job, batch)
        if fault is not None and fault.action == "job-aborted":
            with self._jobs.change(job.id) as job:
                job.state = "Aborted"
        if job.state == "Aborted":
            with self._jobs.change_batch(batch):
                batch.state = "NotProcessed"
            return True
        with self._jobs.change_batch(batch):
            batch.state = "InProgress"
        started = time.monotonic()
        error = self._tried(job, batch, fault)
        stuck = fault is not None and fault.action == "job-stuck" and error is None
        with self._jobs.change_batch(batch):
            batch.milliseconds += int((time.monotonic() - started) * 1000)
            if not stuck:
                batch.state, batch.message = ("Completed", None) if error is None else ("Failed", error)
        if stuck and fault is not None:
            self._held.add(name)
            self._stuck.hold(name, fault.seconds)
        return not stuck

    def _fault(self, job: ClassicJob, batch: Batch) -> Fault | None:
        """The fault that the batch meets; one that goes on after a pause has met its own already."""
        if batch.id in self._begun:
            return None
        self._begun.add(batch.id)
        fault = self._org.faults.meet(JOB, f"async/{job.sobject}/{job.operation}/{job.id}/{batch.id}")
        of_rows = fault is not None and fault.action in ("rows-unprocessed", "rows-unrecorded")
        return None if of_rows and job.queries else fault

    def _tried(self, job: ClassicJob, batch: Batch, fault: Fault | None) -> str | None:
        """Why the batch failed, if it did."""
        try:
            with under(fault):
                self._batch_work.do(job, batch, _rows_before(fault))
        except BadContent as bad:
            return str(bad)
        except ApiError as refused:
            kind = "InvalidBatch : Failed to process query: " if job.queries else "InvalidBatch : "
            return f"{kind}{refused.code}: {refused.message}" if job.queries else f"{kind}{refused.message}"
        return fault.message if fault is not None and fault.action == "job-failed" else None


def _rows_before(fault: Fault | None) -> int:
    """How many rows are taken before the fault strikes."""
    return sys.maxsize if fault is None or fault.action not in JOB_ACTIONS else fault.rows or 0
