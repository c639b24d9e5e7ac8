"""Rows of the source that get a new record: which, in what order, and with which cells.

Parents before children: a row whose parent is new as well goes one wave later, and its reference waits for the id that
the org gives (`waits_for`); so do linked records whose new parent is created in this run. Temporary tables: `fresh`
(fold, wave), rows that could get a record; `created`, those that do.
"""

from __future__ import annotations

from pipelines.both_sides.three_way import theirs_sql
from pipelines.declaring.agreed_rules import Agreed
from pipelines.declaring.rules import Reference
from pipelines.linking.scope import parent
from pipelines.reading.binding import Bound, BoundField
from pipelines.reconciling.cells import frozen_sql, unnested_sql
from pipelines.reconciling.status import alive_sql, wanted_sql
from pipelines.sql import canonical_sql, literal, quote

DEEPEST = 1_000
"""New parents above new parents, at most: circles are held before (see `scope.circles_sql`)."""


def created_sql(bound: Bound, *, creates: bool) -> list[str]:
    """`created`: rows that get a new record, and their cells. Waves put parents before their children."""
    if not creates:
        return ["create or replace temp table created as select fold, 0 as wave from work.scope where false"]
    skips = [
        f"and ({value} is not null or s.{quote(parent(field))} in (select fold from fresh))"
        if rule.to == bound.entity.name
        else f"and {value} is not null"
        for field, rule in bound.entity.references.items()
        if rule.missing == "skip"
        for value in [rule.value_sql(field)]
    ]
    return [
        f"""
create or replace temp table created as
select fr.fold, fr.wave
from fresh fr
join work.rows s on s.fold = fr.fold
where true {" ".join(skips)}
""",
        _create_cells_sql(bound),
        *(_create_waits_sql(field, column) for field, column in _own_parents(bound)),
    ]


def _create_cells_sql(bound: Bound) -> str:
    cells = [(literal(bound.entity.target.key), "null", "s.key", "true", literal("key"))]
    for field in bound.fields:
        if field.rule.on_create and not field.rule.stamps:
            value = field.rule.value_sql(field.name)
            new = canonical_sql(value, field.type)
            if isinstance(field.rule, Agreed):
                value = new = theirs_sql(field, field.rule)  # as much as the field takes
            cells.append((literal(field.name), "null", new, f"{value} is not null", literal(field.rule.name)))
    rows = "created c\n  join work.rows s on s.fold = c.fold"
    return f"""
insert into work.cells
select fold, null, field, null, new, null, rule
from (
{unnested_sql(cells, "s.fold, null as record_id", rows)}
)
"""


def _own_parents(bound: Bound) -> list[tuple[BoundField, str]]:
    """The fields that refer to the entity itself, each with the column that holds the parent's key."""
    return [
        (field, quote(parent(field.name)))
        for field in bound.fields
        if isinstance(field.rule, Reference) and field.rule.to == bound.entity.name
    ]


def _create_waits_sql(field: BoundField, column: str) -> str:
    return f"""
insert into work.cells
select s.fold, null, {literal(field.name)}, null, null, s.{column}, {literal(field.rule.name)}
from created c
join work.rows s on s.fold = c.fold
join created p on p.fold = s.{column}
where {field.rule.value_sql(field.name)} is null
"""


def waiting_parents_sql(bound: Bound) -> list[str]:
    """`fresh`: rows that could get a record, with their wave; linked records wait for new parents as well."""
    own = _own_parents(bound)
    open_rows = f"""
  select s.fold
  from work.rows s
  where s.record_id is null and s.verdict is null and {alive_sql(bound.entity)} and {wanted_sql(bound.entity)}
"""
    if not own:
        return [f"create or replace temp table fresh as select fold, 0 as wave from (\n{open_rows}\n)"]
    parents = "\n    union\n".join(
        f"    select s.fold, s.{column} as parent\n"
        "    from work.rows s\n"
        "    join open_rows o on o.fold = s.fold\n"
        f"    join open_rows p on p.fold = s.{column}"
        for _, column in own
    )
    return [
        f"""
create or replace temp table fresh as
with recursive open_rows as (
{open_rows}
),
parents as (
{parents}
),
waves as (
  select fold, 0 as wave from open_rows
  union
  select p.fold, w.wave + 1
  from waves w
  join parents p on p.parent = w.fold
  where w.wave < {DEEPEST}
)
select fold, max(wave) as wave
from waves
group by fold
"""
    ]


def waiting_updates_sql(bound: Bound) -> list[str]:
    """Cells of linked records whose new parent is created in this run."""
    return [
        f"""
insert into work.cells
select s.fold, r.Id, {literal(field.name)}, r.{quote(field.name)}, null, s.{column}, {literal(field.rule.name)}
from work.rows s
join records r on r.number = s.record_number
join created p on p.fold = s.{column}
where s.verdict is null and not s.doubled and {alive_sql(bound.entity)} and not ({frozen_sql(bound, field)})
  and {field.rule.value_sql(field.name)} is null
"""
        for field, column in _own_parents(bound)
    ]
