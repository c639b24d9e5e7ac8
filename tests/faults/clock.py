"""The one clock of both sides and of the run: it goes on a little with each look at it, and as far as it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TICK = timedelta(milliseconds=3)


@dataclass
class SimulatedClock:
    """In UTC; a Monday morning at first."""

    now: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += TICK
        return self.now

    def go_on(self, by: timedelta) -> None:
        """So much later."""
        self.now += by
