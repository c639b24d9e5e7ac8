"""Outcomes of a two-way entity: what became of the source's side, and of records that the source does not have.

Runs after `outcomes`, whose rows it completes: a pair that was written on both sides has one outcome, and a record
without a row has one as well, under its id as the key.
"""

from __future__ import annotations

from pipelines.sql import literals
from pipelines.telling.outcomes import Phase

LATER = ("changed_meanwhile", "gone", "lost_answer")
"""Codes that say nothing against the row: the next run reads both sides and decides anew."""

SYSTEMIC = ("not_sent", "unsent")

THROTTLED = ("429", "503", "ApplicationThrottled", "TooManyRequests", "ServiceUnavailable", "serviceNotAvailable")


def back_outcomes_sql(phase: Phase) -> list[str]:
    """Statements that complete `work.outcomes`. What is held or only planned was not sent."""
    said = {
        "planned": "a.done",
        "held": "'held: gate'",
        "loaded": "case when r.status = 'success' then a.done"
        " when r.status = 'lost' then 'failed: lost_answer'"
        " when r.status = 'failed' then 'failed: ' || coalesce(nullif(r.code, ''), 'unknown')"
        " else 'failed: not_sent' end",
    }[phase]
    return [
        f"""
create or replace temp table told_back as
with actions as (
  select fold, record_id, key, kind = 'create' as born,
    case kind
      when 'create' then 'created: in_source'
      when 'delete' then 'deleted: in_source'
      when 'update' then 'updated: in_source'
      else 'updated: without_link'
    end as done
  from work.source_actions
  union all
  select d.fold, d.record_id, s.key, false, 'deleted: in_crm'
  from work.removals d
  join source s on s.fold = d.fold
),
answers as (
  select r.fold, max_by(struct_pack(status := r.status, code := r.code, message := r.message), r.batch) as last
  from results r
  join batches b using (batch)
  where b.run_id = getvariable('run_id') and (b.route = 'source' or b.operation = 'delete')
  group by r.fold
),
told as (
  select a.fold, a.record_id, a.key, a.born, a.done, r.message, {said} as verdict
  from actions a
  left join (select fold, last.status as status, last.code as code, last.message as message from answers) r
    on r.fold = a.fold
)
select
  *,
  split_part(verdict, ': ', 1) as outcome,
  substr(verdict, length(split_part(verdict, ': ', 1)) + 3) as reason
from told
""",
        "delete from work.outcomes where fold in (select fold from work.born)",
        """
insert into work.outcomes
select null, null, b.record_id, b.fold, b.record_id,
  split_part(b.verdict, ': ', 1), nullif(substr(b.verdict, length(split_part(b.verdict, ': ', 1)) + 3), ''),
  null, null, null, null
from work.born b
""",
        # written on both sides, or here and refused there: what failed is what has to be told
        f"""
update work.outcomes set
  outcome = case when t.reason = 'without_link' and outcomes.outcome = 'skipped' then t.outcome
    when t.outcome = 'updated' and outcomes.outcome not in ('unchanged', 'held') then outcomes.outcome
    else t.outcome end,
  reason = case when t.outcome = 'updated' and outcomes.outcome = 'updated' then 'on_both_sides'
    when t.reason = 'without_link' and outcomes.outcome = 'skipped' then t.reason
    when t.outcome = 'updated' and outcomes.outcome not in ('unchanged', 'held') then outcomes.reason
    else t.reason end,
  intended = t.done,
  code_class = case
    when t.outcome <> 'failed' then outcomes.code_class
    when t.reason in {literals(SYSTEMIC)} then 'systemic'
    when t.reason in {literals((*LATER, *THROTTLED))} then 'later'
    else 'row'
  end,
  message = case when t.outcome = 'failed' then t.message else outcomes.message end
from told_back t
where t.fold = outcomes.fold
""",
        """
update work.outcomes set reason = k.why
from (
  select fold, min(why) as why
  from work.sides
  where flow = 'kept'
  group by fold
) k
where k.fold = outcomes.fold and outcomes.outcome = 'unchanged' and outcomes.reason is null
""",
    ]
