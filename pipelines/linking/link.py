"""Which record is a source row's? Stored link, then external key; what has neither goes on to `matching`.

In: `source`, `records`, `double_keys`, `links`, `work.scope` (fold, number). Out: `work.link`, one row for each row in
scope: fold, source_number, record_id and record_number (null: it has none), how (`stored`, `key`, `merged`, `same …`),
verdict where the row goes no further (`held: shared_record`), survivor where its institution or person was merged
into another, doubled where that one has a record too. Numbers are those of `source` and `records`: joins by them are
many times faster than by text.
"""

from __future__ import annotations

from pipelines.declaring.entity import Entity
from pipelines.linking.facts import HOLD_CIRCLES
from pipelines.linking.mergers import ADD_SURVIVORS, MERGED, MERGED_LINKS, SURVIVORS, heirs_sql, winners_sql
from pipelines.linking.verdicts import OF_SEVERAL
from pipelines.sql import literal

WINNERS = f"create or replace temp table winners as {winners_sql()}"

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

SHARED = f"""
create or replace temp table shared as
select coalesce(w.Id, l.record_id) as record_id
from links l
join source s on s.fold = l.fold
left join ({heirs_sql()}) h on h.fold = l.fold
left join winners w on w.loser = l.record_id
where s.present and coalesce(w.Id, l.record_id) in (select Id from winners where fold is null)
group by 1
having count(distinct coalesce(h.heir, l.fold)) > 1
"""
"""Records without a key that several rows lead to, as people merged the records of those rows.

Rows that were merged in the source are one by what they are called now.
"""

HOLD_SHARED = f"""
update work.link set verdict = {literal(OF_SEVERAL)}, record_id = null, record_number = null
from claimed c
where c.fold = link.fold and link.verdict is null
  and link.record_id <> c.record_id
  and link.record_id in (select record_id from shared)
"""
"""Whose record it is, a person says by its key. The row that it was linked to before keeps it."""

LINKS = (WINNERS, CLAIMED, LINKED, SHARED, HOLD_SHARED)


def link_sql(entity: Entity) -> list[str]:
    """Statements that create `work.link`, all but what the match rules find (see `matching`)."""
    if not entity.inherits:
        return [*LINKS, HOLD_CIRCLES]
    return [SURVIVORS, ADD_SURVIVORS, *LINKS, MERGED, *MERGED_LINKS]
