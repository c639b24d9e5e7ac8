"""What clients asked: the last calls, whatever became of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

LENGTH = 10_000


@dataclass(frozen=True, slots=True)
class Logged:
    """One call of a client; status 0: its connection was closed without an answer."""

    method: str
    path: str
    query: str
    status: int
    seconds: float
    fault: str = ""


def history() -> deque[Logged]:
    return deque(maxlen=LENGTH)
