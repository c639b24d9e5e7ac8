"""Collections that an entity reads beside its own source, to ask conditions of: kept as text, the newest of each key.

Nothing of them is written to the CRM. Table `beside <collection>` (fold, the read columns with the prefix of a feed's);
what was read is merged over what was known, since a collection tells changes only. Reading goes on from the last one
whatever became of the run: these are facts of the source, and never older than what is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb

from pipelines import memory
from pipelines.entity import Entity
from pipelines.normalise import moment_sql
from pipelines.ports import Progress, Source
from pipelines.run import Warehouse
from pipelines.source import Rest
from pipelines.sql import beside, fold_sql, given, quote, tidy_sql

OVERLAP = timedelta(minutes=5)
"""How far reading reaches back: clocks differ, and a change may be seen later than it is dated."""


def read_beside(entity: Entity, source: Source, warehouse: Warehouse, progress: Progress, *, everything: bool) -> None:
    """The tables hold the collections as they are now."""
    for collection in entity.beside:
        columns = _columns(entity, collection)
        with warehouse.open() as con:
            known = _since(con, collection, columns)
            since = None if everything else known
            memory.write(con, "landing", "")  # the entity's own rows have to be landed again
        landed = source.land(collection, columns, warehouse.path, progress, since)
        with warehouse.open() as con:
            con.execute("begin")
            for statement in _merged_sql(con, collection, columns, anew=known is None):
                con.execute(statement)
            if landed.read_at:
                memory.write(con, _mark(collection, columns), landed.read_at.isoformat())
            con.execute("commit")


def _columns(entity: Entity, collection: Rest) -> list[str]:
    """The columns that are read: the key, the change time, and those that conditions ask about."""
    asked = [column for has in entity.asked_beside if has.beside == collection.name for column in has.read]
    own = [collection.key, *([collection.changed_at] if collection.changed_at else [])]
    return list(dict.fromkeys([*own, *asked]))


def _mark(collection: Rest, columns: Sequence[str]) -> str:
    """What the time of the last reading is remembered by: other columns are another reading."""
    return " ".join(["read beside", collection.name, *columns])


def _since(con: duckdb.DuckDBPyConnection, collection: Rest, columns: Sequence[str]) -> datetime | None:
    told = memory.read(con, _mark(collection, columns))
    known = told and {given(column) for column in columns} <= memory.columns(con, f"beside {collection.name}")
    return datetime.fromisoformat(told) - OVERLAP if told and known else None


def _merged_sql(con: duckdb.DuckDBPyConnection, collection: Rest, columns: Sequence[str], *, anew: bool) -> list[str]:
    kept = ",\n  ".join(f"{tidy_sql(f'l.{quote(column)}')} as {given(column)}" for column in columns)
    key = fold_sql(f"l.{quote(collection.key)}")
    changed = moment_sql(f"l.{quote(collection.changed_at)}") if collection.changed_at else "null"
    fresh = f"""
select
  {key} as fold,
  {kept}
from landing.rows l
where {key} is not null
qualify row_number() over (partition by {key} order by {changed} desc nulls last, l._line desc) = 1
"""
    name = beside(collection.name)
    if anew:
        return [f"create or replace table {name} as {fresh}"]
    return [
        f"create or replace temp table fresh_beside as {fresh}",
        f"delete from {name} where fold in (select fold from fresh_beside)",
        f"insert into {name} by name from fresh_beside",
        "drop table fresh_beside",
    ]
