"""Every source row in scope ends in exactly one outcome with a reason, and the counts add up to the rows extracted.

Out: `work.outcomes` (file, line, key, fold, record_id, outcome, reason, field, code_class, message, intended): an
outcome is one of OUTCOMES, its reason one word of a code. `message` may hold values and stays in the entity's file;
`intended` is what a row that was to be written should have ended as.
"""

from __future__ import annotations

from typing import Literal

from pipelines.declaring.conditions import resolved
from pipelines.declaring.entity import Entity
from pipelines.linking.scope import Keys, Scope, covers_everything
from pipelines.loading.failures import class_sql
from pipelines.reading.binding import Bound
from pipelines.reading.normalise import HELD_PROBLEMS
from pipelines.reconciling.status import ENDED, active_sql, ended_sql, lacking_sql, wanted_sql
from pipelines.sql import given, literal, literals, quote

OUTCOMES = ("created", "updated", "unchanged", "linked", "deactivated", "deleted", "skipped", "held", "failed")

Phase = Literal["planned", "held", "loaded"]
"""What the outcomes say: what would happen, what a gate holds back, or what did happen."""

DONE = ("created", "updated", "unchanged", "linked", "deactivated", "deleted")

NOT_KNOWN_YET = ("lost_answer", "survivor_not_written", "parent_not_written", "changed_meanwhile")
"""Reasons that say nothing against the row: it is read and planned again."""

TABLE = """
create or replace table work.outcomes (
  file varchar, line bigint, key varchar, fold varchar, record_id varchar, outcome varchar, reason varchar,
  field varchar, code_class varchar, message varchar, intended varchar)
"""


def settled_sql(entity: Entity) -> str:
    """Boolean of an outcome `o`: the row needs no second look until its source, or what is true of it, changes."""
    reasons = ["inactive", "merged", ENDED, *([entity.wanted.otherwise] if entity.wanted else [])]
    return f"o.outcome in {literals(DONE)} or o.reason in {literals(reasons)}"


def scope_outcomes_sql(bound: Bound, phase: Phase, *, creates: bool) -> list[str]:
    """Statements that put the rows of `work.scope` into `work.outcomes`, in place of what stood there for them."""
    return [
        # a row whose answer got lost and that now needs nothing did get what was meant for it
        "create or replace temp table intended as"
        " select fold, intended from work.outcomes where reason = 'lost_answer'",
        "delete from work.outcomes where fold in (select fold from work.scope)",
        _scope_sql(bound, phase, creates=creates),
    ]


def _scope_sql(bound: Bound, phase: Phase, *, creates: bool) -> str:
    entity = bound.entity
    status = entity.status
    status_field = next((name for name, rule in entity.fields.items() if rule is status), "")
    inactive = f"not {active_sql(entity)}"
    lowered = f"lower(s.{given(status.column)})" if status else "''"
    lacks = {
        name: f"s.{quote(resolved(name))} is null and s.{given(rule.column)} is not null"
        for name, rule in entity.references.items()
        if rule.missing == "skip"
    }
    missing = "\n    ".join(
        f"when {lacking} and not (l.record_id is not null and {ended_sql(entity)})"
        f" then 'skipped: {entity.references[name].missing_reason}'"
        for name, lacking in lacks.items()
    )
    without = "\n    ".join(
        f"when {lacks[name]} and {lacking_sql(entity)} and a.kind = 'update'"
        f" then 'deactivated: {entity.references[name].missing_reason}'"
        for name in (entity.life.ends_without if entity.life else ())
        if name in lacks
    )
    over, unwanted = ended_sql(entity), f"not {wanted_sql(entity)}"
    otherwise = literal(f"skipped: {entity.wanted.otherwise}") if entity.wanted else "null"
    done = f"""case
    {without}
    when {over} and a.kind = 'update' then 'deactivated: ended'
    when back.fold is not null and a.kind = 'update' then 'updated: reactivated'
    when l.doubled then 'deactivated: duplicate_of_survivor'
    when st.fold is not null and a.kind = 'update' then 'deactivated: status_' || {lowered}
    when a.kind = 'create' then 'created'
    when l.how not in ('stored', 'key') then 'linked: ' || replace(l.how, ' ', '_')
    else 'updated'
  end"""
    written = {
        "planned": done,
        "held": "'held: gate'",
        "loaded": f"""case
    when res.status = 'success' then {done}
    when res.status in ('lost', 'unprocessed') then 'failed: lost_answer'
    when res.status = 'failed' then 'failed: ' || coalesce(nullif(res.code, ''), 'unknown')
    when l.fold in (select fold from work.aside) then 'failed: changed_meanwhile'
    when not exists (select 1 from work.cells c where c.fold = l.fold) then 'unchanged'
    when l.fold in (select fold from work.cells where waits_for is not null) then 'failed: parent_not_written'
    else 'failed: not_sent'
  end""",
    }[phase]
    survivor = "l.verdict = 'linked: rekeyed_to_survivor' and heir.status is distinct from 'success'"
    return f"""
insert into work.outcomes
with latest as (
  select fold, max_by(struct_pack(record_id, status, code, message, fields), batch) as last
  from results
  where batch in (
    select batch from batches
    where run_id = getvariable('run_id') and route <> 'source' and operation <> 'delete'
  )
  group by fold
),
answers as (
  select fold, last.record_id as record_id, last.status as status, last.code as code, last.message as message,
    last.fields as fields
  from latest
),
sent as (
  select res.*
  from answers res
  join work.actions a on a.fold = res.fold
),
deactivated as (
  select distinct fold from work.cells
  where field = {literal(status_field)} and new is not null and new not in {literals(status.active if status else ())}
),
back as (
  {_back_sql(entity)}
),
said as (
  select
    l.fold,
    s.key,
    coalesce(res.record_id, l.record_id) as record_id,
    case
    {f"when {survivor} then 'failed: survivor_not_written'" if phase == "loaded" else ""}
    {"when l.verdict = 'linked: rekeyed_to_survivor' then 'held: gate'" if phase == "held" else ""}
    when l.verdict is not null then l.verdict
    when a.kind in ('create', 'update') then {written}
    when l.record_id is not null and a.kind is null and i.fold is not null then i.intended
    when l.record_id is not null and a.kind is null and l.doubled then 'unchanged: duplicate_of_survivor'
    when l.record_id is not null and a.kind is null and b.fold is not null then 'skipped: do_not_update'
    when l.record_id is null and {over} and not {lacking_sql(entity)} then 'skipped: ended'
    when l.record_id is null and {inactive} then 'skipped: inactive'
    when l.record_id is null and {unwanted} then {otherwise}
    {missing}
    when l.record_id is not null then 'unchanged'
    {"" if creates else "when true then 'skipped: not_in_crm'"}
    else 'failed: not_planned'
    end as verdict,
    case when a.kind in ('create', 'update') then {done} end as intended,
    res.fields,
    res.code,
    res.message
  from work.link l
  join work.rows s on s.fold = l.fold
  left join work.actions a on a.fold = l.fold
  left join sent res on res.fold = l.fold
  left join answers heir on heir.fold = l.survivor
  left join deactivated st on st.fold = l.fold
  left join back on back.fold = l.fold
  left join intended i on i.fold = l.fold
  left join work.blocked b on b.fold = l.fold
)
select
  i._file,
  i._line,
  d.key,
  d.fold,
  d.record_id,
  split_part(d.verdict, ': ', 1),
  nullif(substr(d.verdict, length(split_part(d.verdict, ': ', 1)) + 3), ''),
  nullif(d.fields, ''),
  case
    when not starts_with(d.verdict, 'failed') then null
    when d.verdict in {literals(f"failed: {reason}" for reason in NOT_KNOWN_YET)} then 'transient'
    when d.verdict = 'failed: not_sent' then 'systemic'
    else {class_sql("d.code", "d.message")}
  end,
  case when starts_with(d.verdict, 'failed') then d.message end,
  d.intended
from said d
left join work.incoming i on i.fold = d.fold and i.problem is null
"""


def _back_sql(entity: Entity) -> str:
    """Selects (fold): rows whose record showed that they were over, and does no longer."""
    then = entity.life.then if entity.life else {}
    showed = " or ".join(f"(c.field = {literal(name)} and c.old = {literal(value)})" for name, value in then.items())
    return f"select distinct c.fold from work.cells c where c.rule <> {literal(ENDED)} and ({showed or 'false'})"


def other_outcomes_sql(scope: Scope) -> list[str]:
    """Statements that add the extracted rows outside `work.scope`: unusable ones, and those already settled.

    A run about keys tells of theirs alone, one about a time of none.
    """
    if covers_everything(scope):
        return [_unusable_sql("true"), *OUTSIDE]
    return [_unusable_sql("i.fold in (select fold from wanted_keys)")] if isinstance(scope, Keys) else []


def _unusable_sql(asked: str) -> str:
    held = f"i.problem in {literals(HELD_PROBLEMS)}"
    return f"""
insert into work.outcomes
select
  i._file, i._line, i.key, i.fold, null,
  case when {held} then 'held' else 'failed' end,
  i.problem,
  i.problem_column,
  case when {held} then null else 'row' end,
  null,
  null
from work.incoming i
where i.problem is not null and {asked}
"""


OUTSIDE = (
    """
insert into work.outcomes
select _file, _line, null, null, null, 'failed', reason, null, 'row', null, null
from landing.rejects
""",
    """
insert into work.outcomes
select _file, _line, key, null, null, 'skipped', 'repeated', null, null, null, null
from work.repeats
""",
    """
insert into work.outcomes
select i._file, i._line, i.key, i.fold, t.record_id, 'unchanged', 'source_unchanged', null, null, null, null
from work.incoming i
left join links t on t.fold = i.fold
where i.problem is null and i.fold not in (select fold from work.outcomes where fold is not null)
""",
)


TRIED_SQL = """
select
  count(*) filter (outcome in ('created', 'updated', 'linked', 'deactivated', 'deleted')),
  count(*) filter (outcome = 'failed' and intended is not null)
from work.outcomes
"""
"""Of the rows for which a record was to be created or updated: how many were, how many were not."""

TOLD_BEFORE_SQL = """
select count(*)
from work.outcomes o
where o.outcome = 'failed' and o.intended is null and exists (
  select 1 from outcomes b
  where b.outcome = 'failed' and b.key is not distinct from o.key and b.reason = o.reason
    and b.field is not distinct from o.field
    and b.run_id = (
      select run_id from runs where mode = 'sync' and plan_hash is not null order by started_at desc limit 1
    )
)
"""
"""Failed rows that could not be tried, of which the last sync with a plan told the same."""

UNRESOLVED_SQL = """
select count(*) from work.outcomes where outcome = 'failed' and code_class = 'transient'
"""

RETRY_SCOPE_SQL = """
create or replace table work.scope as
select s.fold, s.number
from source s
where s.fold in (select fold from work.outcomes where outcome = 'failed' and code_class = 'transient')
"""
