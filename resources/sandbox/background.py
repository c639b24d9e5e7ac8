"""Threads that work off the bulk jobs of an org in the order in which they come, until the org closes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

_log = logging.getLogger(__name__)


class Background:
    """`failed` hears of every job whose work raised; the threads go on."""

    def __init__(
        self, name: str, work: Callable[[str], None], failed: Callable[[str, BaseException], None], workers: int = 1
    ) -> None:
        self._workers = workers
        self._name = name
        self._executor = self._thread()
        self._work = work
        self._failed = failed
        self.stopping = threading.Event()

    def start(self, job_id: str) -> None:
        """The job is worked off when those before it are."""
        if self.stopping.is_set():
            return
        future = self._executor.submit(self._work, job_id)
        future.add_done_callback(lambda done: self._ended(job_id, done))

    def go_on(self) -> None:
        """After `close`: jobs are worked off again."""
        self._executor = self._thread()
        self.stopping.clear()

    def close(self) -> None:
        """Nothing is being worked on any more; what was not begun is left for the next start."""
        self.stopping.set()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=self._workers, thread_name_prefix=self._name)

    def _ended(self, job_id: str, future: Future[None]) -> None:
        error = None if future.cancelled() else future.exception()
        if error is not None:
            _log.error("job %s failed", job_id, exc_info=error)
            self._failed(job_id, error)
