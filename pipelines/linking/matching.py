"""Rows without a record find one without a key, by the entity's match rules in order; a tie is held, never guessed.

A row that is not active claims a record, so that nobody else is given it, but is not linked to what people typed.
Where a rule is `single`, rows that find nothing but what is of others get no record at all.

In: `work.rows`, `records`, `links`, `work.link`. Out: `work.link` with what was found, `rivals` (fold, number)
and `contested` (record_id).
"""

from __future__ import annotations

from pipelines.both_sides.born import owners_sql
from pipelines.declaring.entity import Entity
from pipelines.declaring.match import Same
from pipelines.linking.verdicts import UNSURE
from pipelines.reading.binding import Bound
from pipelines.reconciling.status import alive_sql
from pipelines.sql import duckdb_type, given, literal, quote

CONTESTED = "create or replace temp table contested (record_id varchar)"
"""Records that rows tied for: a weaker rule does not give them to a third row behind their backs."""

WITHOUT_RECORD = """\
s.present and s.merged_fold is null
  and s.fold not in (select fold from links)
  and s.fold not in (select fold from records where fold is not null and not IsDeleted)
  and s.fold not in (select fold from work.incoming where problem is not null and fold is not null)"""

GONE_WITH_RECORD = "not (s.present and s.told) and s.fold in (select fold from links)"
"""Of two sides: or gone for all we know, as no reading has told of it."""


def rivals_sql(entity: Entity) -> list[str]:
    """Statements that create `rivals` and `contested`: rows outside the scope take part in matching.

    They could claim the same record as one of the scope. Of two sides so do those that are gone: a row of the scope may
    be what became of one.
    """
    if not _matches(entity):
        return []
    could = f"({WITHOUT_RECORD}) or ({GONE_WITH_RECORD})" if entity.both else WITHOUT_RECORD
    return [
        f"""
create or replace temp table rivals as
select s.fold, s.number
from source s
where s.number not in (select number from work.scope) and ({could})
""",
        "insert into work.scope select fold, number from rivals",
        CONTESTED,
    ]


def without_rivals_sql(entity: Entity) -> list[str]:
    """Statements that take the `rivals` out of the scope again."""
    if not _matches(entity):
        return []
    return [
        "delete from work.link where fold in (select fold from rivals)",
        "delete from work.scope where number in (select number from rivals)",
    ]


def _matches(entity: Entity) -> bool:
    return bool(entity.match) or entity.both is not None


def _free_sql(bound: Bound) -> str:
    """Boolean of a record `r`: no row has it. What two sides share is free again when its row is gone there."""
    if bound.entity.both is None:
        return "r.fold is null and r.Id not in (select record_id from links)"
    there = "select fold from source where present"
    return (
        f"(r.fold is null or r.fold not in ({there}))"
        f" and r.Id not in (select record_id from links where fold in ({there}) or fold in (select fold from parted))"
    )


def _of_rows_there(bound: Bound) -> str:
    """A row that is gone claims nothing: it may have moved, and be another row now."""
    return " and fold in (select fold from source where present)" if bound.entity.both else ""


def _whose_sql(bound: Bound) -> str:
    """Joins to a record `r` whose part of the source its owner has."""
    return f"left join ({owners_sql(bound.entity.owner)}) o on o.Id = {_owner_sql(bound)}"


def _own_sql(bound: Bound, whose: str) -> str:
    """Boolean of a row `s` and a record `r` that it finds: they are of one person."""
    return f"({_owner_sql(bound)} is null or {whose} is not distinct from s.{given('user')})"


def _owner_sql(bound: Bound) -> str:
    return f"r.{quote(bound.entity.rules_of_both.owner)}"


def _equal_sql(bound: Bound, match: Same) -> str:
    """Boolean of a row `s` and a record `r`."""
    fields = {field.name: field for field in bound.fields}
    pairs = []
    for name in match.fields:
        value = fields[name].rule.value_sql(name)
        text = duckdb_type(fields[name].type) == "varchar" and fields[name].type != "reference"
        record = f"r.{quote(name)}"
        equal = f"lower({record}) = lower({value})" if text else f"{record} = {value}"
        pairs.append(f"({equal} or ({record} is null and {value} is null))" if name in match.blank else equal)
    return " and ".join(pairs)


def match_sql(bound: Bound, match: Same) -> list[str]:
    """Statements that give rows without a record the one keyless record that this rule finds, or hold the tied ones."""
    found = _equal_sql(bound, match)
    return [
        f"""
create or replace temp table matches as
with open_rows as (
  select s.*
  from work.rows s
  where s.record_id is null and s.verdict is null
),
free_records as (
  select r.*{", o.fold as whose" if match.single else ""}
  from records r
  {_whose_sql(bound) if match.single else ""}
  where not r.IsDeleted and {_free_sql(bound)}
    and r.Id not in (select record_id from contested)
    and r.Id not in (select record_id from shared)
    and r.Id not in (select record_id from work.link where record_id is not null{_of_rows_there(bound)})
),
pairs as (
  select s.fold, {alive_sql(bound.entity)} as active, r.Id as record_id, r.number as record_number
  from open_rows s
  join free_records r on {found}{f" and {_own_sql(bound, 'r.whose')}" if match.single else ""}
)
select
  fold,
  active,
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
    any_value(active) as active,
    case when max(records) = 1 and max(claimants) = 1 then any_value(record_id) end as record_id,
    case when max(records) = 1 and max(claimants) = 1 then any_value(record_number) end as record_number,
    case when max(records) > 1 or max(claimants) > 1 then {literal(UNSURE)} end as verdict
  from matches
  group by fold
) m
where m.fold = link.fold and (m.active or m.verdict is not null)
""",
        """
insert into contested
select distinct record_id
from matches
where not active or fold in (select fold from matches where records > 1 or claimants > 1)
""",
        *([_of_others_sql(bound, found)] if match.single else []),
    ]


def _of_others_sql(bound: Bound, found: str) -> str:
    """Gives a verdict to rows that found nothing which is free and theirs, yet records that are equal."""
    return f"""
update work.link set verdict = e.verdict
from (
  select
    s.fold,
    case
      when bool_or({_own_sql(bound, "o.fold")}) then 'held: paired_already'
      else 'skipped: other_owner'
    end as verdict
  from work.rows s
  join records r on {found}
  {_whose_sql(bound)}
  where s.present and s.record_id is null and s.verdict is null and not r.IsDeleted
  group by s.fold
) e
where e.fold = link.fold
"""
