"""Collections that an entity reads beside its own source, to ask conditions of: kept as text, the newest of each key.

Nothing of them is written to the CRM. Table `beside <collection>` (fold, the read columns with the prefix of a feed's);
what was read is merged over what was known, and never is older than that. A row that a full reading lacks counts on as
it was last told, as absence does nothing to the records of such rows either; only another place is read into an empty
table. A row that no condition would count, such as a tie that ended, needs no more than its key, its change time and
what says so. Reading goes on from the last one whatever became of the run: these are facts of the source.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipelines import memory
from pipelines.declaring.conditions import Is
from pipelines.declaring.entity import Entity
from pipelines.declaring.source import Rest
from pipelines.reading.normalise import turn_sql
from pipelines.reading.reading import set_now
from pipelines.reading.sighting import Sighting, land_since, sighting_of
from pipelines.reading.usable import forgiving, moment_sql, problem_sql, tests_of_source
from pipelines.run import World
from pipelines.sql import beside, given, quote, tidy_sql


def read_beside(entity: Entity, world: World, *, everything: bool) -> None:
    """The tables hold the collections as they are now."""
    for collection in entity.beside:
        columns = _columns(entity, collection)
        with world.warehouse.open() as con:
            before = _before(con, collection, columns)
            memory.write(con, "landing", "")  # the entity's own rows have to be landed again
        told = land_since(world, collection, columns, None if everything else before)
        anew = before is None or before.place != told.seen.place
        whole = everything or anew or told.broken is not None
        with world.warehouse.open() as con:
            set_now(con, world.clock())
            con.execute("begin")
            for statement in _merged_sql(entity, collection, anew=anew, whole=whole):
                con.execute(statement)
            if told.seen.theirs:
                memory.write(con, _mark(collection, columns), str(told.seen))
            con.execute("commit")


def _columns(entity: Entity, collection: Rest) -> list[str]:
    """The columns that are read: those that say whether a row can be used, and those that conditions ask about."""
    asked = [column for has in entity.asked_beside if has.beside == collection.name for column in has.read]
    own = [collection.key, *([collection.changed_at] if collection.changed_at else [])]
    return list(dict.fromkeys([*own, *collection.required, *collection.happened, *collection.vocabulary, *asked]))


def _counted(entity: Entity, collection: Rest) -> list[Is | None]:
    """Which of its rows the conditions count, each; None: all."""
    return [has.where for has in entity.asked_beside if has.beside == collection.name]


def _judged(entity: Entity, collection: Rest) -> set[str]:
    """The columns that a row which no condition counts is judged by."""
    own = {collection.key, *([collection.changed_at] if collection.changed_at else [])}
    return own | {where.column for where in _counted(entity, collection) if where}


def _uncounted_sql(entity: Entity, collection: Rest) -> str:
    """Boolean of a tidied row `d`: no condition counts it."""
    counted = [where.of("d") if where else "true" for where in _counted(entity, collection)]
    return f"not ({' or '.join(dict.fromkeys(counted)) or 'true'})"


def _mark(collection: Rest, columns: Sequence[str]) -> str:
    """What the last reading is remembered by: other columns are another reading."""
    return " ".join(["seen beside", collection.name, *columns])


def _before(con: duckdb.DuckDBPyConnection, collection: Rest, columns: Sequence[str]) -> Sighting | None:
    told = memory.read(con, _mark(collection, columns))
    known = told and {given(column) for column in columns} <= memory.columns(con, f"beside {collection.name}")
    return sighting_of(told) if known else None


def _merged_sql(entity: Entity, collection: Rest, *, anew: bool, whole: bool) -> list[str]:
    """What was read is merged over what is known; a row that cannot be used leaves what is known of it as it is.

    Such rows are kept, and judged again with what is read next, unless a row of their key is among it. What is older
    than what is known says nothing.
    """
    name, refused, columns = beside(collection.name), beside(f"refused {collection.name}"), _columns(entity, collection)
    kept = ",\n    ".join(f"{tidy_sql(f'l.{quote(column)}')} as {given(column)}" for column in columns)
    key = given(collection.key)
    every = ",\n  ".join(map(given, columns))
    tests = forgiving(tests_of_source(collection), _judged(entity, collection))
    changed = given(collection.changed_at) if collection.changed_at else None
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
    {_uncounted_sql(entity, collection)} as is_over,
    count(*) over (partition by lower(d.{key})) as same_key,
    {"null" if whole else f"b.{key}"} as known_key,
    {moment_sql(f"b.{changed}") if changed and not anew else "cast(null as timestamp)"} as known_at
  from tidied d
  {"" if anew else f"left join {name} b on b.fold = lower(d.{key})"}
)
select
  fold,
  {every},
  {problem_sql(tests)} is null as usable,
  {f"({moment_sql(f't.{changed}')} < t.known_at) is true" if changed else "false"} as older
from t
"""
    texts = ", ".join(f"null::varchar as {given(column)}" for column in columns)
    usable = "select * exclude (usable, older) from judged_beside where usable and not older"
    merged = (
        [f"create or replace table {name} as {usable}"]
        if anew
        else [
            f"delete from {name} where fold in (select fold from judged_beside where usable and not older)",
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
