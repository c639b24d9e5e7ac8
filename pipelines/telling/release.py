"""Letting rows go: out of quarantine, from records that people deleted, from newer values. The next run tries them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipelines import memory
from pipelines.both_sides.excepting import let_in
from pipelines.reading.since import release_all
from pipelines.sql import fold_sql

RESTING = """
select fold from state
where failures > 0 and ({everybody} or fold in (select fold from released_keys))
"""

ORPHANED = """
select l.fold
from links l
join released_keys k on k.fold = l.fold
left join records r on r.Id = l.record_id
where coalesce(r.IsDeleted, true)
"""

OUTDATED = """
select k.fold
from released_keys k
join (
  select fold, problem from work.incoming
  union
  select fold, problem from unusable_rows -- it came with changes alone, and not again since
) r on r.fold = k.fold
where r.problem = 'older_than_known'
"""

NOBODY = "select fold from links where false"


@dataclass(frozen=True, slots=True)
class Released:
    """Rows that may try again, links to deleted records that are forgotten, rows that are taken though older.

    `excepted`: rows that are excluded no longer.
    """

    rows: int
    links: int
    outdated: int
    excepted: int = 0


def release(con: duckdb.DuckDBPyConnection, keys: Iterable[str] | None) -> Released:
    """Rows with failures count none any more, all of them or those of `keys`, and the next run looks at them.

    For `keys` alone are links to deleted records forgotten, and rows taken that are older than what is known: nobody
    brings back by the way what people deleted, or what the source itself has left behind.
    """
    con.register("asked_keys", pa.table({"key": pa.array(sorted(set(keys or ())), pa.string())}))
    con.execute(f"create or replace temp table released_keys as select {fold_sql('key')} as fold from asked_keys")
    con.unregister("asked_keys")
    con.execute("begin")
    excepted = let_in(con)
    resting = _chosen(con, "resting", RESTING.format(everybody="true" if keys is None else "false"))
    con.execute("update state set failures = 0, settled = false where fold in (from resting)")
    # a file whose first run never reached the org has no records yet, and perhaps no source
    orphaned = _chosen(con, "orphaned", ORPHANED if memory.has(con, "records") else NOBODY)
    con.execute("delete from links where fold in (from orphaned)")
    con.execute("update state set settled = false where fold in (from orphaned)")
    outdated = _chosen(con, "outdated", OUTDATED if memory.has(con, "source") else NOBODY)
    if outdated:
        for table in filter(lambda name: memory.has(con, name), ("source", "source_known")):
            con.execute(f"update {table} set given_at = null where fold in (from outdated)")
        memory.write(con, "landed", "")  # the feed is read again, although it is the same
        release_all(con)  # and a source that tells changes does not tell the row again by itself
    con.execute("commit")
    return Released(resting, orphaned, outdated, excepted)


def _chosen(con: duckdb.DuckDBPyConnection, name: str, chosen: str) -> int:
    con.execute(f"create or replace temp table {name} as {chosen}")
    return int(con.execute(f"select count(*) from {name}").fetchall()[0][0])
