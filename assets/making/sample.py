"""A few cells of a plan to look at: of each field and rule some, and never the value of a private field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.making.metadata import MOST_ROWS, table

if TYPE_CHECKING:
    import dagster as dg
    import duckdb

    from pipelines.declaring.entity import Entity

HIDDEN = "•••"
LONGEST = 80

SAMPLE_SQL = """
with numbered as (
  select
    s.key,
    c.record_id,
    c.field,
    c.old,
    coalesce(c.new, '→ ' || c.waits_for) as new,
    c.rule,
    row_number() over (partition by c.field, c.record_id is null order by hash(c.fold)) as place
  from work.cells c
  left join source s on s.fold = c.fold
  where c.rule <> 'synced_at'
)
select key, record_id, field, old, new, rule
from numbered
order by place, field, key
limit ?
"""

OF_SOURCE_SQL = """
select coalesce(a.key, ''), a.record_id, c.field, c.old, c.new, c.why
from work.source_cells c
join work.source_actions a on a.fold = c.fold
qualify row_number() over (partition by c.field, a.kind order by hash(c.fold)) <= 5
order by c.field, hash(c.fold)
limit ?
"""
"""What is written to the source; the rule's place has the reason."""


def sample_of_cells(con: duckdb.DuckDBPyConnection, entity: Entity) -> dg.TableMetadataValue:
    """At most 50 cells of the plan in this file, as many fields as there are among them."""
    return _sample(con, entity, SAMPLE_SQL)


def sample_of_source(con: duckdb.DuckDBPyConnection, entity: Entity) -> dg.TableMetadataValue:
    """The same of what is written back to the source of an entity with two sides."""
    return _sample(con, entity, OF_SOURCE_SQL)


def _sample(con: duckdb.DuckDBPyConnection, entity: Entity, sql: str) -> dg.TableMetadataValue:
    found = con.execute(sql, [MOST_ROWS]).fetchall()
    rows = [
        {
            "key": key or "",
            "record": record_id or "new",
            "field": field,
            "rule": rule,
            "old": _shown(entity, field, old),
            "new": _shown(entity, field, new),
        }
        for key, record_id, field, old, new, rule in sorted(found, key=lambda row: (row[2], str(row[0])))
    ]
    return table(rows, dict.fromkeys(("key", "record", "field", "rule", "old", "new"), "string"))


def _shown(entity: Entity, field: str, value: str | None) -> str:
    if value is None:
        return ""
    if field in entity.private:
        return HIDDEN
    return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"
