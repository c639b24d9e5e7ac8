"""Made-up rows of twenty columns in an entity's file, on both sides, as extract and snapshot leave them there.

A fifth of the records is stale in some of its fields; both sides lie in an order of their own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines import memory
from pipelines.declaring.entity import Entity, Target
from pipelines.declaring.rules import Master
from pipelines.declaring.source import Feed
from pipelines.reading import delivery
from pipelines.reading.binding import Bound, bind
from pipelines.reading.reading import set_now
from pipelines.reading.snapshot import DOUBLE_KEYS, empty_records_sql, replace_sql
from tests.pipelines.case import org_object

FIELDS = 20
FEED = Feed("things", key="k", changed_at=None, merged_into=None)
ENTITY = Entity(
    name="things",
    source=FEED,
    target=Target("Thing__c", "Key__c"),
    fields={f"F{n}__c": Master(f"f{n}") for n in range(FIELDS)},
)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def bound() -> Bound:
    return bind(ENTITY, org_object(ENTITY))


def opened(file: Path) -> duckdb.DuckDBPyConnection:
    """The entity's file as a run opens it."""
    con = duckdb.connect(file)
    memory.prepare(con, file)
    set_now(con, NOW)
    con.execute("set variable run_id = 'run'")
    return con


def _value_sql(column: int) -> str:
    return f"'value ' || ((i * {column + 7}) % 100000) || '-{column}'"


def _shuffled_sql(rows: int) -> str:
    """The numbers below `rows` in an order of their own: sorting them is cheaper than sorting what is made of them."""
    return f"(select i from range({rows}) t(i) order by hash(i + {rows}))"


def rows_sql(rows: int) -> str:
    """Selects the feed: k, f0 … f19, all text."""
    columns = ",\n  ".join(f"{_value_sql(n)} as f{n}" for n in range(FIELDS))
    return f"select\n  'k' || i as k,\n  {columns}\nfrom {_shuffled_sql(rows)} t(i)"


def _pages_sql(rows: int, stale: str) -> str:
    columns = ",\n  ".join(
        f"case when {stale} and i % {n % 7 + 2} = 0 then 'old' else {_value_sql(n)} end as F{n}__c"
        for n in range(FIELDS)
    )
    return f"""
select
  'a00' || lpad(i::varchar, 15, '0') as Id,
  false as IsDeleted,
  cast(null as varchar) as MasterRecordId,
  timestamp '2026-01-01' as SystemModstamp,
  'u' as LastModifiedById,
  'k' || i as Key__c,
  {columns}
from {_shuffled_sql(rows + 1)} t(i)
where i < {rows}
"""


def make(file: Path, rows: int, *, changed: int = 0) -> None:
    """So many rows on both sides. `changed`: all is settled but so many rows, which alone are stale."""
    step = rows // changed if changed else 5
    con = opened(file)
    con.execute("set memory_limit = '4GB'")
    con.execute("create schema landing")
    con.execute("create table landing.rejects (_file varchar, _line bigint, reason varchar)")
    con.execute(f"create table landing.rows as select 'f' as _file, 1::bigint as _line, * from ({rows_sql(rows)})")
    delivery.bring(con, bound())
    delivery.accept(con, bound())
    con.execute(f"create temp table pages as {_pages_sql(rows, f'i % {step} = 0')}")
    for statement in [*empty_records_sql(bound()), *replace_sql(bound(), "pages")]:
        con.execute(statement)
    if changed:
        con.execute("insert into links select s.fold, s.key, r.Id from source s join records r using (fold)")
        con.execute(
            "insert into state select fold, row_hash + (substr(key, 2)::bigint % ? = 0)::int, hash(null), true, 0,"
            " 'unchanged', null, 'before' from source",
            [step],
        )
    con.execute("drop table landing.rows")
    con.close()


def multiply(small: Path, large: Path, times: int) -> None:
    """The large file holds the rows and records of the small one so many times, under keys of their own."""
    con = opened(large)
    con.execute("set memory_limit = '4GB'")
    con.execute(f"attach '{small}' as small (read_only)")
    con.execute("create schema landing")
    for table in ("landing.rejects", "work.incoming"):
        con.execute(f"create table {table} as from small.{table} limit 0")
    key = "{0} || '-' || i as {0}"
    for table, keys in (("source", ("key", "fold")), ("records", ("Key__c", "fold", "Id"))):
        count = con.execute(f"select max(number) from small.{table}").fetchall()[0][0]
        changed = ", ".join([f"number + i * {count} as number", *(key.format(name) for name in keys)])
        con.execute(f"create table {table} as select * replace ({changed}) from small.{table}, range({times}) t(i)")
    con.execute(DOUBLE_KEYS)
    con.close()


def checksum(con: duckdb.DuckDBPyConnection, cells: str) -> str:
    """The cells of a relation (key, record_id, field, old, new) in one number, in whatever order."""
    number = "bit_xor(md5_number(concat_ws('|', key, record_id, field, coalesce(old, '-'), coalesce(new, '-'))))"
    return str(con.execute(f"select {number} || '/' || count(*) from {cells}").fetchall()[0][0])
