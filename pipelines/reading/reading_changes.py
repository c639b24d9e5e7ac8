"""Extract from a source that is written back to: whose rows are asked for, and where reading goes on.

The source's place of reading, its cursor, is remembered in two strokes as the time of reading is (see `since`): the one
that was landed becomes the one to go on from when its plan was carried out.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import partial

import duckdb
import pyarrow as pa

from pipelines import memory
from pipelines.errand import Errand
from pipelines.ports.source import Asked, Landed
from pipelines.ports.world import SystemicError
from pipelines.reading.awaiting import YOUNG, told_sql
from pipelines.reading.binding import Bound
from pipelines.reading.delivery import accepted
from pipelines.reading.sighting import Sighting
from pipelines.reading.since import Reading, note
from pipelines.sql import given

LANDED, CURSOR = "cursor landed", "cursor"

PLACES = f"""
select s.key, s.{given("user")} as user, s.{given("place")} as place
from {{accepted}} s
where s.present and {{which}}
"""
"""Not of a delivery that was only looked at: what that one told as gone has to be told again."""


def land_changes(errand: Errand, bound: Bound, reading: Reading) -> None:
    """The landing tables hold what changed on the source's side, or all of it where there is nothing to go on from."""
    world, entity = errand.world, errand.entity
    if world.back is None:
        raise SystemicError("source_read_only", f"the source of {entity.name} cannot be written back to")
    with world.warehouse.open() as con:
        memory.write(con, "landing", "")
        cursor = memory.read(con, CURSOR) if reading.since else None
        users = _users(con, bound)
    known, awaited, span = partial(_known, errand), partial(_awaited, errand), _span(bound, errand.started_at)
    asked = Asked(entity.columns, users, cursor, known, awaited, span)
    landed = world.back.land_changes(entity.outlook, asked, world.warehouse.path, world.progress)
    with world.warehouse.open() as con:
        con.execute("begin")
        _noted(con, errand, landed)
        con.execute("commit")


def keep_cursor(con: duckdb.DuckDBPyConnection) -> None:
    """What was landed last was carried out: the next reading goes on from there."""
    if landed := memory.read(con, LANDED):
        memory.write(con, CURSOR, landed)


def _noted(con: duckdb.DuckDBPyConnection, errand: Errand, landed: Landed) -> None:
    entity = errand.entity
    memory.write(con, "landing", f"{landed.fingerprint} {entity.fingerprint} {errand.request.run_id}")
    memory.write(con, "ignored", ",".join(landed.ignored))
    memory.write(con, LANDED, landed.cursor or "")
    moment = errand.started_at
    note(con, entity, Sighting(landed.place, landed.read_at or moment, moment), whole=False)  # it tells what is gone
    con.execute("delete from absent_columns")


def _users(con: duckdb.DuckDBPyConnection, bound: Bound) -> list[str]:
    """Whom the org knows by a name of the source: only theirs is read."""
    found = con.execute(
        "select fold from looked_up where name = ? group by fold having count(*) = 1 order by fold",
        [bound.entity.owner.name],
    ).fetchall()
    return [name for (name,) in found]


def _known(errand: Errand) -> pa.Table:
    """What we made just now need not be told yet, and is not missed unless it was told before."""
    return _rows(errand, f"({{told}} or s.fold not in ({YOUNG}))")


def _awaited(errand: Errand) -> pa.Table:
    return _rows(errand, f"not {{told}} and s.fold not in ({YOUNG})")


def _rows(errand: Errand, which: str) -> pa.Table:
    """Of the source as it was last carried out."""
    with errand.opened() as con:
        table = accepted(con)
        columns = memory.columns(con, table)
        if not columns:
            return pa.table({name: pa.array([], pa.string()) for name in ("key", "user", "place")})
        told = told_sql("s", columns)
        return con.execute(PLACES.format(accepted=table, which=which.format(told=told))).to_arrow_table()


def _span(bound: Bound, now: datetime) -> tuple[datetime, datetime] | None:
    """The days of the window, whole, and one more on each side: days begin at different times."""
    days = bound.entity.rules_of_both.window
    if days is None:
        return None
    today = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    return today - timedelta(days=days.past + 1), today + timedelta(days=days.ahead + 2)
