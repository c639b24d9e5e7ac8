"""What the source has and the CRM lacks, with likely twins already there under another key or none.

A twin is a live record whose name is nearly the row's and that shares one of the declared places, and whose own key, if
any, the source no longer lists. An import never creates a row that has a likely twin unless its key was asked for.
Table `missing` (fold, key, name, twin_id, twin_name, likeness) lists active rows without a record.
"""

from __future__ import annotations

from pipelines.binding import Bound
from pipelines.sql import literals, quote

ALIKE = 0.90
"""Jaro-Winkler likeness of two names, from 0 to 1, from which a record is called a likely twin."""


def missing_sql(bound: Bound) -> list[str]:
    """Statements that create `missing` for the rows of `work.link` without a record."""
    entity = bound.entity
    status, twins = entity.status, entity.twins
    active = f"s.{quote(status.column)} in {literals(status.active)}" if status else "true"
    name = _value(bound, twins.name) if twins else "null"
    lonely = f"""
create or replace table missing as
select
  s.fold,
  s.key,
  {name} as name,
  cast(null as varchar) as twin_id,
  cast(null as varchar) as twin_name,
  cast(null as double) as likeness
from work.rows s
where s.record_id is null and s.verdict is null and {active}
"""
    if twins is None:
        return [lonely]
    likeness = f"jaro_winkler_similarity(lower(r.{quote(twins.name)}), lower(m.name))"
    pairs = "\n  union\n".join(
        f"  select m.fold, r.Id as record_id, r.{quote(twins.name)} as twin_name, {likeness} as likeness\n"
        "  from missing m\n"
        "  join source s on s.fold = m.fold\n"
        f"  join free_records r on lower(r.{quote(place)}) = lower({_value(bound, place)})\n"
        f"  where {likeness} >= {ALIKE}"
        for place in twins.places
    )
    return [
        lonely,
        f"""
update missing set twin_id = best.record_id, twin_name = best.twin_name, likeness = best.likeness
from (
  with free_records as (
    select r.*
    from records r
    where not r.IsDeleted
      and (r.fold is null or r.fold not in (select fold from source where present))
      and r.Id not in (select record_id from work.link where record_id is not null)
  ),
  pairs as (
{pairs}
  )
  select
    fold,
    max_by(record_id, (likeness, record_id)) as record_id,
    max_by(twin_name, (likeness, record_id)) as twin_name,
    max(likeness) as likeness
  from pairs
  group by fold
) best
where best.fold = missing.fold
""",
    ]


HOLD_TWINS_SQL = """
update work.link set verdict = 'held: likely_twin'
where fold in (select fold from missing where twin_id is not null)
"""


def _value(bound: Bound, field: str) -> str:
    return next(bound_field.rule.value_sql(field) for bound_field in bound.fields if bound_field.name == field)
