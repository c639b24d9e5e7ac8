"""Every cell that should change: record, field, old, new, and the rule that says so.

In: `work.rows`, `work.link`, `records`. Out: `work.cells` (fold, record_id, field, old, new, waits_for, rule), values as
canonical text and `waits_for` the source key of a parent that this very run creates; `work.actions` (fold, record_id,
kind `create` or `update`, wave): one row for each record to be written.
`work.blocked` (fold): rows of which a flag keeps cells back. `echoes` are cells that the org itself turned into something else after we wrote them:
they are not written again.
"""

from __future__ import annotations

from pipelines.binding import Bound, BoundField
from pipelines.rules import Case, Reference, SyncedAt
from pipelines.sql import canonical_sql, differs_sql, literal, literals, quote


def reconcile_sql(bound: Bound, *, creates: bool) -> list[str]:
    """Statements that create `work.cells` and `work.actions`. `creates`: rows without a record may get one."""
    return [
        _differing_sql(bound),
        "create or replace table work.blocked as select fold from differing where blocked",
        "create or replace table work.cells (fold varchar, record_id varchar, field varchar, old varchar, new varchar,"
        " waits_for varchar, rule varchar)",
        *(_update_cells_sql(bound, number, field) for number, field in enumerate(bound.fields) if _updates(field)),
        _key_cells_sql(bound),
        *_doubled_cells_sql(bound),
        _drop_echoes_sql(),
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


def _differing_sql(bound: Bound) -> str:
    """Linked pairs with at least one cell to be written (`w0`, `w1` …) or kept back by a flag (`blocked`)."""
    key = quote(bound.entity.target.key)
    wanted, frozen, values = [], [], []
    for number, field in enumerate(bound.fields):
        if not _updates(field):
            continue
        case = _case(bound, field)
        when, held = field.rule.when_sql(case), _frozen_sql(bound, field)
        wanted.append(f"{when} as d{number}")
        frozen.append((number, held))
        values.append(f"{case.new} as n{number},\n    {case.old} as o{number}")
    writes = ",\n    ".join(f"d{n} and not ({held}) as w{n}" for n, held in frozen)
    blocked = " or ".join(f"(d{n} and ({held}))" for n, held in frozen if held != "false") or "false"
    return f"""
create or replace temp table differing as
with pairs as (
  select
    s.fold,
    r.Id as record_id,
    r.{key} is distinct from s.key as rekeyed,
    s.key as new_key,
    r.{key} as old_key,
    {_comma(wanted)}
    {_comma(values)}
    {_flags_sql(bound)}
  from work.rows s
  join records r on r.number = s.record_number
  where s.verdict is null and not s.doubled
),
judged as (
  select
    *,
    {writes + "," if writes else ""}
    {blocked} as blocked
  from pairs r
  where rekeyed or {" or ".join(f"d{n}" for n, _ in frozen) or "false"}
)
select * from judged
"""


def _comma(parts: list[str]) -> str:
    return ",\n    ".join(parts) + ("," if parts else "")


def _flags_sql(bound: Bound) -> str:
    freeze = bound.entity.freeze
    flags = [quote(flag) for flag in (freeze.mapped, freeze.hierarchy) if flag]
    return ",\n    ".join(f"r.{flag} as {flag}" for flag in flags) or "true as linked"


def _update_cells_sql(bound: Bound, number: int, field: BoundField) -> str:
    old, new = canonical_sql(f"o{number}", field.type), canonical_sql(f"n{number}", field.type)
    return f"""
insert into work.cells
select fold, record_id, {literal(field.name)}, {old}, {new}, null, {literal(field.rule.name)}
from differing
where w{number}
"""


def _key_cells_sql(bound: Bound) -> str:
    """The key itself: for records found without it, and for those that move to a survivor. Case alone is no change."""
    return f"""
insert into work.cells
select fold, record_id, {literal(bound.entity.target.key)}, old_key, new_key, null, 'key'
from differing
where {differs_sql("lower(new_key)", "lower(old_key)", "string")}
"""


def _doubled_cells_sql(bound: Bound) -> list[str]:
    """A merged row whose survivor has a record of its own: only the status of its record is written."""
    status = bound.entity.status
    if status is None:
        return []
    field = next(name for name, rule in bound.entity.fields.items() if rule is status)
    merged = literal(status.merged)
    return [
        f"""
insert into work.cells
select l.fold, l.record_id, {literal(field)}, r.{quote(field)}, {merged}, null, 'merged'
from work.link l
join records r on r.number = l.record_number
where l.doubled and r.{quote(field)} is distinct from {merged}
"""
    ]


def _drop_echoes_sql() -> str:
    return """
delete from work.cells c
where exists (
  select 1 from echoes e
  where e.record_id = c.record_id and e.field = c.field
    and e.sent is not distinct from c.new and e.became is not distinct from c.old
)
"""


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
        f"""
insert into work.cells
select s.fold, null, {literal(bound.entity.target.key)}, null, s.key, null, 'key'
from created c
join work.rows s on s.fold = c.fold
""",
        *(
            _create_cells_sql(field)
            for field in bound.fields
            if field.rule.on_create and not isinstance(field.rule, SyncedAt)
        ),
        *(_create_waits_sql(bound, field) for field in bound.fields if _waits(bound, field)),
    ]


def _create_cells_sql(field: BoundField) -> str:
    value = field.rule.value_sql(field.name)
    return f"""
insert into work.cells
select s.fold, null, {literal(field.name)}, null, {canonical_sql(value, field.type)}, null, {literal(field.rule.name)}
from created c
join work.rows s on s.fold = c.fold
where {value} is not null
"""


def _waits(bound: Bound, field: BoundField) -> bool:
    return isinstance(field.rule, Reference) and field.rule.to == bound.entity.name


def _create_waits_sql(bound: Bound, field: BoundField) -> str:
    assert isinstance(field.rule, Reference)
    column = quote(field.rule.column)
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
    entity = bound.entity
    own = [(name, rule) for name, rule in entity.references.items() if rule.to == entity.name]
    open_rows = f"""
  select s.fold
  from work.rows s
  where s.record_id is null and s.verdict is null and {_active_sql(bound)}
"""
    if not own:
        return [f"create or replace temp table fresh as select fold, 0 as wave from (\n{open_rows}\n)"]
    parents = "\n    union\n".join(
        f"    select s.fold, lower(s.{quote(rule.column)}) as parent\n"
        "    from work.rows s\n"
        "    join open_rows o on o.fold = s.fold\n"
        f"    join open_rows p on p.fold = lower(s.{quote(rule.column)})"
        for _, rule in own
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
    statements = []
    for field in bound.fields:
        if not _waits(bound, field):
            continue
        assert isinstance(field.rule, Reference)
        column = quote(field.rule.column)
        statements.append(f"""
insert into work.cells
select s.fold, r.Id, {literal(field.name)}, r.{quote(field.name)}, null, lower(s.{column}), {literal(field.rule.name)}
from work.rows s
join records r on r.number = s.record_number
join created p on p.fold = lower(s.{column})
where s.verdict is null and not s.doubled and {_active_sql(bound)} and not ({_frozen_sql(bound, field)})
  and {field.rule.value_sql(field.name)} is null
""")
    return statements


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
select fold, record_id, {literal(field.name)}, null, {canonical_sql(field.rule.value_sql(field.name), "datetime")}, null,
  {literal(field.rule.name)}
from work.actions
"""
        for field in bound.fields
        if isinstance(field.rule, SyncedAt)
    ]
