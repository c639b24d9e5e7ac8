"""Collections that an entity reads beside its own source, to ask conditions of: kept as text, the newest of each key.

Nothing of them is written to the CRM. Table `beside <collection>` (fold, the read columns with the prefix of a feed's);
what was read is merged over what was known, since a collection tells changes only. Reading goes on from the last one
whatever became of the run: these are facts of the source, and never older than what is known.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipelines import memory
from pipelines.entity import Entity
from pipelines.normalise import turn_sql
from pipelines.reading import set_now
from pipelines.run import World
from pipelines.sighting import Sighting, land_since, sighting_of
from pipelines.source import Rest
from pipelines.sql import beside, given, quote, tidy_sql
from pipelines.usable import problem_sql, tests_of_source


def read_beside(entity: Entity, world: World, *, everything: bool) -> None:
    """The tables hold the collections as they are now."""
    for collection in entity.beside:
        columns = _columns(entity, collection)
        with world.warehouse.open() as con:
            before = _before(con, collection, columns)
            memory.write(con, "landing", "")  # the entity's own rows have to be landed again
        told = land_since(world, collection, columns, None if everything else before)
        whole = everything or before is None or told.broken is not None
        with world.warehouse.open() as con:
            set_now(con, world.clock())
            con.execute("begin")
            for statement in _merged_sql(collection, columns, anew=before is None, whole=whole):
                con.execute(statement)
            if told.seen.theirs:
                memory.write(con, _mark(collection, columns), str(told.seen))
            con.execute("commit")


def _columns(entity: Entity, collection: Rest) -> list[str]:
    """The columns that are read: those that say whether a row can be used, and those that conditions ask about."""
    asked = [column for has in entity.asked_beside if has.beside == collection.name for column in has.read]
    own = [collection.key, *([collection.changed_at] if collection.changed_at else [])]
    return list(dict.fromkeys([*own, *collection.required, *collection.happened, *collection.vocabulary, *asked]))


def _mark(collection: Rest, columns: Sequence[str]) -> str:
    """What the last reading is remembered by: other columns are another reading."""
    return " ".join(["seen beside", collection.name, *columns])


def _before(con: duckdb.DuckDBPyConnection, collection: Rest, columns: Sequence[str]) -> Sighting | None:
    told = memory.read(con, _mark(collection, columns))
    known = told and {given(column) for column in columns} <= memory.columns(con, f"beside {collection.name}")
    return sighting_of(told) if known else None


def _merged_sql(collection: Rest, columns: Sequence[str], *, anew: bool, whole: bool) -> list[str]:
    """What was read is merged over what is known; a row that cannot be used leaves what is known of it as it is.

    Such rows are kept, and judged again with what is read next, unless a row of their key is among it.
    """
    name, refused = beside(collection.name), beside(f"refused {collection.name}")
    kept = ",\n    ".join(f"{tidy_sql(f'l.{quote(column)}')} as {given(column)}" for column in columns)
    key = given(collection.key)
    every = ",\n  ".join(map(given, columns))
    judged = f"""
create or replace temp table judged_beside as
with landed as (
  select
    {kept}
  from landing.rows l
  qualify {turn_sql(collection)} = 1
),
tidied as (
  from landed
  union all by name
  select
    {every}
  from {refused}
  where lower({key}) not in (select lower({key}) from landed where {key} is not null)
),
t as (
  select
    d.*,
    lower(d.{key}) as fold,
    count(*) over (partition by lower(d.{key})) as same_key,
    {"null" if whole else f"(select any_value(b.{key}) from {name} b where b.fold = lower(d.{key}))"} as known_key
  from tidied d
)
select
  fold,
  {every},
  {problem_sql(tests_of_source(collection))} is null as usable
from t
"""
    texts = ", ".join(f"null::varchar as {given(column)}" for column in columns)
    usable = "select * exclude (usable) from judged_beside where usable"
    merged = (
        [f"create or replace table {name} as {usable}"]
        if anew
        else [
            f"delete from {name} where fold in (select fold from judged_beside where usable)",
            f"insert into {name} by name {usable}",
        ]
    )
    return [
        f"create {'or replace table' if whole else 'table if not exists'} {refused} as select {texts} where false",
        judged,
        *merged,
        f"create or replace table {refused} as"
        f" select {every} from judged_beside where not usable and {key} is not null",
        "drop table judged_beside",
    ]
