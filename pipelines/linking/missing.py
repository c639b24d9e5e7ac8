"""What the source has and the CRM lacks, with likely twins already there under another key or none.

A twin is a live record whose name is nearly the row's and that shares one of the declared places, and whose own key, if
any, the source no longer lists. An import never creates a row that has a likely twin unless its key was asked for.
Table `missing` (fold, key, name, twin_id, twin_name, likeness) lists active rows without a record, after every run.
"""

from __future__ import annotations

from pipelines.declaring.entity import Twins
from pipelines.reading.binding import Bound
from pipelines.reconciling.status import active_sql, alive_sql
from pipelines.sql import quote

ALIKE = 0.90
"""Jaro-Winkler likeness of two names, from 0 to 1, from which a record is called a likely twin."""


def missing_sql(bound: Bound) -> list[str]:
    """Statements that create `missing`, of the whole source; it stays empty where scheduled runs create what lacks."""
    asked = "true" if bound.entity.create == "on_request" else "false"
    rows = f"""
select s.*
from source s
where {asked} and s.present and s.merged_fold is null and {active_sql(bound.entity)}
  and s.fold not in (select fold from reference_links)
"""
    return _twins_sql(bound, "create or replace table missing", rows)


def hold_twins_sql(bound: Bound) -> list[str]:
    """Statements that hold rows of `work.link` that would be created beside a likely twin."""
    rows = f"select s.* from work.rows s where s.record_id is null and s.verdict is null and {alive_sql(bound.entity)}"
    return [
        *_twins_sql(bound, "create or replace temp table twins", rows),
        "update work.link set verdict = 'held: likely_twin'"
        " where fold in (select fold from twins where twin_id is not null)",
    ]


NOBODY = "  select null as fold, null as record_id, null as twin_name, null as likeness where false"


def _alike_sql(bound: Bound, twins: Twins) -> str:
    """Selects (fold, record_id, twin_name, likeness) of lonely rows and the free records that are like them."""
    likeness = f"jaro_winkler_similarity(lower(r.{quote(twins.name)}), lower(l.name))"
    return "\n  union\n".join(
        f"  select l.fold, r.Id as record_id, r.{quote(twins.name)} as twin_name, {likeness} as likeness\n"
        "  from lonely l\n"
        "  join source s on s.fold = l.fold\n"
        f"  join free_records r on lower(r.{quote(place)}) = lower({_value(bound, place)})\n"
        f"  where {likeness} >= {ALIKE}"
        for place in twins.places
    )


def _twins_sql(bound: Bound, create: str, rows: str) -> list[str]:
    twins = bound.entity.twins
    name = _value(bound, twins.name) if twins else "null"
    alike = _alike_sql(bound, twins) if twins else NOBODY
    return [
        f"""
{create} as
with lonely as (
  select s.fold, s.key, cast({name} as varchar) as name
  from (
{rows}
  ) s
),
free_records as (
  select r.*
  from records r
  where not r.IsDeleted
    and (r.fold is null or r.fold not in (select fold from source where present))
    and r.Id not in (select record_id from links)
),
alike as (
{alike}
),
best as (
  select
    fold,
    max_by(record_id, (likeness, record_id)) as twin_id,
    max_by(twin_name, (likeness, record_id)) as twin_name,
    max(likeness) as likeness
  from alike
  group by fold
)
select l.fold, l.key, l.name, b.twin_id, b.twin_name, b.likeness
from lonely l
left join best b on b.fold = l.fold
"""
    ]


def _value(bound: Bound, field: str) -> str:
    return next(bound_field.rule.value_sql(field) for bound_field in bound.fields if bound_field.name == field)
