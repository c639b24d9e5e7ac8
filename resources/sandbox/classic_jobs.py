"""Jobs and batches of Bulk API 1.0 as they lie on disk: what each says of itself, and through which states it goes.

How a batch is worked off is in `classic_processing`; HTTP is in `classic`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from . import ids
from .bulk_jobs import Job, Jobs
from .files import write_private
from .org import Org

BATCH_PREFIX = "751"
RESULT_PREFIX = "752"
QUERIES = ("query", "queryAll")
ENDED = frozenset({"Completed", "Failed", "NotProcessed"})


@dataclass(slots=True)
class ClassicJob(Job):
    """A job of Bulk API 1.0; its states are Open, Closed and Aborted."""

    content_type: str = "CSV"
    concurrency: str = "Parallel"

    @property
    def queries(self) -> bool:
        return self.operation in QUERIES


@dataclass(slots=True)
class Batch:
    """One batch; its states are Queued, InProgress, Completed, Failed and NotProcessed. `number` is its place."""

    id: str
    job: str
    number: int
    created: str
    modified: str
    state: str = "Queued"
    message: str | None = None
    result: str | None = None
    processed: int = 0
    failed: int = 0
    milliseconds: int = 0


class ClassicJobs(Jobs[ClassicJob]):
    """The jobs of Bulk API 1.0 and, in the folder of each, its batches with what was sent and what came of it."""

    def __init__(self, org: Org) -> None:
        super().__init__(org, "classic", ClassicJob)
        self._batch_lock = threading.Lock()

    def add_batch(self, job: ClassicJob, content: bytes) -> Batch:
        """A batch that waits, behind those that the job has."""
        with self._batch_lock:
            now = self._org.now()
            batch = Batch(self.new_id(BATCH_PREFIX), job.id, len(self.batches(job)), now, now)
            write_private(self.request_file(batch), content)
            self._write(batch)
        return batch

    def batch(self, job: ClassicJob, batch_id: str) -> Batch | None:
        """The batch of that job with that id of 15 or 18 characters."""
        path = self._batch_file(job.id, ids.to18(batch_id)) if ids.is_id(batch_id) else None
        return Batch(**orjson.loads(path.read_bytes())) if path is not None and path.exists() else None

    def batches(self, job: ClassicJob) -> list[Batch]:
        """The batches of a job in the order in which they came."""
        found = [Batch(**orjson.loads(path.read_bytes())) for path in self.folder(job.id).glob("*.batch.json")]
        return sorted(found, key=lambda batch: batch.number)

    @contextmanager
    def change_batch(self, batch: Batch) -> Iterator[Batch]:
        """The batch; what the block changes is kept when it ends."""
        yield batch
        batch.modified = self._org.now()
        with self._batch_lock:
            self._write(batch)

    def request_file(self, batch: Batch) -> Path:
        return self.folder(batch.job) / f"{batch.id}.request"

    def result_file(self, batch: Batch) -> Path:
        return self.folder(batch.job) / f"{batch.id}.result"

    def _write(self, batch: Batch) -> None:
        write_private(self._batch_file(batch.job, batch.id), orjson.dumps(asdict(batch)))

    def _batch_file(self, job_id: str, batch_id: str) -> Path:
        return self.folder(job_id) / f"{batch_id}.batch.json"


def job_info(job: ClassicJob, batches: list[Batch], *, zone: str) -> dict[str, object]:
    """What a job tells about itself; `zone` is how its datetimes end."""
    states = [batch.state for batch in batches]
    milliseconds = sum(batch.milliseconds for batch in batches)
    info: dict[str, object] = {
        "id": job.id,
        "operation": job.operation,
        "object": job.sobject,
        "createdById": job.user,
        "createdDate": job.created[:-1] + zone,
        "systemModstamp": job.modified[:-1] + zone,
        "state": job.state,
        "externalIdFieldName": job.external_id_field,
        "concurrencyMode": job.concurrency,
        "contentType": job.content_type,
        "numberBatchesQueued": states.count("Queued"),
        "numberBatchesInProgress": states.count("InProgress"),
        "numberBatchesCompleted": states.count("Completed"),
        "numberBatchesFailed": states.count("Failed"),
        "numberBatchesTotal": len(batches),
        "numberRecordsProcessed": sum(batch.processed for batch in batches),
        "numberRetries": 0,
        "apiVersion": job.version,
        "numberRecordsFailed": sum(batch.failed for batch in batches),
        "totalProcessingTime": milliseconds,
        "apiActiveProcessingTime": milliseconds,
        "apexProcessingTime": 0,
    }
    return {name: value for name, value in info.items() if value is not None}


def batch_info(batch: Batch, *, zone: str) -> dict[str, object]:
    """What a batch tells about itself."""
    info: dict[str, object] = {
        "id": batch.id,
        "jobId": batch.job,
        "state": batch.state,
        "stateMessage": batch.message,
        "createdDate": batch.created[:-1] + zone,
        "systemModstamp": batch.modified[:-1] + zone,
        "numberRecordsProcessed": batch.processed,
        "numberRecordsFailed": batch.failed,
        "totalProcessingTime": batch.milliseconds,
        "apiActiveProcessingTime": batch.milliseconds,
        "apexProcessingTime": 0,
    }
    return {name: value for name, value in info.items() if value is not None}
