"""Which source rows a run is about, with the records that their references mean today.

In: `source`, `state`, `work.targets` (entity, fold, record_id). Out: `work.scope` (fold, number), `work.rows` (the
source rows in scope, with a column `<field>→Id` for each reference).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipelines.declaring.conditions import resolved
from pipelines.declaring.entity import Entity
from pipelines.declaring.rules import Reference
from pipelines.linking.facts import facts_join_sql, facts_of
from pipelines.reading.binding import Bound
from pipelines.reading.snapshot import reference_links_sql
from pipelines.sql import given, literal, quote


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows that changed in [start, end), as they are now; `catch_up` adds everything that is not settled."""

    start: datetime
    end: datetime
    catch_up: bool = False

    def __str__(self) -> str:
        span = f"{self.start:%Y-%m-%dT%H:%M}/{self.end:%Y-%m-%dT%H:%M}"
        return f"{span} and what is open" if self.catch_up else span


@dataclass(frozen=True, slots=True)
class Keys:
    """Exactly these source keys."""

    keys: frozenset[str]

    def __str__(self) -> str:
        return f"{len(self.keys)} keys"


Scope = Literal["changed", "all"] | Slice | Keys
"""`"changed"`: what is not settled as it stands, of two sides all; `"all"`: every row that the source has."""


def covers_everything(scope: Scope) -> bool:
    """No row that somebody may wait for is outside of it."""
    return isinstance(scope, str) or (isinstance(scope, Slice) and scope.catch_up)


def own_targets_sql(entity: Entity) -> str:
    """Adds this entity's own reference links to `work.targets`, as they are known before linking."""
    links = reference_links_sql(inherits=entity.inherits)
    return f"insert into work.targets select {literal(entity.name)} as entity, fold, record_id from (\n{links}\n)"


def linked_targets_sql(entity: Entity) -> list[str]:
    """Adds the links found in this run; what was merged into a linked row means that row's record."""
    inherited = "select h.fold, l.record_id from work.heirs h join work.link l on l.fold = h.heir"
    return [
        f"""
insert into work.targets
select {literal(entity.name)}, l.fold, l.record_id
from work.link l
where l.record_id is not null
  and not exists (select 1 from work.targets t where t.entity = {literal(entity.name)} and t.fold = l.fold)
""",
        f"""
delete from work.targets
where entity = {literal(entity.name)} and fold in (select fold from ({inherited}) where record_id is not null)
""",
        f"insert into work.targets select {literal(entity.name)}, fold, record_id from (\n  {inherited}\n)"
        " where record_id is not null",
    ]


def _join_sql(number: int, field: str, rule: Reference) -> str:
    alias = f"t{number}"
    if rule.first:
        return f"left join work.listed {alias} on {alias}.field = {literal(field)} and {alias}.number = s.number"
    return (
        f"left join work.targets {alias} on {alias}.entity = {literal(rule.target)}"
        f" and {alias}.fold = lower(s.{given(rule.column)})"
    )


def reference_joins_sql(bound: Bound) -> str:
    """Joins the record of each reference of source row `s`."""
    references = bound.entity.references.items()
    return "\n".join(_join_sql(number, field, rule) for number, (field, rule) in enumerate(references))


def resolved_columns_sql(bound: Bound) -> str:
    """The columns of those joins, each with a comma in front: what the references of `s` mean."""
    return "".join(
        f",\n  t{number}.record_id as {quote(resolved(field))}" for number, field in enumerate(bound.entity.references)
    )


def reference_hash_sql(bound: Bound) -> str:
    """A number that changes when a reference of `s` begins to mean another record, or a fact about it changes."""
    ids = [f"t{number}.record_id" for number, _ in enumerate(bound.entity.references)]
    facts = [f"f.{column}" for column in facts_of(bound.entity)]
    return f"hash({', '.join([*ids, *facts]) or 'null'})"


LOST_RECORDS = "select l.fold from links l join records r on r.Id = l.record_id where r.IsDeleted"
"""Rows whose record was deleted in the CRM, or merged into another."""


def scope_sql(bound: Bound, scope: Scope) -> str:
    """Creates `work.scope`. Keys are looked up in a registered table `wanted_keys`."""
    unsettled = (
        "t.fold is null or not t.settled or t.row_hash <> s.row_hash"
        f" or t.ref_hash <> {reference_hash_sql(bound)} or s.fold in ({LOST_RECORDS})"
    )
    if scope == "all" or (bound.entity.both and covers_everything(scope)):
        # two sides are compared whole: either may have changed, and days come into the window and leave it
        chosen = "true"
    elif isinstance(scope, Slice):
        window = "(s.changed_at >= getvariable('slice_start') and s.changed_at < getvariable('slice_end'))"
        chosen = f"{window} or {unsettled}" if scope.catch_up else window
    elif isinstance(scope, Keys):
        chosen = "s.fold in (select fold from wanted_keys)"
    else:
        chosen = unsettled
    there = "s.present"
    if bound.entity.both:  # what is gone there has a record that is to be told
        there = "(s.present or s.fold in (select fold from links))"
    return f"""
create or replace table work.scope as
select s.fold, s.number
from source s
left join state t on t.fold = s.fold
{reference_joins_sql(bound)}
{facts_join_sql(bound.entity)}
where {there} and ({chosen})
  and not exists (select 1 from work.incoming i where i.fold = s.fold and i.problem is not null)
"""


def parent(field: str) -> str:
    """The name of the column of `work.rows` that holds the key of a row's parent in the same entity, as it is now."""
    return f"{field}→Key"


def rows_sql(bound: Bound) -> str:
    """Creates the view `work.rows`: source rows in scope, how they are linked, what their references mean."""
    facts = "".join(f",\n  f.{column}" for column in facts_of(bound.entity))
    own = [(name, rule) for name, rule in bound.entity.references.items() if rule.to == bound.entity.name]
    keys = "".join(
        f",\n  coalesce(h{number}.heir, lower(s.{given(rule.column)})) as {quote(parent(name))}"
        for number, (name, rule) in enumerate(own)
    )
    heirs = "\n".join(
        f"left join work.heirs h{number} on h{number}.fold = lower(s.{given(rule.column)})"
        for number, (_, rule) in enumerate(own)
    )
    return f"""
create or replace view work.rows as
select
  s.*,
  l.record_id,
  l.record_number,
  l.how,
  l.verdict,
  l.doubled,
  l.survivor,
  {reference_hash_sql(bound)} as ref_hash{resolved_columns_sql(bound)}{keys}{facts}
from work.link l
join source s on s.number = l.source_number
{reference_joins_sql(bound)}
{facts_join_sql(bound.entity)}
{heirs}
"""


def circles_sql(entity: Entity) -> list[str]:
    """Holds linked and unlinked rows whose chain of parents comes back to themselves."""
    statements = []
    for field, rule in entity.references.items():
        if rule.to != entity.name:
            continue
        key, column = quote(parent(field)), given(rule.column)
        statements.append(f"""
update work.link set verdict = 'held: parent_circle', record_id = null, record_number = null
from (
  with recursive up as (
    select s.fold, s.{key} as onto
    from work.rows s
    where s.{key} is not null
    union -- and not `union all`: who came round a circle once stops there, however wide it is
    select u.fold, coalesce(h.heir, lower(s.{column}))
    from up u
    join source s on s.fold = u.onto
    left join work.heirs h on h.fold = lower(s.{column})
    where s.{column} is not null and u.onto <> u.fold
  )
  select distinct fold from up where onto = fold
) circle
where circle.fold = link.fold
""")
    return statements
