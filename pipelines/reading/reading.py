"""Extract and snapshot: both sides as they are now, in the entity's file.

Each is skipped where nothing can have changed: a feed with the content of last time is not landed again, a snapshot
asks only for what changed since the last one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import memory
from pipelines.declaring.entity import Entity
from pipelines.ports.crm import Crm
from pipelines.ports.objects import BLIND, Sight, Snapshot, Window, arrow_type
from pipelines.ports.world import Progress
from pipelines.reading import delivery
from pipelines.reading.binding import Bound
from pipelines.reading.refused import may_pass_now
from pipelines.reading.sighting import land_since
from pipelines.reading.since import Reading, note
from pipelines.reading.snapshot import OVERLAP_SECONDS, WIDEST_GAP_DAYS, empty_records_sql, merge_sql, replace_sql
from pipelines.reconciling.echoes import echoes_sql
from pipelines.run import World
from pipelines.sql import quote, tidy_sql


@dataclass(frozen=True, slots=True)
class Extracted:
    """What is known of the feed: its usable rows now and at the last run. `landed` says that it was read anew."""

    rows: int
    rows_before: int
    landed: bool
    ignored: tuple[str, ...]
    lost: tuple[str, ...] = ()
    """Columns of a full list that had values at the last run and have none now."""


NOTICED = 10
"""Filled cells that a column must have had before its loss is noticed: of fewer, all may rightly be gone."""

USABLE_ROWS = "select count(*) from work.incoming where problem is null"


def land(entity: Entity, world: World, content: str | None, reading: Reading | None = None) -> Reading | None:
    """The landing tables hold the source as it is now; returns how it was read in the end.

    `content` is its fingerprint, where it has one, and `reading` says since when it is to be read.
    """
    warehouse = world.warehouse
    with warehouse.open() as con:
        if content and memory.read(con, "landing") == f"{content} {entity.fingerprint}":
            return reading
        memory.write(con, "landing", "")
    told = land_since(world, entity.source, entity.columns, reading.after if reading else None)
    done = Reading(None, told.broken) if told.broken else reading
    with warehouse.open() as con:
        con.execute("begin")
        memory.write(con, "landing", f"{told.landed.fingerprint} {entity.fingerprint}")
        memory.write(con, "ignored", ",".join(told.landed.ignored))
        note(con, entity, told.seen, whole=done is not None and done.since is None)
        con.execute("delete from absent_columns")
        for file_name, name in told.landed.absent:
            con.execute("insert into absent_columns values (?, ?)", [file_name, name])
        con.execute("commit")
    return done


def extract(bound: Bound, con: duckdb.DuckDBPyConnection, now: datetime) -> Extracted:
    """`work.incoming` and `source` hold what was landed, typed and merged; counts are of the whole feed."""
    con.execute("begin")
    if delivery.take_back(con):
        memory.write(con, "landed", "")
    fresh = memory.read(con, "landed") != memory.read(con, "landing") or may_pass_now(con, bound.entity)
    if fresh:
        set_now(con, now)
        delivery.bring(con, bound)
        memory.write(con, "filled", json.dumps(_filled(con, bound)))
        memory.write(con, "columns", json.dumps({name: [i.type, i.length] for name, i in bound.columns.items() if i}))
        memory.write(con, "landed", memory.read(con, "landing") or "")
    con.execute("commit")
    rows = con.execute(USABLE_ROWS).fetchall()[0][0]
    before = int(memory.read(con, "rows_before") or 0)
    ignored = tuple(name for name in (memory.read(con, "ignored") or "").split(",") if name)
    lost = _lost(con) if bound.entity.source.lists == "everything" else ()
    return Extracted(rows=rows, rows_before=before, landed=fresh, ignored=ignored, lost=lost)


def _filled(con: duckdb.DuckDBPyConnection, bound: Bound) -> dict[str, int]:
    """How many cells of each mapped column the feed fills."""
    names = list(bound.columns)
    counts = ", ".join(f"count({tidy_sql(f'l.{quote(name)}')})" for name in names)
    found = con.execute(f"select {counts or 'null'} from landing.rows l").fetchall()[0]
    return dict(zip(names, found, strict=False))


def _lost(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    before = json.loads(memory.read(con, "filled_before") or "{}")
    now = json.loads(memory.read(con, "filled") or "{}")
    return tuple(name for name, count in before.items() if count >= NOTICED and now.get(name) == 0)


def window_of(con: duckdb.DuckDBPyConnection, entity: Entity, now: datetime) -> Window | None:
    """What a snapshot is going to ask for, unless the declaration has changed; None where it has to read everything."""
    watermark = _moment(memory.read(con, "watermark"))
    fields, _, _ = (memory.read(con, "record_fields") or "").partition(_HASH_OF)
    if watermark is None or _too_wide(watermark, now) or not fields:
        return None
    return Window(entity.target.sobject, tuple(fields.split()), _back(watermark))


def snapshot(bound: Bound, crm: Crm, world: World, *, everything: bool = False, seen: Sight = BLIND) -> None:
    """`records` holds the CRM's records as they are now, and `echoes` what it made of our last writes.

    The first time, when other fields are wanted, and on request everything is read; after a long pause too, since
    deletions are no longer told then. Else only what changed, which `seen` may have shown already.
    """
    fields, warehouse = _kept(bound), world.warehouse
    with warehouse.open() as con:
        watermark = _moment(memory.read(con, "watermark"))
        full = everything or watermark is None or memory.read(con, "record_fields") != fields
        if not memory.has(con, "records"):
            for statement in empty_records_sql(bound):
                con.execute(statement)
    if watermark is not None and _too_wide(watermark, world.clock()):
        full, watermark = True, None
    sobject = bound.entity.target.sobject
    if full:
        taken = crm.snapshot(sobject, bound.record_fields, since=None)
        _spool(bound, taken, warehouse.spool, world.progress)  # an org that has none any more tells that by no row
        # what was deleted or merged since the watermark is asked for next: until then that is as far as we know
        whole = [*replace_sql(bound, "pages"), *echoes_sql(bound, crm.user_id)]
        _take(bound, world, whole, watermark or taken.taken_at)
    if watermark is not None:
        # what was seen before everything was read is older than that
        taken = crm.snapshot(sobject, bound.record_fields, since=_back(watermark), seen=BLIND if full else seen)
        rows = _spool(bound, taken, warehouse.spool, world.progress)
        changed = [*merge_sql(bound, "pages"), *echoes_sql(bound, crm.user_id)] if rows else []
        _take(bound, world, changed, taken.taken_at)


def read_since(con: duckdb.DuckDBPyConnection) -> datetime | None:
    """From when on changes may be missing in `records`: some time before the last snapshot; None if there was none."""
    watermark = _moment(memory.read(con, "watermark"))
    return _back(watermark) if watermark else None


def _kept(bound: Bound) -> str:
    """What `records` keeps of a record: its fields, and those that its content hash covers."""
    return " ".join(bound.record_fields) + _HASH_OF + " ".join(field.name for field in bound.compared)


_HASH_OF = " hash of "


def _back(watermark: datetime) -> datetime:
    return watermark - timedelta(seconds=OVERLAP_SECONDS)


def _too_wide(watermark: datetime, now: datetime) -> bool:
    return now - watermark > timedelta(days=WIDEST_GAP_DAYS)


def _take(bound: Bound, world: World, statements: list[str], watermark: datetime) -> None:
    """The spooled pages are in `records`, and the watermark with them, in one transaction."""
    warehouse = world.warehouse
    with warehouse.open() as con:
        con.register("pages", pq.read_table(warehouse.spool))
        con.execute("begin")
        for statement in statements:
            con.execute(statement)
        memory.write(con, "watermark", watermark.isoformat())
        memory.write(con, "sobject", bound.entity.target.sobject)
        memory.write(con, "record_fields", _kept(bound))
        con.execute("commit")
        con.unregister("pages")
    warehouse.spool.unlink()


def _spool(bound: Bound, taken: Snapshot, spool: Path, progress: Progress) -> int:
    """The pages lie in the spool file, so that no transaction is open while the org is asked; returns their rows."""
    schema = pa.schema([(name, arrow_type(bound.type_of(name))) for name in bound.record_fields])
    done = 0
    spool.touch(mode=0o600)
    with pq.ParquetWriter(spool, schema) as writer:
        for page in taken.pages:
            writer.write_table(page.select(list(bound.record_fields)).cast(schema))
            done += page.num_rows
            progress("snapshot", done, None)
    return done


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def set_now(con: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """The run's one time on this connection: UTC without a zone, whole seconds as the CRM keeps them."""
    utc = now.astimezone(UTC).replace(tzinfo=None)
    con.execute("set variable now = cast(? as timestamp)", [utc.replace(microsecond=0)])
