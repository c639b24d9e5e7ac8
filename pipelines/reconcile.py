"""Every cell that should change: record, field, old, new, and the rule that says so.

In: `work.rows`, `work.link`, `records`. Out, all values as canonical text:
`work.cells` (fold, record_id, field, old, new, waits_for, rule), where `waits_for` is the source key of a parent that
this very run creates; `work.actions` (fold, record_id, kind `create` or `update`, wave): one row for each record to be
written; `work.blocked` (fold): rows of which a flag keeps cells back.
`echoes` are cells that the org itself turned into something else after we wrote them: they are not written again.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.binding import Bound, BoundField
from pipelines.rules import Case, Reference, SyncedAt, resolved
from pipelines.sql import canonical_sql, differs_sql, literal, literals, quote


def reconcile_sql(bound: Bound, *, creates: bool) -> list[str]:
    """Statements that create `work.cells` and `work.actions`. `creates`: rows without a record may get one."""
    return [
        _candidates_sql(bound),
        _blocked_sql(bound),
        _cells_sql(bound),
        *_waiting_parents_sql(bound),
        *_created_sql(bound, creates=creates),
        *_waiting_updates_sql(bound),
        _actions_sql(),
        *_stamp_sql(bound),
    ]


def _updates(field: BoundField) -> bool:
    return field.rule.when_sql(Case("n", "o", field.type, "true", "null")) != "false"


def _active_sql(bound: Bound) -> str:
    status = bound.entity.status
    return f"(s.{quote(status.column)} in {literals(status.active)})" if status else "true"


def _status_sql(bound: Bound) -> str:
    status = bound.entity.status
    return f"s.{quote(status.column)}" if status else "null"


def _case(bound: Bound, field: BoundField) -> Case:
    return Case(
        new=field.rule.value_sql(field.name),
        old=f"r.{quote(field.name)}",
        type=field.type,
        active=_active_sql(bound),
        status=_status_sql(bound),
    )


def _frozen_sql(bound: Bound, field: BoundField) -> str:
    """Boolean: a person froze this cell."""
    if field.rule.housekeeping:
        return "false"
    freeze = bound.entity.freeze
    flags = [freeze.mapped, freeze.hierarchy if field.rule.hierarchy else None]
    return " or ".join(f"coalesce(r.{quote(flag)}, false)" for flag in flags if flag) or "false"


def _candidates_sql(bound: Bound) -> str:
    """Linked pairs that may differ, found by narrow columns alone: those that cannot are most of a quiet day's.

    No rule writes a cell that already holds the value, so that equal contents need no look at their columns.
    """
    key = quote(bound.entity.target.key)
    references = [(quote(resolved(field)), quote(field)) for field in bound.entity.references]
    ids = "".join(f",\n  s.{new}" for new, _ in references)
    moved = "".join(f"\n    or s.{new} is distinct from r.{old}" for new, old in references)
    return f"""
create or replace temp table candidates as
select
  s.number as source_number,
  r.number as record_number{ids}
from work.rows s
join records r on r.number = s.record_number
where s.verdict is null and not s.doubled
  and (
    s.content_hash is distinct from r.content_hash
    or s.key is distinct from r.{key}{moved}
  )
"""


def _pairs_sql(bound: Bound) -> str:
    """The candidates with all their columns: source row `s`, record `r`."""
    ids = "".join(f", c.{quote(resolved(field))}" for field in bound.entity.references)
    return f"""(
  select s.*, c.record_number{ids}
  from candidates c
  join source s on s.number = c.source_number
) s
join records r on r.number = s.record_number"""


def _blocked_sql(bound: Bound) -> str:
    """`work.blocked`: the rows of which a flag keeps a cell back."""
    held = [
        f"({field.rule.when_sql(_case(bound, field))} and ({frozen}))"
        for field in bound.fields
        if (frozen := _frozen_sql(bound, field)) != "false" and _updates(field)
    ]
    if not held:
        return "create or replace table work.blocked (fold varchar)"
    freeze = bound.entity.freeze
    flags = " or ".join(f"r.{quote(flag)}" for flag in (freeze.mapped, freeze.hierarchy) if flag)
    kept_back = "\n  or ".join(held)
    return f"""
create or replace table work.blocked as
select s.fold
from {_pairs_sql(bound)}
where ({flags}) and (
  {kept_back}
)
"""


def _cells_sql(bound: Bound) -> str:
    """`work.cells` of the linked pairs: the fields, the key, and the status of a doubled row; echoes left out.

    The key is written to records found without it, and to those that move to a survivor. Case alone is no change.
    """
    key = quote(bound.entity.target.key)
    cells = [
        (
            literal(field.name),
            canonical_sql(case.old, field.type),
            canonical_sql(case.new, field.type),
            f"{field.rule.when_sql(case)} and not ({_frozen_sql(bound, field)})",
            literal(field.rule.name),
        )
        for field in bound.fields
        if _updates(field)
        for case in [_case(bound, field)]
    ]
    rekeyed = differs_sql("lower(s.key)", f"lower(r.{key})", "string")
    cells.append((literal(bound.entity.target.key), f"r.{key}", "s.key", rekeyed, literal("key")))
    return f"""
create or replace table work.cells as
with wished as (
{_unnested_sql(cells, "s.fold, r.Id as record_id", _pairs_sql(bound))}
{_doubled_cells_sql(bound)}
)
select fold, record_id, field, old, new, cast(null as varchar) as waits_for, rule
from wished w
anti join echoes e
  on e.record_id = w.record_id and e.field = w.field
  and e.sent is not distinct from w.new and e.became is not distinct from w.old
"""


def _unnested_sql(cells: list[tuple[str, str, str, str, str]], row: str, rows: str) -> str:
    """Selects fold, record_id, field, old, new, rule of the wanted ones of these cells, in one pass over the rows.

    A cell is (field, old, new, wanted, rule), all SQL. What is unnested is paid for by every cell, wanted or not.
    """
    names = ", ".join(f"({n}, {field}, {rule})" for n, (field, _, _, _, rule) in enumerate(cells))
    olds = _list_sql(old for _, old, _, _, _ in cells)
    news = _list_sql(new for _, _, new, _, _ in cells)
    numbers = _list_sql(f"case when {wanted} then {n} end" for n, (_, _, _, wanted, _) in enumerate(cells))
    return f"""select fold, record_id, field, old, new, rule
from (
  select
    {row},
    unnest({olds}) as old,
    unnest({news}) as new,
    unnest({numbers}) as n
  from {rows}
)
join (values {names}) names (n, field, rule) using (n)"""


def _list_sql(entries: Iterable[str]) -> str:
    return "[\n      " + ",\n      ".join(entries) + "\n    ]"


def _doubled_cells_sql(bound: Bound) -> str:
    """A merged row whose survivor has a record of its own: only the status of its record is written."""
    status = bound.entity.status
    if status is None:
        return ""
    field = next(name for name, rule in bound.entity.fields.items() if rule is status)
    merged = literal(status.merged)
    return f"""union all
select l.fold, l.record_id, {literal(field)}, r.{quote(field)}, {merged}, 'merged'
from work.link l
join records r on r.number = l.record_number
where l.doubled and r.{quote(field)} is distinct from {merged}"""


def _created_sql(bound: Bound, *, creates: bool) -> list[str]:
    """`created`: rows that get a new record, and their cells. Waves put parents before their children."""
    if not creates:
        return ["create or replace temp table created as select fold, 0 as wave from work.scope where false"]
    skips = [
        f"and ({value} is not null or lower(s.{quote(rule.column)}) in (select fold from fresh))"
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
        if field.rule.on_create and not isinstance(field.rule, SyncedAt):
            value = field.rule.value_sql(field.name)
            new = canonical_sql(value, field.type)
            cells.append((literal(field.name), "null", new, f"{value} is not null", literal(field.rule.name)))
    rows = "created c\n  join work.rows s on s.fold = c.fold"
    return f"""
insert into work.cells
select fold, null, field, null, new, null, rule
from (
{_unnested_sql(cells, "s.fold, null as record_id", rows)}
)
"""


def _own_parents(bound: Bound) -> list[tuple[BoundField, str]]:
    """The fields that refer to the entity itself, each with its source column."""
    return [
        (field, quote(field.rule.column))
        for field in bound.fields
        if isinstance(field.rule, Reference) and field.rule.to == bound.entity.name
    ]


def _create_waits_sql(field: BoundField, column: str) -> str:
    return f"""
insert into work.cells
select s.fold, null, {literal(field.name)}, null, null, lower(s.{column}), {literal(field.rule.name)}
from created c
join work.rows s on s.fold = c.fold
join created p on p.fold = lower(s.{column})
where {field.rule.value_sql(field.name)} is null
"""


def _waiting_parents_sql(bound: Bound) -> list[str]:
    """`fresh`: rows that could get a record, with their wave; linked records wait for new parents as well."""
    own = _own_parents(bound)
    open_rows = f"""
  select s.fold
  from work.rows s
  where s.record_id is null and s.verdict is null and {_active_sql(bound)}
"""
    if not own:
        return [f"create or replace temp table fresh as select fold, 0 as wave from (\n{open_rows}\n)"]
    parents = "\n    union\n".join(
        f"    select s.fold, lower(s.{column}) as parent\n"
        "    from work.rows s\n"
        "    join open_rows o on o.fold = s.fold\n"
        f"    join open_rows p on p.fold = lower(s.{column})"
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
  where w.wave < 20
)
select fold, max(wave) as wave
from waves
group by fold
"""
    ]


def _waiting_updates_sql(bound: Bound) -> list[str]:
    """Cells of linked records whose new parent is created in this run."""
    return [
        f"""
insert into work.cells
select s.fold, r.Id, {literal(field.name)}, r.{quote(field.name)}, null, lower(s.{column}), {literal(field.rule.name)}
from work.rows s
join records r on r.number = s.record_number
join created p on p.fold = lower(s.{column})
where s.verdict is null and not s.doubled and {_active_sql(bound)} and not ({_frozen_sql(bound, field)})
  and {field.rule.value_sql(field.name)} is null
"""
        for field, column in _own_parents(bound)
    ]


def _actions_sql() -> str:
    return """
create or replace table work.actions as
select
  w.fold,
  w.record_id,
  case when c.fold is not null then 'create' else 'update' end as kind,
  coalesce(c.wave, 0) as wave
from (select distinct fold, record_id from work.cells) w
left join created c on c.fold = w.fold
"""


def _stamp_sql(bound: Bound) -> list[str]:
    return [
        f"""
insert into work.cells
select fold, record_id, {literal(field.name)}, null,
  {canonical_sql(field.rule.value_sql(field.name), "datetime")}, null,
  {literal(field.rule.name)}
from work.actions
"""
        for field in bound.fields
        if isinstance(field.rule, SyncedAt)
    ]
