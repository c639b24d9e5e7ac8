"""Jobs that a fault holds: InProgress without progress, for a while or until other fault rules come into force."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Stuck:
    """`go_on` is called with each job that is stuck no longer."""

    def __init__(self, go_on: Callable[[str], None]) -> None:
        self._go_on = go_on
        self._lock = threading.Lock()
        self._held: dict[str, threading.Timer | None] = {}

    def hold(self, job_id: str, seconds: float) -> None:
        """The job is stuck for so long; for 0 seconds, until it is released."""
        timer = threading.Timer(seconds, self._release_one, [job_id]) if seconds else None
        with self._lock:
            self._held[job_id] = timer
        if timer is not None:
            timer.daemon = True
            timer.start()

    def release(self) -> None:
        """Every stuck job goes on."""
        for job_id in list(self._held):
            self._release_one(job_id)

    def close(self) -> None:
        """No job goes on any more."""
        with self._lock:
            timers, self._held = list(self._held.values()), {}
        for timer in timers:
            if timer is not None:
                timer.cancel()

    def _release_one(self, job_id: str) -> None:
        with self._lock:
            if job_id not in self._held:
                return
            timer = self._held.pop(job_id)
        if timer is not None:
            timer.cancel()
        self._go_on(job_id)
