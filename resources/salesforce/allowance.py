"""Our own ceiling of API calls in 24 hours, counted over all processes that share a `CONCORD_HOME`.

The org's own limit is the org's affair (`errors.py`); this one leaves room in it for others.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from pipelines.ports.world import Clock, SystemicError


class Allowance(Protocol):
    """Is asked before each call."""

    def take(self) -> None:
        """One call more is accounted for; raises SystemicError when none is left."""


class Unlimited:
    """No ceiling of our own."""

    def take(self) -> None:
        """Always fine."""


@dataclass(frozen=True, slots=True)
class DailyCalls:
    """At most `ceiling` calls in any 24 hours, to the minute."""

    file: Path
    ceiling: int
    clock: Clock

    def take(self) -> None:
        minute = int(self.clock().timestamp() // 60)
        a_day_ago = minute - int(timedelta(days=1).total_seconds() // 60)
        with closing(self._open()) as calls:
            calls.execute("begin immediate")
            calls.execute("delete from calls where minute <= ?", [a_day_ago])
            (used,) = calls.execute("select coalesce(sum(number), 0) from calls").fetchone()
            if used >= self.ceiling:
                calls.execute("commit")
                raise SystemicError(
                    "DAILY_CALLS_REACHED",
                    f"Concord made {used} API calls in the last 24 hours, and SALESFORCE_DAILY_CALLS allows "
                    f"{self.ceiling}. Raise it or run again later.",
                )
            calls.execute(
                "insert into calls values (?, 1) on conflict (minute) do update set number = number + 1", [minute]
            )
            calls.execute("commit")

    def _open(self) -> sqlite3.Connection:
        if not self.file.exists():
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.touch(0o600)
        calls = sqlite3.connect(self.file, isolation_level=None, timeout=30)
        calls.execute("pragma synchronous = off")  # a count lost to a power cut harms nobody
        calls.execute("create table if not exists calls (minute integer primary key, number integer not null)")
        return calls
