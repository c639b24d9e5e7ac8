"""How much one application may ask of one mailbox: so many requests in so many seconds, so many at one time."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any

from .answer import Refusal
from .moments import Clock


@dataclass(slots=True)
class Limits:
    """The documented ones, unless set."""

    requests: int = 10_000
    seconds: int = 600
    concurrent: int = 4


class Throttle:
    """Counts by the service's clock, from the first request of a mailbox on, anew after `seconds`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}
        self._running: Counter[str] = Counter()
        self.limits = Limits()

    def set(self, told: dict[str, Any]) -> dict[str, int]:
        """These limits hold, and all counting begins anew; ValueError names what is no limit."""
        known = [each.name for each in fields(Limits)]
        for name, value in told.items():
            if name not in known or not isinstance(value, int) or value < 1:
                raise ValueError(f"no limit {name!r} of {value!r}; there are {', '.join(known)}, whole numbers from 1")
        with self._lock:
            self.limits = Limits(**{**asdict(self.limits), **told})
            self._windows.clear()
            return asdict(self.limits)

    @contextmanager
    def admitted(self, mailbox: str) -> Iterator[None]:
        """The block runs if the mailbox may be asked now; Refusal 429 with Retry-After if not."""
        with self._lock:
            self._count(mailbox)
            if self._running[mailbox] >= self.limits.concurrent:
                raise _over("MailboxConcurrency", 1)
            self._running[mailbox] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[mailbox] -= 1

    def _count(self, mailbox: str) -> None:
        now = self._clock().timestamp()
        since, count = self._windows.get(mailbox, (now, 0))
        if not since <= now < since + self.limits.seconds:
            since, count = now, 0
        self._windows[mailbox] = (since, count + 1)
        if count >= self.limits.requests:
            raise _over("MailboxRequests", math.ceil(since + self.limits.seconds - now))


def _over(limit: str, seconds: int) -> Refusal:
    headers = {"Retry-After": str(max(1, seconds))}
    return Refusal(429, "ApplicationThrottled", f"Application is over its {limit} limit.", headers)
