"""Letting rows go: out of quarantine, and from records that people deleted. The next run tries them afresh."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import pyarrow as pa

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


@dataclass(frozen=True, slots=True)
class Released:
    """How many rows may try again, and how many links to deleted records are forgotten."""

    rows: int
    links: int


def release(con: duckdb.DuckDBPyConnection, keys: Iterable[str] | None) -> Released:
    """Rows with failures count none any more, all of them or those of `keys`, and the next run looks at them.

    Links to deleted records are forgotten for `keys` alone, so that nobody brings back by the way what people deleted.
    """
    folds = sorted({key.strip().lower() for key in keys or ()})
    con.register("asked_keys", pa.table({"fold": pa.array(folds, pa.string())}))
    con.execute("create or replace temp table released_keys as from asked_keys")
    con.unregister("asked_keys")
    con.execute("begin")
    everybody = "true" if keys is None else "false"
    con.execute(f"create or replace temp table resting as {RESTING.format(everybody=everybody)}")
    con.execute(f"create or replace temp table orphaned as {ORPHANED}" if _has_records(con) else NONE_ORPHANED)
    con.execute("update state set failures = 0, settled = false where fold in (from resting)")
    con.execute("delete from links where fold in (from orphaned)")
    con.execute("update state set settled = false where fold in (from orphaned)")
    rows, links = con.execute("select (select count(*) from resting), (select count(*) from orphaned)").fetchall()[0]
    con.execute("commit")
    return Released(rows, links)


NONE_ORPHANED = "create or replace temp table orphaned as select fold from links where false"


def _has_records(con: duckdb.DuckDBPyConnection) -> bool:
    """A file whose first run never reached the org has no records yet."""
    found = con.execute(
        "select count(*) from information_schema.tables where table_schema = 'main' and table_name = 'records'"
    ).fetchall()
    return bool(found[0][0])
