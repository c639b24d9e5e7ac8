"""Jobs of Bulk API 2.0, ingest and query alike: what a job is, its states, and its folder on disk.

What a job does is in `ingest_processing` and `query_processing`.
"""

from __future__ import annotations

import re
import secrets
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Generic, TypeVar

import orjson

from . import ids
from .csv_format import DELIMITERS, LINE_ENDINGS, CsvFormat
from .cursors import invalid_locator
from .errors import ApiError, not_found
from .files import write_private
from .moments import as_stored
from .org import Org

KEY_PREFIX = "750"
JOB_TYPES = ("BigObjectIngest", "Classic", "V2Ingest", "V2Query")
JOBS_PER_PAGE = 1000
DAYS = 7
"""A job and its results live so long."""

ENDED = frozenset({"JobComplete", "Failed", "Aborted"})
WAITING = frozenset({"UploadComplete", "InProgress"})


@dataclass(slots=True)
class Job:
    """One job as its folder keeps it. `username` is whose rights it works with; times are the store's datetimes.

    `unrecorded`: rows that no batch took are not told of.
    """

    id: str
    operation: str
    state: str
    user: str
    username: str
    created: str
    modified: str
    version: float
    sobject: str = ""
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    external_id_field: str | None = None
    assignment_rule: str | None = None
    query: str | None = None
    uploaded: bool = False
    error: str | None = None
    processed: int = 0
    failed: int = 0
    milliseconds: int = 0
    unrecorded: bool = False

    @property
    def format(self) -> CsvFormat:
        return CsvFormat(self.delimiter, self.line_ending)

    def as_json(self) -> dict[str, object]:
        """What ingest and query jobs both tell about themselves."""
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.sobject,
            "createdById": self.user,
            "createdDate": f"{self.created[:-1]}+0000",
            "systemModstamp": f"{self.modified[:-1]}+0000",
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": self.version,
            "lineEnding": self.line_ending,
            "columnDelimiter": self.delimiter,
        }


AnyJob = TypeVar("AnyJob", bound=Job)


class Jobs(Generic[AnyJob]):
    """All jobs of one kind in an org. A job is changed only inside `change`, so that no two changes meet."""

    def __init__(self, org: Org, kind: str, shape: type[AnyJob]) -> None:
        self._org = org
        self._shape = shape
        self._root = org.state / "jobs" / kind
        self._root.mkdir(parents=True, mode=0o700, exist_ok=True)
        self._lock = threading.Lock()

    def folder(self, job_id: str) -> Path:
        return self._root / job_id

    def exists(self, job_id: str) -> bool:
        return (self.folder(job_id) / "job.json").exists()

    def add(self, job: AnyJob) -> None:
        self.folder(job.id).mkdir(mode=0o700)
        self._save(job)

    def get(self, job_id: str) -> AnyJob:
        """The job with that id of 15 or 18 characters; NOT_FOUND if there is none, or none any more."""
        path = self.folder(ids.to18(job_id)) / "job.json" if ids.is_id(job_id) else None
        if path is None or not path.exists():
            raise not_found()
        job = self._shape(**orjson.loads(path.read_bytes()))
        if job.created < self._oldest():
            raise not_found()
        return job

    @contextmanager
    def change(self, job_id: str) -> Iterator[AnyJob]:
        """The job as it is now; what the block changes is kept when it ends."""
        with self._lock:
            job = self.get(job_id)
            yield job
            job.modified = self._org.now()
            self._save(job)

    def remove(self, job_id: str) -> None:
        with self._lock:
            shutil.rmtree(self.folder(self.get(job_id).id))

    def all(self) -> list[AnyJob]:
        """Every job, the oldest first."""
        found = [self._shape(**orjson.loads(path.read_bytes())) for path in self._root.glob("*/job.json")]
        return sorted((job for job in found if job.created >= self._oldest()), key=lambda job: (job.created, job.id))

    def new_id(self, prefix: str = KEY_PREFIX) -> str:
        tail = "".join(secrets.choice(ids.ALPHABET) for _ in range(9))
        return ids.to18(f"{prefix}{self._org.identity.pod}{tail}")

    def _oldest(self) -> str:
        return as_stored(self._org.time() - timedelta(days=DAYS))

    def _save(self, job: AnyJob) -> None:
        write_private(self.folder(job.id) / "job.json", orjson.dumps(asdict(job)))


def wrong_state(message: str) -> ApiError:
    return ApiError(400, "INVALIDJOBSTATE", message)


def check_format(asked: dict[str, object]) -> None:
    """Raises unless contentType, columnDelimiter and lineEnding of a new job are ones that exist."""
    known = (("contentType", ("CSV",)), ("columnDelimiter", tuple(DELIMITERS)), ("lineEnding", tuple(LINE_ENDINGS)))
    for name, choices in known:
        value = asked.get(name)
        if value is not None and value not in choices:
            raise not_one_of(name, value, choices)


def not_one_of(name: str, value: object, choices: tuple[str, ...]) -> ApiError:
    message = f"Cannot deserialize {name} from VALUE_STRING value {value}: it must be one of {', '.join(choices)}"
    return ApiError(400, "JSON_PARSER_ERROR", message)


def page(records: list[dict[str, object]], kind: str, asked: Mapping[str, str], url: str) -> dict[str, object]:
    """One page of the jobs of that kind, as asked for by query; `url` is the list's own."""
    wanted, locator = asked.get("jobType", kind), asked.get("queryLocator", "0")
    if wanted not in JOB_TYPES:
        raise not_one_of("jobType", wanted, JOB_TYPES)
    if not re.fullmatch(r"\d{1,9}", locator):
        raise invalid_locator()
    start = int(locator)
    records = [record | {"jobType": kind} for record in records if wanted == kind]
    beyond = start + JOBS_PER_PAGE
    done = beyond >= len(records)
    next_url = None if done else f"{url}?queryLocator={beyond}"
    return {"done": done, "records": records[start:beyond], "nextRecordsUrl": next_url}
