"""Since when a source that can tell what changed is read: since the last success, or in full, and why.

In `meta`: `reading`, what the last landing was asked, where and when, and `read`, the same of the last reading whose
plan was carried out. Only that one is gone on from: a reading that was only planned, held, or ended in a failure is
done again. `released` says why rows are to come again which the source will not tell by itself.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import duckdb

from pipelines import memory
from pipelines.declaring.entity import Entity
from pipelines.declaring.source import Feed
from pipelines.reading.sighting import Sighting, sighting_of
from pipelines.telling.report import Status

LONGEST = timedelta(days=90)
"""After so long without a success everything is read."""

FAILURES = 10
"""After so many failed runs in a row everything is read."""

RELEASED = "released"

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

    read: Sighting = field(default_factory=Sighting)
    """Where and when the last reading was that was carried out."""
    same: bool = True
    """That reading asked for the same columns."""
    released: str = ""
    """Why somebody wants every row to come again, if anybody does."""
    last_success: datetime | None = None
    failing: bool = False
    """The last ten runs failed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source is read. Without `after` in full, and `why` says the reason."""

    after: Sighting | None
    """The reading that it goes on from."""
    why: str = ""

    @property
    def since(self) -> datetime | None:
        return self.after.since if self.after else None

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
        (known.read.since is None, "the source told no time when it was read last"),
        (bool(known.released), known.released),
        (not known.same, "the declaration asks for something else than when it was read last"),
    )
    for holds, why in reasons:
        if holds:
            return Reading(None, why)
    return Reading(known.read)


def known_of(con: duckdb.DuckDBPyConnection, entity: Entity) -> Known:
    """What the entity's file knows."""
    asked = json.loads(memory.read(con, "read") or "{}").get("asked")
    success = con.execute(LAST_SUCCESS_SQL, [list(SUCCESSES)]).fetchall()[0][0]
    lately = [status for (status,) in con.execute(LATELY_SQL, [FAILURES]).fetchall()]
    return Known(
        read=sighting_of(memory.read(con, "read")),
        same=asked == _asked(entity),
        released=memory.read(con, RELEASED) or "",
        last_success=success.replace(tzinfo=UTC) if success else None,
        failing=len(lately) == FAILURES and set(lately) == {"failure"},
    )


def tells_changes(entity: Entity) -> bool:
    """Whether its source can be asked for what changed; files are read whole."""
    return not isinstance(entity.source, Feed)


def note(con: duckdb.DuckDBPyConnection, entity: Entity, seen: Sighting, *, whole: bool) -> None:
    """The source was read there and then, `whole` or for what changed; nothing follows from it yet."""
    said = {**json.loads(str(seen)), "asked": _asked(entity), "whole": whole}
    memory.write(con, "reading", json.dumps(said))


def was_whole(con: duckdb.DuckDBPyConnection, entity: Entity) -> bool:
    """What was landed last is all that the source has: a row that is not in it is gone there."""
    if not tells_changes(entity):
        return entity.source.lists == "everything"
    return bool(json.loads(memory.read(con, "reading") or "{}").get("whole"))


def release_all(con: duckdb.DuckDBPyConnection, why: str = "refused rows were released") -> None:
    """The next reading brings every row again, as far as the source is one that tells changes."""
    memory.write(con, RELEASED, why)


def go_on_from(con: duckdb.DuckDBPyConnection) -> None:
    """The plan made from the last reading was carried out: the next one goes on from it."""
    memory.write(con, "read", memory.read(con, "reading") or "{}")
    memory.write(con, RELEASED, "")


def _asked(entity: Entity) -> str:
    return hashlib.sha256(repr((entity.source, entity.columns)).encode()).hexdigest()[:16]
