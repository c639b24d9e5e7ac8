"""What an entity lacks in the CRM and who waits for it, read from the files that finished runs left behind.

`lacking_sql` lists rows of the source without a record, `waiting_sql` counts the rows of another entity that refer to
something without a record. Both are for readers: no run uses them, and nothing is written.
"""

from __future__ import annotations

from pipelines.declaring.entity import Entity
from pipelines.declaring.rules import Reference
from pipelines.reconciling.status import active_sql
from pipelines.sql import given, literal, quote

TOUCHED = """
select run_id
from runs
where extracted > 0 and scope in ('changed', 'all')
order by started_at desc
limit 1
"""
"""The last run that looked at every row that is not settled."""


def waiting_sql(entity: Entity, rule: Reference, schema: str) -> str:
    """Selects (fold, key, waiting): what rows of `entity` refer to, and how many of them have no record yet.

    Run on the file of `rule.to`, with that of `entity` attached as `schema`; only what has no record itself is listed.
    """
    column, at = f"s.{given(rule.column)}", quote(schema)
    return f"""
select
  lower({column}) as fold,
  min({column}) as key,
  count(*) as waiting
from {at}.source s
where s.present and s.merged_fold is null and {active_sql(entity)}
  and {column} is not null
  and lower({column}) not in (select fold from reference_links)
  and s.fold not in (select fold from {at}.reference_links)
  and s.fold not in (
    select fold from {at}.state where outcome = 'skipped' and reason <> {literal(rule.missing_reason)}
  ) -- something else is in its way as well
group by 1
"""


def lacking_sql(entity: Entity, waiting: list[str]) -> str:
    """Selects (key, name, why, waiting, twin_id, twin_name, likeness), those that most wait for first.

    `why` is `missing` for what an import would create, else what keeps it from being created: `inactive`, the reason
    of a rejected or held row, or `not_in_feed` for what is only referred to. `waiting` are `waiting_sql` texts.
    """
    twins = entity.twins
    inactive = f"not {active_sql(entity)}"
    name_column = entity.fields[twins.name].source_column if twins and twins.name in entity.fields else None
    name = f"s.{given(name_column)}" if name_column else "cast(null as varchar)"
    merged = "s.merged_fold is null" if entity.inherits else "true"
    nobody = "select null::varchar as fold, null::varchar as key, 0 as waiting where false"
    return f"""
with waiters as (
{" union all ".join(waiting) or nobody}
),
waited as (
  select fold, min(key) as key, sum(waiting)::bigint as waiting
  from waiters
  group by fold
),
unusable as (
  select fold, any_value(problem) as problem
  from work.incoming
  where problem is not null and fold is not null
  group by fold
),
without as (
  select fold, reason
  from state
  where outcome = 'skipped' and reason <> 'not_in_crm'
),
unusable_before as (
  select fold, any_value(problem) as problem
  from unusable_rows
  group by fold
),
stuck as (
  select lower(key) as fold, any_value(reason) as reason
  from outcomes
  where run_id = ({TOUCHED.strip()})
    and (outcome = 'held' and reason not in ('gate', 'likely_twin') or reason = 'deleted_in_crm')
  group by 1
),
lonely as (
  select
    s.fold,
    s.key,
    {name} as name,
    coalesce(u.problem, k.reason, w.reason, case when {inactive} then 'inactive' end, 'missing') as why
  from source s
  left join unusable u on u.fold = s.fold
  left join stuck k on k.fold = s.fold
  left join without w on w.fold = s.fold
  where s.present and {merged} and s.fold not in (select fold from reference_links)
),
listed as (
  select
    coalesce(l.fold, w.fold) as fold,
    coalesce(l.key, w.key) as key,
    l.name,
    coalesce(l.why, u.problem, b.problem, 'not_in_feed') as why,
    coalesce(w.waiting, 0) as waiting
  from lonely l
  full join waited w on w.fold = l.fold
  left join unusable u on u.fold = w.fold
  left join unusable_before b on b.fold = w.fold
)
select
  l.key,
  l.name,
  l.why,
  l.waiting,
  m.twin_id,
  m.twin_name,
  m.likeness
from listed l
left join missing m on m.fold = l.fold and l.why = {literal("missing")}
where l.why = {literal("missing")} or l.waiting > 0
order by l.waiting desc, l.key
"""
