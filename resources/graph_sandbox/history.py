"""What clients asked: the last calls, whatever became of them, and how many there were in all."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass

LENGTH = 10_000


@dataclass(frozen=True, slots=True)
class Logged:
    """One call of a client; status 0: its connection was closed without an answer.

    `parts` are the requests of a `$batch`: method, path, status.
    """

    method: str
    path: str
    query: str
    status: int
    seconds: float
    fault: str = ""
    parts: tuple[tuple[str, str, int], ...] = ()


class History:
    """The calls since it was last forgotten; the counts go on where the list is full."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[Logged] = deque(maxlen=LENGTH)
        self._counts: Counter[str] = Counter()

    def add(self, call: Logged) -> None:
        """A call to the token endpoint is no call of the API."""
        kind = "tokens" if call.path.endswith("/oauth2/v2.0/token") else "calls"
        with self._lock:
            self._calls.append(call)
            self._counts[kind] += 1
            self._counts["parts"] += len(call.parts)
            done = call.parts or ((call.method, call.path, call.status),)
            written = sum(method != "GET" and 200 <= status < 300 for method, _, status in done)
            self._counts["writes"] += written if kind == "calls" else 0

    def calls(self) -> list[Logged]:
        with self._lock:
            return list(self._calls)

    def counts(self) -> dict[str, int]:
        """`calls` of the API, `parts` of batches, `writes` that took effect, `tokens` asked for."""
        with self._lock:
            return {name: self._counts[name] for name in ("calls", "parts", "writes", "tokens")}

    def forget(self) -> None:
        with self._lock:
            self._calls.clear()
            self._counts.clear()
