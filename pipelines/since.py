"""Since when a source that can tell what changed is read: since the last success, or in full, and why.

In `meta`: `reading`, what the last landing was asked and the source's clock before it, and `read`, the same of the last
reading whose plan was carried out. Only that one is gone on from: a reading that was only planned, held, or ended in a
failure is done again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from pipelines import memory
from pipelines.entity import Entity
from pipelines.report import Status
from pipelines.source import Feed

OVERLAP = timedelta(minutes=5)
"""How far an incremental reading reaches back: a change is stamped before others can see it."""

LONGEST = timedelta(days=90)
"""After so long without a success everything is read."""

FAILURES = 10
"""After so many failed runs in a row everything is read."""

SUCCESSES: tuple[Status, ...] = ("success", "success_with_errors", "nothing_to_do")

LAST_SUCCESS_SQL = "select max(started_at) from runs where mode = 'sync' and status in ?"

LATELY_SQL = """
select status
from runs
where mode = 'sync' and status <> 'skipped'
order by started_at desc
limit ?
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What the entity's file knows of former readings."""

    read_at: datetime | None = None
    """The source's clock before the last reading that was carried out."""
    same: bool = True
    """That reading asked the same place for the same columns."""
    last_success: datetime | None = None
    failing: bool = False
    """The last ten runs failed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source is read. Without `since` in full, and `why` says the reason."""

    since: datetime | None
    why: str = ""

    def __str__(self) -> str:
        if self.since is None:
            return f"full: {self.why}"
        return f"incremental since {self.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def reading_of(known: Known, *, everything: bool, now: datetime) -> Reading:
    """How the source is to be read now; `everything` on request."""
    reasons = (
        (everything, "asked for"),
        (known.last_success is None, "no success yet"),
        (known.last_success and now - known.last_success > LONGEST, f"no success within {LONGEST.days} days"),
        (known.failing, f"the last {FAILURES} runs failed"),
        (known.read_at is None, "the source told no time when it was read last"),
        (not known.same, "the declaration asks for something else than when it was read last"),
    )
    for holds, why in reasons:
        if holds:
            return Reading(None, why)
    return Reading(known.read_at - OVERLAP if known.read_at else None)


def known_of(con: duckdb.DuckDBPyConnection, entity: Entity) -> Known:
    """What the entity's file knows."""
    read = json.loads(memory.read(con, "read") or "{}")
    success = con.execute(LAST_SUCCESS_SQL, [list(SUCCESSES)]).fetchall()[0][0]
    lately = [status for (status,) in con.execute(LATELY_SQL, [FAILURES]).fetchall()]
    return Known(
        read_at=datetime.fromisoformat(read["at"]) if read.get("at") else None,
        same=read.get("asked") == _asked(entity),
        last_success=success.replace(tzinfo=UTC) if success else None,
        failing=len(lately) == FAILURES and set(lately) == {"failure"},
    )


def tells_changes(entity: Entity) -> bool:
    """Whether its source can be asked for what changed; files are read whole."""
    return not isinstance(entity.source, Feed)


def note(con: duckdb.DuckDBPyConnection, entity: Entity, read_at: datetime | None) -> None:
    """The source was read at that time by its own clock; nothing follows from it yet."""
    said = {"at": read_at.isoformat() if read_at else None, "asked": _asked(entity)}
    memory.write(con, "reading", json.dumps(said))


def go_on_from(con: duckdb.DuckDBPyConnection) -> None:
    """The plan made from the last reading was carried out: the next one goes on from it."""
    memory.write(con, "read", memory.read(con, "reading") or "{}")


def _asked(entity: Entity) -> str:
    return hashlib.sha256(repr((entity.source, entity.columns)).encode()).hexdigest()[:16]
