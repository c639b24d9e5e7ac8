"""Which record is a source row's? Stored link, external key, then the match rules; a tie is never guessed.

In: `source`, `records`, `double_keys`, `links`, `work.scope` (fold, number). Out: `work.link`, one row for each row in
scope: fold, source_number, record_id and record_number (null: it has none), how (`stored`, `key`, `merged`, `same …`),
verdict where the row goes no further (`held: ambiguous_match`), survivor where its institution or person was merged
into another, doubled where that one has a record too. Numbers are those of `source` and `records`: joins by them are
many times faster than by text.
"""

from __future__ import annotations

from pipelines.binding import Bound
from pipelines.match import Same
from pipelines.sql import duckdb_type, literal, quote

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

WINNERS = f"""
create or replace temp table winners as
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

CLAIMED = """
create or replace temp table claimed as
select c.fold, l.record_id
from work.scope c
join links l on l.fold = c.fold
"""
"""A table of its own, so that its size is known when it is joined: at first there are no links at all."""

LINKED = """
create or replace table work.link as
with stored as (
  select
    l.fold,
    l.record_id as linked_id,
    coalesce(r.Id, w.Id) as record_id,
    coalesce(r.number, w.number) as record_number,
    coalesce(r.fold, w.fold) as record_fold,
    w.Id is not null as through_merge
  from claimed l
  left join records r on r.Id = l.record_id and not r.IsDeleted
  left join winners w on w.loser = l.record_id
),
keyed as (
  select r.fold, r.Id as record_id, r.number as record_number
  from records r
  where not r.IsDeleted and r.fold is not null and r.fold not in (select fold from double_keys)
),
judged as (
  select
    c.fold,
    c.number as source_number,
    case
      when k.fold is not null or t.record_fold is null then coalesce(k.record_id, t.record_id)
    end as record_id,
    case
      when k.fold is not null or t.record_fold is null then coalesce(k.record_number, t.record_number)
    end as record_number,
    case when t.record_id is null then 'key' else 'stored' end as how,
    case
      when c.fold in (select fold from double_keys) then 'held: duplicate_key_in_crm'
      when k.record_id <> t.record_id then 'held: conflicting_link'
      when t.record_id is not null and k.record_id is null and t.record_fold is not null
        then case when t.through_merge then 'held: merged_in_crm' else 'held: rekeyed_in_crm' end
      when t.linked_id is not null and t.record_id is null and k.record_id is null then 'skipped: deleted_in_crm'
    end as verdict,
    t.record_id as stored_id
  from work.scope c
  left join keyed k on k.fold = c.fold
  left join stored t on t.fold = c.fold
)
select
  fold,
  source_number,
  case when verdict is null then record_id end as record_id,
  case when verdict is null then record_number end as record_number,
  how,
  verdict,
  stored_id,
  cast(null as varchar) as survivor,
  false as doubled
from judged
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
    count(record_id) over (partition by survivor) as claims
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
    """
update work.link set verdict = m.fate
from merged m
where m.survivor = link.fold and m.fate = 'held: ambiguous_merge'
""",
)


HELD_HEIRS = """
update work.link set verdict = 'held: merge_survivor_' || split_part(heir.verdict, ': ', 2)
from work.link heir
where link.verdict = 'linked: rekeyed_to_survivor' and heir.fold = link.survivor and heir.verdict is not null
"""
"""A merged row waits where its survivor is held after all, by what comes after linking."""

CONTESTED = "create or replace temp table contested (record_id varchar)"
"""Records that rows tied for: a weaker rule does not give them to a third row behind their backs."""


def link_sql() -> list[str]:
    """Statements that create `work.link`, all but what the match rules find (see `match_sql`)."""
    return [SURVIVORS, ADD_SURVIVORS, WINNERS, CLAIMED, LINKED, MERGED, *MERGED_LINKS, CONTESTED]


def match_sql(bound: Bound, match: Same) -> list[str]:
    """Statements that give rows without a record the one keyless record that this rule finds, or hold the tied ones."""
    fields = {field.name: field for field in bound.fields}
    pairs = []
    for name in match.fields:
        value = fields[name].rule.value_sql(name)
        text = duckdb_type(fields[name].type) == "varchar" and fields[name].type != "reference"
        record = f"r.{quote(name)}"
        pairs.append(f"lower({record}) = lower({value})" if text else f"{record} = {value}")
    return [
        f"""
create or replace temp table matches as
with open_rows as (
  select s.*
  from work.rows s
  where s.record_id is null and s.verdict is null
),
free_records as (
  select r.*
  from records r
  where not r.IsDeleted and r.fold is null
    and r.Id not in (select record_id from links)
    and r.Id not in (select record_id from contested)
    and r.Id not in (select record_id from work.link where record_id is not null)
),
pairs as (
  select s.fold, r.Id as record_id, r.number as record_number
  from open_rows s
  join free_records r on {" and ".join(pairs)}
)
select
  fold,
  record_id,
  record_number,
  count(*) over (partition by fold) as records,
  count(*) over (partition by record_id) as claimants
from pairs
""",
        f"""
update work.link set
  record_id = m.record_id,
  record_number = m.record_number,
  how = {literal(match.name)},
  verdict = m.verdict
from (
  select
    fold,
    case when max(records) = 1 and max(claimants) = 1 then any_value(record_id) end as record_id,
    case when max(records) = 1 and max(claimants) = 1 then any_value(record_number) end as record_number,
    case when max(records) > 1 or max(claimants) > 1 then 'held: ambiguous_match' end as verdict
  from matches
  group by fold
) m
where m.fold = link.fold
""",
        """
insert into contested
select distinct record_id
from matches
where fold in (select fold from matches where records > 1 or claimants > 1)
""",
    ]
