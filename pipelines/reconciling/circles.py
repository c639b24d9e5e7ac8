"""Circles of parents that the plan would close together with parents that stay as they are in the CRM.

In: `work.cells`, `records`. Out: `work.link` holds the rows that would close one. Circles within the source alone are
found before (see `scope.circles_sql`).
"""

from __future__ import annotations

import duckdb

from pipelines.declaring.entity import Entity
from pipelines.linking.scope import own_targets_sql
from pipelines.sql import literal, quote

CIRCULAR = "select fold from work.link where verdict = 'held: parent_circle'"
CALLED_CIRCULAR = f"{CIRCULAR} union all select fold from work.heirs where heir in ({CIRCULAR})"


def hold_circles(con: duckdb.DuckDBPyConnection, entity: Entity) -> bool:
    """Whether rows of the plan close a circle of parents; they are held then, and the plan is to be made anew.

    Held rows keep the parent that their record has, which may close another circle: to be asked until it is False.
    """
    found = False
    for field, rule in entity.references.items():
        moved = f"select 1 from work.cells where field = {literal(field)} limit 1"
        if rule.to == entity.name and con.execute(moved).fetchall():
            con.execute(_edges_sql(field))
            con.execute(_CLOSING)
            con.execute(_HELD)
            found |= con.execute("select count(*) from closing").fetchall()[0][0] > 0
    if found:
        forget_links(con, entity)
    return found


def forget_links(con: duckdb.DuckDBPyConnection, entity: Entity) -> None:
    """What refers to a row that is held in a circle means the record it had before this run linked it to one."""
    if con.execute(f"{CIRCULAR} limit 1").fetchall():
        mine = f"fold in ({CALLED_CIRCULAR})"
        con.execute(f"delete from work.targets where entity = {literal(entity.name)} and {mine}")
        con.execute(f"{own_targets_sql(entity)} where {mine}")


def _edges_sql(field: str) -> str:
    """`edges` (child, onto, fold): who will be below whom, with the source row that says so; null: it stays so.

    A record that is yet to be made is called by its key behind an arrow, which no record id has.
    """
    moved = f"select c.record_id from work.cells c where c.field = {literal(field)} and c.record_id is not null"
    return f"""
create or replace temp table edges as
with every as (
  select coalesce(c.record_id, '→' || c.fold) as child, coalesce(c.new, '→' || c.waits_for) as onto, c.fold
  from work.cells c
  where c.field = {literal(field)} and (c.new is not null or c.waits_for is not null)
  union all
  select r.Id, r.{quote(field)}, null
  from records r
  where r.{quote(field)} is not null and not r.IsDeleted and r.Id not in ({moved})
)
select child, onto, fold
from every
where child in (select onto from every) -- who is above nobody closes no circle, and most are not
"""


_CLOSING = """
create or replace temp table closing as
with recursive up as (
  select e.child, e.onto
  from edges e
  where e.fold is not null
  union -- and not `union all`: who came round a circle once stops there, however wide it is
  select u.child, e.onto
  from up u
  join edges e on e.child = u.onto
  where u.onto <> u.child
)
select distinct e.fold
from up u
join edges e on e.child = u.child
where u.onto = u.child
"""

_HELD = """
update work.link set verdict = 'held: parent_circle', record_id = null, record_number = null
from closing c
where c.fold = link.fold
"""
