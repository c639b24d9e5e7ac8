"""How many calls the org has taken in the last 24 hours, how many it takes, and the endpoints that tell."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from .endpoint import Answer, Call, Route, data
from .errors import ApiError
from .files import write_private

if TYPE_CHECKING:
    from .org import Org

DAILY_CALLS = 100_000
DAILY_BATCHES = 15_000
DAILY_QUERY_JOBS = 10_000
_DAY = 24 * 60
_SAVE_EVERY = 1.0


class Usage:
    """Calls (or batches, or jobs) by minute over a rolling day. Kept on disk; a kill may forget the last second."""

    def __init__(self, path: Path, daily: int, clock: Callable[[], datetime], spent: Callable[[], ApiError]) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._by_minute: dict[int, int] = {}
        self._saved_at = time.monotonic()
        self._clock = clock
        self._spent = spent
        self.daily = daily
        self.reload()

    def reload(self) -> None:
        """The calls are those of which the file tells."""
        kept = orjson.loads(self._path.read_bytes()) if self._path.exists() else {}
        with self._lock:
            self._by_minute = {int(minute): calls for minute, calls in kept.items()}

    def take(self) -> None:
        """One more is counted; the error that says so if those of the day are spent."""
        with self._lock:
            if self._used() >= self.daily:
                raise self._spent()
            minute = self._minute()
            self._by_minute[minute] = self._by_minute.get(minute, 0) + 1
            due = time.monotonic() - self._saved_at > _SAVE_EVERY
        if due:
            self.save()

    def used(self) -> int:
        with self._lock:
            return self._used()

    def header(self) -> str:
        """The value of Sforce-Limit-Info."""
        return f"api-usage={self.used()}/{self.daily}"

    def reset(self, *, daily: int | None = None, used: int | None = None) -> None:
        """The limit, or the count so far, is what is given."""
        with self._lock:
            self.daily = self.daily if daily is None else daily
            if used is not None:
                self._by_minute = {self._minute(): used}

    def save(self) -> None:
        with self._lock:
            self._saved_at = time.monotonic()
            write_private(self._path, orjson.dumps({str(m): calls for m, calls in self._by_minute.items()}))

    def _minute(self) -> int:
        return int(self._clock().timestamp() // 60)

    def _used(self) -> int:
        oldest = self._minute() - _DAY
        if any(minute <= oldest for minute in self._by_minute):
            self._by_minute = {minute: calls for minute, calls in self._by_minute.items() if minute > oldest}
        return sum(self._by_minute.values())


def calls_spent() -> ApiError:
    return ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def batches_spent() -> ApiError:
    return ApiError(400, "EXCEEDED_QUOTA", "ApiBatchItems Limit exceeded.")


def query_jobs_spent() -> ApiError:
    return ApiError(400, "LIMIT_EXCEEDED", "The limit of bulk query jobs in 24 hours is exceeded.")


def routes(org: Org) -> list[Route]:
    return [data("limits", {"GET": _limits}), data("limits/recordCount", {"GET": _record_count})]


def _limits(call: Call) -> Answer:
    fixed = {
        "ConcurrentAsyncGetReportInstances": 200,
        "ConcurrentSyncReportRuns": 20,
        "DailyAsyncApexExecutions": 250_000,
        "DailyBulkV2QueryFileStorageMB": 976_562,
        "DataStorageMB": 1024,
        "FileStorageMB": 1024,
    }
    body: dict[str, object] = {name: {"Max": most, "Remaining": most} for name, most in fixed.items()}
    rolling = (
        ("DailyApiRequests", call.org.usage),
        ("DailyBulkApiBatches", call.org.batches),
        ("DailyBulkV2QueryJobs", call.org.query_jobs),
    )
    body |= {name: {"Max": u.daily, "Remaining": max(0, u.daily - u.used())} for name, u in rolling}
    return Answer(body=body)


def _record_count(call: Call) -> Answer:
    asked = {name.strip().lower() for name in call.query.get("sObjects", "").split(",") if name.strip()}
    counts = []
    with call.org.store.read() as db:
        for definition in call.org.catalogue:
            if call.user.may("read", definition.name) and (not asked or definition.name.lower() in asked):
                alive = ' where "IsDeleted" = 0' if definition.has_soft_delete else ""
                count = db.execute(f'select count(*) from "{definition.name}"{alive}').fetchone()[0]
                counts.append({"count": count, "name": definition.name})
    return Answer(body={"sObjects": counts})
