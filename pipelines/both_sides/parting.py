"""What becomes of a pair of which one side was deleted: the other is deleted too, goes on alone, or is brought back.

Unchanged since both agreed, the side that is left is deleted as well where that may be done, else the two are parted
for good and it stays as it is. Changed meanwhile, the change wins: what was deleted is made anew. A record that merely
is not seen any more was not deleted for all we know, and takes nothing with it; and a row of which the declaration
keeps every field is kept whole, as a deletion is an edit too.

In: `work.link`, `work.sides`, `work.moved`, `successors`, `parted`. Out: `work.over` (fold), `work.fates` (fold,
record_id, gone `row` or `record`, fate `delete`, `anew` or `part`), and the verdicts of `work.link` that follow from
them. Table `parted` (fold): pairs that are no longer.
"""

from __future__ import annotations

from pipelines.both_sides.three_way import agreed_fields
from pipelines.declaring.both import Side
from pipelines.reading.binding import Bound
from pipelines.sql import literal

TABLE = "create table if not exists parted (fold varchar)"

DELETED_IN_CRM = "skipped: deleted_in_crm"
DELETED_IN_SOURCE = "skipped: deleted_in_source"
GOING = "deleted: with_its_pair"

OVER = (
    """
create or replace table work.over as
select s.fold
from work.rows s
where not s.present and (
  s.record_id is null
  or s.record_id in (select k.record_id from work.rows k where k.present and k.record_id is not null)
) and s.fold not in (select before from successors where not sure)
""",
    "delete from work.link where fold in (select fold from work.over)",
    "delete from work.scope where fold in (select fold from work.over)",
)
"""Rows that are gone and have no record any more, or whose record another row has now, are nobody's concern.

Unless one of several may be what became of them: which one is not forgotten with the record.
"""


def fates_sql(bound: Bound) -> list[str]:
    """Statements that create `work.fates` and give rows their verdicts."""
    both = bound.entity.rules_of_both

    def fate(changed: str, left: Side, lost: Side, kept: str = "false") -> str:
        anew = f"when {changed} then 'anew'" if both.may(lost, "create") else ""
        gone = f"when not {changed} and not {kept} then 'delete'" if both.may(left, "delete") else ""
        return f"case {anew} {gone} else 'part' end" if anew or gone else "'part'"

    row_fate = fate("coalesce(a.changed_here, false)", left="crm", lost="source")
    record_fate = fate("coalesce(a.changed_there, false)", left="source", lost="crm", kept="s.kept")
    return [
        f"""
create or replace table work.fates as
with changed as (
  select
    fold,
    bool_or(based and changed_here) as changed_here,
    bool_or(based and changed_there) as changed_there,
    bool_and(based) as based
  from work.sides
  group by fold
),
told as (
  select
    s.fold,
    s.stored_id as record_id,
    case when s.verdict is null then 'row' else 'record' end as gone,
    case when s.verdict is null then {row_fate} else {record_fate} end as fate,
    coalesce(a.based, false) as based,
    r.SystemModstamp is not null as seen_deleted
  from (
    select w.*, coalesce(w.record_id, c.record_id) as stored_id
    from (select s.fold, s.verdict, s.present, s.record_id, {_kept_whole_sql(bound)} as kept from work.rows s) w
    left join claimed c on c.fold = w.fold
  ) s
  left join changed a on a.fold = s.fold
  left join records r on r.Id = s.stored_id
  where (s.verdict is null and not s.present) or (s.verdict = {literal(DELETED_IN_CRM)} and s.present)
)
select
  fold,
  record_id,
  gone,
  case
    when fold in (select fold from parted) then 'part'
    when fold in (select fold from work.moved) then 'part' -- that it is the same one is a guess
    when not based then 'part' -- they never agreed on anything
    when gone = 'record' and not seen_deleted then 'part'
    else fate
  end as fate
from told
""",
        f"""
update work.link set verdict = case
    when f.fate = 'delete' then {literal(GOING)}
    when f.gone = 'row' then {literal(DELETED_IN_SOURCE)}
    else {literal(DELETED_IN_CRM)}
  end
from work.fates f
where f.fold = link.fold and not (f.gone = 'record' and f.fate = 'anew')
""",
        """
update work.link set verdict = null, record_id = null, record_number = null, how = 'key'
from work.fates f
where f.fold = link.fold and f.gone = 'record' and f.fate = 'anew'
""",
    ]


def _kept_whole_sql(bound: Bound) -> str:
    """Boolean of a row `s`: there is no field that might be overwritten in it."""
    fields = [[condition.sql() for condition in rule.keeps.values()] for _, rule in agreed_fields(bound)]
    return " and ".join(f"({' or '.join(kept)})" for kept in fields) if all(fields) else "false"


REMEMBER = (
    "insert into parted select fold from work.fates where fate = 'part' and fold not in (select fold from parted)",
    "delete from parted where fold not in (select fold from links)",
    """
delete from parted
where fold in (select fold from work.rows where present and record_id is not null and verdict is null)
""",
)
"""A pair that was parted stays so, whatever is changed on the side that is left; not if the other comes back."""
