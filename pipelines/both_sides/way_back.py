"""What a plan of a two-way entity does besides writing cells of the CRM: writes to the source, and deletions.

In: `work.sides`, `work.fates`, `work.born`, `work.rows`. Out: `work.source_actions` (fold, record_id, kind `create`,
`update`, `delete` or `unlink`, key, mailbox, place, version, link), `work.source_cells` (fold, record_id, field,
column_name, old, new, why) in the source's words, and `work.removals` (fold, record_id), records to be deleted.
"""

from __future__ import annotations

from pipelines.both_sides.parting import DELETED_IN_CRM
from pipelines.both_sides.three_way import agreed_fields, columns_sql, ours_sql
from pipelines.reading.binding import Bound
from pipelines.reconciling.cells import list_sql
from pipelines.sql import given, literal

TABLES = (
    """
create or replace table work.source_actions (
  fold varchar, record_id varchar, kind varchar, key varchar, mailbox varchar, place varchar, version varchar,
  link varchar)""",
    """
create or replace table work.source_cells (
  fold varchar, record_id varchar, field varchar, column_name varchar, old varchar, new varchar, why varchar)""",
    "create or replace table work.removals (fold varchar, record_id varchar)",
    """
create or replace table work.born_values (
  fold varchar, record_id varchar, field varchar, column_name varchar, ours varchar, back varchar)""",
)
"""Empty, as they are for an entity that is written on one side."""

HELD = """
update work.link set verdict = 'held: conflict'
where verdict is null and fold in (select fold from work.sides where flow = 'hold')
  and fold not in (select fold from work.fates)
"""
"""A person decides: until then the whole row waits, lest half of a change is on the other side. Where a side is gone
there is nothing to decide between."""

CRM_CELLS = """
insert into work.cells
select d.fold, s.record_id, d.field, d.ours, d.theirs, null, 'agreed'
from work.sides d
join work.rows s on s.fold = d.fold
where d.flow = 'crm' and s.verdict is null and s.record_id is not null
"""


SUGGESTED = """
delete from work.cells c
where c.rule = 'related' and c.record_id is not null and exists (
  select 1 from work.base a where a.fold = c.fold and a.field = c.field and a.theirs = c.new
)
"""
"""What a row suggested before is not suggested again: people may have taken it away."""


def way_back_sql(bound: Bound) -> list[str]:
    """Statements that fill them."""
    place = f"s.key, s.{given('user')} as mailbox, s.{given('place')} as place, s.{given('etag')} as version"
    fields = agreed_fields(bound)
    names = ", ".join(f"({n}, {literal(f.name)}, {literal(rule.column)})" for n, (f, rule) in enumerate(fields))
    return [
        *TABLES,
        f"""
insert into work.source_cells
select d.fold, s.record_id, d.field, c.column_name, d.there, d.back, d.why
from work.sides d
join work.rows s on s.fold = d.fold
join {columns_sql(bound)} c (field, column_name) on c.field = d.field
where d.flow = 'source' and s.verdict is null and s.record_id is not null
""",
        f"""
insert into work.source_actions by name
select s.fold, s.record_id, 'update' as kind, {place}
from work.rows s
where s.fold in (select fold from work.source_cells)
""",
        f"""
insert into work.born_values
select fold, record_id, field, column_name, ours, back
from (
  select
    b.fold,
    b.record_id,
    unnest({list_sql(ours_sql(f) for f, _ in fields)}) as ours,
    unnest({list_sql(rule.back_sql(ours_sql(f)) for f, rule in fields)}) as back,
    unnest(range({len(fields)})) as n
  from work.born b
  join records r on r.number = b.record_number
  where b.verdict is null
)
join (values {names}) names (n, field, column_name) using (n)
""",
        """
insert into work.source_cells
select fold, record_id, field, column_name, null, back, 'not_there'
from work.born_values
where back is not null
""",
        """
insert into work.source_actions by name
select fold, record_id, 'create' as kind, mailbox
from work.born
where verdict is null
""",
        f"""
insert into work.source_actions by name
select s.fold, f.record_id, 'delete' as kind, {place}
from work.fates f
join work.rows s on s.fold = f.fold
where f.gone = 'record' and f.fate = 'delete'
""",
        *([_unlinked_sql()] if bound.entity.rules_of_both.may("source", "update") else []),
        "insert into work.removals select fold, record_id from work.fates where gone = 'row' and fate = 'delete'",
    ]


def _unlinked_sql() -> str:
    """The link that people see in an item, or in a copy of it, leads nowhere once its record was deleted: it is taken
    away, once."""
    link = f"s.{given('crmLink')}"
    return f"""
insert into work.source_actions by name
select s.fold, r.Id as record_id, 'unlink' as kind, s.key, s.{given("user")} as mailbox, s.{given("place")} as place,
  {link} as link
from work.rows s
join records r on r.Id = s.{given("crmId")} and r.IsDeleted
where s.present and {link} is not null
  and (s.verdict is null or s.verdict = {literal(DELETED_IN_CRM)})
  and s.fold not in (select fold from work.source_actions)
  and (s.fold, r.Id) not in (
    select b.fold, b.record_id
    from batch_rows b
    join batches k on k.batch = b.batch and k.operation = 'unlink'
    join results x on x.batch = b.batch and x.fold = b.fold and x.status = 'success'
  )
"""
