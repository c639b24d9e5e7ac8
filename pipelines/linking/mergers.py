"""Mergers in the source: which row a merged one became, and what that means for the records of both.

A merged row's record goes to the survivor where that has none yet; else it is marked and told as a duplicate. In:
`source`, `work.scope`, `work.link`. Mergers in the CRM only change what a stored link means (`winners_sql`).
"""

from __future__ import annotations

from pipelines.linking.verdicts import OF_SEVERAL
from pipelines.sql import literal

DEEPEST = 20
"""A chain of mergers longer than this is a circle."""

SURVIVORS = f"""
create or replace temp table survivors as
with recursive chain as (
  select s.fold, s.merged_fold as onto, 1 as depth
  from source s
  where s.merged_fold is not null and s.number in (select number from work.scope)
  union all
  select c.fold, s.merged_fold, c.depth + 1
  from chain c
  join source s on s.fold = c.onto
  where s.merged_fold is not null and c.depth < {DEEPEST}
)
select
  fold,
  arg_max(onto, depth) as survivor,
  max(depth) >= {DEEPEST} or coalesce(bool_or(onto = fold), false) as circle
from chain
group by fold
"""

ADD_SURVIVORS = """
insert into work.scope
select s.fold, s.number
from source s
where s.present
  and s.fold in (select survivor from survivors)
  and s.fold not in (select fold from work.incoming where problem is not null and fold is not null)
  and s.number not in (select number from work.scope)
"""

MERGED = """
create or replace temp table merged as
with named as (
  select *
  from work.link
  where fold in (select fold from survivors union all select survivor from survivors)
),
losers as (
  select
    v.fold,
    v.survivor,
    v.circle,
    own.record_id,
    own.record_number,
    own.verdict,
    own.stored_id,
    theirs.record_id as survivor_record,
    theirs.verdict as survivor_verdict,
    theirs.fold is not null as known
  from survivors v
  join named own on own.fold = v.fold
  left join named theirs on theirs.fold = v.survivor
),
counted as (
  select
    *,
    count(distinct record_id) over (partition by survivor) as claims
  from losers
)
select
  fold,
  survivor,
  record_id,
  record_number,
  case
    when circle then 'held: merge_circle'
    when stored_id = survivor_record then 'skipped: merged'
    when verdict is not null and verdict <> 'skipped: deleted_in_crm' then verdict
    when record_id is null then 'skipped: merged'
    when not known then 'held: merge_survivor_unknown'
    when survivor_record is not null then 'mark'
    when survivor_verdict is not null then 'held: merge_survivor_' || split_part(survivor_verdict, ': ', 2)
    when claims > 1 then 'held: ambiguous_merge'
    else 'rekey'
  end as fate
from counted
"""

MERGED_LINKS = (
    """
update work.link set
  survivor = m.survivor,
  doubled = m.fate = 'mark',
  verdict = case m.fate when 'mark' then null when 'rekey' then 'linked: rekeyed_to_survivor' else m.fate end,
  record_id = case when m.fate = 'mark' then m.record_id end,
  record_number = case when m.fate = 'mark' then m.record_number end
from merged m
where m.fold = link.fold
""",
    """
update work.link set
  record_id = m.record_id,
  record_number = m.record_number,
  how = 'merged'
from merged m
where m.survivor = link.fold and m.fate = 'rekey'
""",
    # a new record beside the two would only hide that somebody has to choose
    f"""
update work.link set verdict = m.fate
from (
  select survivor, min(fate) as fate
  from merged
  where fate in ('held: ambiguous_merge', {literal(OF_SEVERAL)})
  group by survivor
) m
where m.survivor = link.fold and link.verdict is null and link.record_id is null
""",
)


HELD_HEIRS = """
update work.link set verdict = 'held: merge_survivor_' || split_part(heir.verdict, ': ', 2)
from work.link heir
where link.verdict = 'linked: rekeyed_to_survivor' and heir.fold = link.survivor and heir.verdict is not null
"""
"""A merged row waits where its survivor is held after all, by what comes after linking."""


def heirs_sql(source: str = "source") -> str:
    """Selects (fold, heir): what a merged row's institution or person is called now; none for those in a circle."""
    return f"""
with recursive chain as (
  select fold, merged_fold as heir, 1 as depth
  from {source}
  where merged_fold is not null
  union all
  select c.fold, s.merged_fold, c.depth + 1
  from chain c
  join {source} s on s.fold = c.heir
  where s.merged_fold is not null and c.depth < {DEEPEST}
)
select fold, arg_max(heir, depth) as heir
from chain
group by fold
having max(depth) < {DEEPEST}
"""


HEIRS = f"create or replace table work.heirs as {heirs_sql()}"


def winners_sql() -> str:
    """Selects (loser, Id, number, fold): the live record that each record went into that people merged in the CRM."""
    return f"""
with recursive chain as (
  select r.Id as loser, r.MasterRecordId as onto, 1 as depth
  from records r
  where r.IsDeleted and r.MasterRecordId is not null
  union all
  select c.loser, r.MasterRecordId, c.depth + 1
  from chain c
  join records r on r.Id = c.onto
  where r.IsDeleted and r.MasterRecordId is not null and c.depth < {DEEPEST}
)
select l.loser, r.Id, r.number, r.fold
from (select loser, arg_max(onto, depth) as winner from chain group by loser) l
join records r on r.Id = l.winner and not r.IsDeleted
"""
