"""What both sides of a pair last agreed on, cell by cell: the base by which a change is told from a difference.

Table `accord` (fold, field, theirs, ours): what the source held and what the CRM held when they were in accord, as
comparable text. The two may differ: what a side cannot keep, or makes into something else, is no change.
"""

from __future__ import annotations

from pipelines.both_sides.three_way import columns_sql
from pipelines.declaring.agreed_rules import Related
from pipelines.reading.binding import Bound
from pipelines.sql import literal

TABLE = "create table if not exists accord (fold varchar, field varchar, theirs varchar, ours varchar)"

FRESH = "create or replace temp table fresh_accord (fold varchar, field varchar, theirs varchar, ours varchar)"

TAKE = (
    "delete from accord where (fold, field) in (select fold, field from fresh_accord)",
    "insert into accord from fresh_accord",
    "drop table fresh_accord",
)
"""`accord` says what `fresh_accord` does."""

FORGET_LOST = """
delete from accord where fold not in (select fold from links)
"""
"""What belongs to no pair any more."""


def agreed_now_sql(bound: Bound) -> list[str]:
    """Statements that remember what a round of the load brought into accord, and what was suggested.

    What was alike already, what the CRM took, what stays different as it may not be written (it was seen, and is no
    change any more), and every field of records that were created. What went to the source was remembered with its
    answers (see `write_back`).
    """
    suggested = "".join(
        f"""
union all
select s.fold, {literal(name)}, {rule.value_sql(name)}, null
from work.rows s
left join taken t on t.fold = s.fold
where s.verdict is null and coalesce(t.status, 'success') = 'success'
  and (s.record_id is not null or s.fold in (select fold from made))
"""
        for name, rule in bound.entity.references.items()
        if isinstance(rule, Related)
    )
    return [
        FRESH,
        f"""
insert into fresh_accord
with taken as (
  select fold, max_by(status, batch) as status
  from results
  join batches using (batch)
  where run_id = getvariable('run_id') and route <> 'source' and operation <> 'delete'
  group by fold
),
made as (
  select t.fold
  from taken t
  join work.actions a on a.fold = t.fold and a.kind = 'create'
  where t.status = 'success'
)
select d.fold, d.field, d.theirs, case when d.flow = 'crm' then d.theirs else d.ours end
from work.sides d
join work.rows s on s.fold = d.fold and s.verdict is null and s.record_id is not null
left join taken t on t.fold = d.fold
where d.flow in ('same', 'kept') or (d.flow = 'crm' and t.status = 'success')
union all
select m.fold, f.field, c.new, c.new
from made m
cross join {columns_sql(bound)} f (field, column_name)
left join work.cells c on c.fold = m.fold and c.field = f.field
{suggested}
""",
        """
delete from fresh_accord f
where exists (
  select 1 from accord a
  where a.fold = f.fold and a.field = f.field
    and a.theirs is not distinct from f.theirs and a.ours is not distinct from f.ours
)
""",
        *TAKE,
    ]
