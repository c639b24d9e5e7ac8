"""A home and an org in which runs go on, and a trial that was held between two of its runs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import requests

from tests.faults.far_end import Trouble
from tests.faults.fingerprint import Fingerprints, short
from tests.faults.inside import Answer, Inside
from tests.faults.outside import HeldOpen
from tests.faults.trial import Run
from tests.faults.wire import Schedule, Wire


@dataclass
class Held:
    """A trial between two of its runs: its home as it was then, and all else that had happened."""

    home: Path
    schedule: Schedule
    runs: tuple[Run, ...]
    status: str
    trouble: Trouble
    prints: Fingerprints

    @property
    def calls(self) -> int:
        return sum(len(run.calls) for run in self.runs)


@dataclass
class Opened:
    """A home and an org in which runs go on."""

    home: Path
    org: Inside
    wire: Wire
    warehouse: HeldOpen
    prints: Fingerprints
    said: list[tuple[str, str]] = field(default_factory=list)
    status: str = ""

    def __post_init__(self) -> None:
        self.wire.heard = self._hear

    def _hear(self, request: requests.PreparedRequest, answer: Answer | None) -> None:
        came = self.prints.answer(request, answer) if answer else "nothing"
        self.said.append((self.prints.request(request), short(f"{came} {self._trouble()}")))

    def _trouble(self) -> str:
        """What is still wrong at the far end, and what has not arrived there yet."""
        trouble = self.wire.org.trouble
        late = [self.prints.request(request) for request in trouble.late]
        return f"{self.prints.plain(repr(replace(trouble, late=[])))} {late}"

    def state(self) -> str:
        """The fingerprint of all that a next run finds, and of how the last one ended."""
        with self.warehouse.open() as con:
            held = self.prints.state(con, self.org)
        return short(f"{self.status} {held} {self._trouble()}")

    @property
    def calm(self) -> bool:
        """No fault is still to come."""
        return self.wire.last <= len(self.wire.calls)
