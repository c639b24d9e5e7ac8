"""Every cell that should change: record, field, old, new, and the rule that says so.

In: `work.rows`, `work.link`, `records`. Out, all values as canonical text:
`work.cells` (fold, record_id, field, old, new, waits_for, rule), where `waits_for` is the source key of a parent that
this very run creates; `work.actions` (fold, record_id, kind `create` or `update`, wave): one row for each record to be
written; `work.blocked` (fold): rows of which a flag keeps cells back.
`echoes` are cells that the org itself turned into something else after we wrote them: they are not written again.
"""

from __future__ import annotations

from pipelines.both_sides.way_back import CRM_CELLS, SUGGESTED
from pipelines.declaring.conditions import resolved
from pipelines.declaring.derived_rules import Always, EndedAt, Whether
from pipelines.declaring.rules import Case
from pipelines.linking.facts import facts_of
from pipelines.reading.binding import Bound, BoundField
from pipelines.reconciling.cells import frozen_sql, unnested_sql
from pipelines.reconciling.creation import created_sql, waiting_parents_sql, waiting_updates_sql
from pipelines.reconciling.ending import NAME, ended_cell
from pipelines.reconciling.lead_alone import lead_alone_sql
from pipelines.reconciling.status import alive_sql, ended_sql
from pipelines.sql import canonical_sql, differs_sql, given, literal, quote, said

NONE_CHANGED = "delete from work.cells where record_id is not null"
"""Records of the CRM stay as they are, whatever else is declared: not even their key is written."""


def reconcile_sql(bound: Bound, *, creates: bool) -> list[str]:
    """Statements that create `work.cells` and `work.actions`. `creates`: rows without a record may get one."""
    return [
        _candidates_sql(bound),
        _blocked_sql(bound),
        _cells_sql(bound),
        *([CRM_CELLS, SUGGESTED] if bound.entity.both else []),
        *waiting_parents_sql(bound),
        *created_sql(bound, creates=creates),
        *waiting_updates_sql(bound),
        *lead_alone_sql(bound.entity),
        *([NONE_CHANGED] if bound.entity.both and not bound.entity.both.may("crm", "update") else []),
        _actions_sql(),
        *_stamp_sql(bound),
    ]


def _updates(field: BoundField) -> bool:
    return field.rule.when_sql(Case("n", "o", field.type, "true", "null")) != "false"


def _status_sql(bound: Bound) -> str:
    status = bound.entity.status
    return f"s.{given(status.column)}" if status else "null"


def _case(bound: Bound, field: BoundField) -> Case:
    return Case(
        new=field.rule.value_sql(field.name),
        old=f"r.{quote(field.name)}",
        type=field.type,
        active=alive_sql(bound.entity),
        status=_status_sql(bound),
        said=f"s.{said(column)}" if (column := field.rule.source_column) in bound.clearing else "true",
    )


def _candidates_sql(bound: Bound) -> str:
    """Linked pairs that may differ, found by narrow columns alone: those that cannot are most of a quiet day's.

    No rule writes a cell that already holds the value, so that equal contents need no look at their columns.
    """
    key = quote(bound.entity.target.key)
    references = [(quote(resolved(field)), quote(field)) for field in bound.entity.references]
    ids = "".join(f",\n  s.{name}" for name in _circumstances(bound))
    moved = "".join(f"\n    or s.{new} is distinct from r.{old}" for new, old in references)
    derived = "".join(
        f"\n    or {field.rule.when_sql(_case(bound, field))}"
        for field in bound.fields
        if isinstance(field.rule, Always | Whether | EndedAt)
    )
    over = f"\n    or {ended_sql(bound.entity)}" if bound.entity.life else ""
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
    or s.key is distinct from r.{key}{moved}{derived}{over}
  )
"""


def _circumstances(bound: Bound) -> tuple[str, ...]:
    """The columns, quoted, of what is true of a source row besides its own: what references mean, and facts."""
    return (*(quote(resolved(field)) for field in bound.entity.references), *facts_of(bound.entity))


def _pairs_sql(bound: Bound) -> str:
    """The candidates with all their columns: source row `s`, record `r`."""
    ids = "".join(f", c.{name}" for name in _circumstances(bound))
    return f"""(
  select s.*, c.record_number{ids}
  from candidates c
  join source s on s.number = c.source_number
) s
join records r on r.number = s.record_number"""


def _blocked_sql(bound: Bound) -> str:
    """`work.blocked`: the rows of which a flag keeps a cell back."""
    held = [
        f"({when} and ({frozen}))"
        for field in bound.fields
        if (frozen := frozen_sql(bound, field)) != "false"
        for when in _reasons(bound, field)
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


def _reasons(bound: Bound, field: BoundField) -> list[str]:
    """For what an existing record's cell would be written: its rule, or the end of its row."""
    case = _case(bound, field)
    ending = ended_cell(bound, field, case)
    ended = [f"{ended_sql(bound.entity)} and {ending[1]}"] if ending else []
    return [*([field.rule.when_sql(case)] if _updates(field) else []), *ended]


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
            f"{field.rule.when_sql(case)} and not ({frozen_sql(bound, field)})",
            literal(field.rule.name),
        )
        for field in bound.fields
        if _updates(field)
        for case in [_case(bound, field)]
    ]
    for field in bound.fields:
        case = _case(bound, field)
        if ending := ended_cell(bound, field, case):
            new, when = ending
            old = canonical_sql(case.old, field.type)
            wanted = f"{ended_sql(bound.entity)} and {when} and not ({frozen_sql(bound, field)})"
            cells.append((literal(field.name), old, canonical_sql(new, field.type), wanted, literal(NAME)))
    rekeyed = differs_sql("lower(s.key)", f"lower(r.{key})", "string")
    cells.append((literal(bound.entity.target.key), f"r.{key}", "s.key", rekeyed, literal("key")))
    return f"""
create or replace table work.cells as
with wished as (
{unnested_sql(cells, "s.fold, r.Id as record_id", _pairs_sql(bound))}
{_doubled_cells_sql(bound)}
)
select fold, record_id, field, old, new, cast(null as varchar) as waits_for, rule
from wished w
anti join echoes e
  on e.record_id = w.record_id and e.field = w.field
  and e.sent is not distinct from w.new and e.became is not distinct from w.old
"""


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
where {field.rule.stamped_sql()}
"""
        for field in bound.fields
        if field.rule.stamps
    ]
