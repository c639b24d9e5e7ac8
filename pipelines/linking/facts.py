"""What is true of each source row besides its own columns: conditions that hold, whether it is over, whom lists mean.

In: `source`, `work.targets`, `work.ended_targets` (entity, fold), `looked_up`, `beside <collection>`. Out: `work.facts`
(number, fold, ended, lacking, tells, wanted, `<field>→Held` for each field with a condition), one row a present source
row; `work.listed` (field, number, record_id), the first record that a list of keys means; `work.merge_circles` (fold).
An entity that asks nothing of the kind has none of these tables, and pays nothing.
"""

from __future__ import annotations

from pipelines.declaring.conditions import Has, resolved
from pipelines.declaring.derived_rules import Whether, held
from pipelines.declaring.elsewhere import Records
from pipelines.declaring.entity import Entity
from pipelines.declaring.rules import Reference
from pipelines.linking.mergers import DEEPEST
from pipelines.reading.binding import Bound
from pipelines.reconciling.status import ENDED, LACKING, TELLS, WANTED
from pipelines.sql import beside, entries_sql, given, literal, quote


def facts_of(entity: Entity) -> tuple[str, ...]:
    """The columns of `work.facts`, quoted, that say something of a row; none where nothing is asked."""
    named = [ENDED, LACKING, TELLS] if entity.life else []
    named += [WANTED] if entity.wanted else []
    named += [held(name) for name, rule in entity.fields.items() if isinstance(rule, Whether)]
    return tuple(map(quote, named))


def facts_join_sql(entity: Entity) -> str:
    """Joins the facts of source row `s` as `f`."""
    return "left join work.facts f on f.number = s.number" if facts_of(entity) else ""


def listed_sql(bound: Bound) -> list[str]:
    """Statements that create `work.listed`, if any column holds a list of keys."""
    lists = [(name, rule) for name, rule in bound.entity.references.items() if rule.first]
    selects = [_first_sql(name, rule) for name, rule in lists]
    return [f"create or replace table work.listed as\n{' union all '.join(selects)}"] if selects else []


def _first_sql(field: str, rule: Reference) -> str:
    keys = entries_sql(f"s.{given(rule.column)}")
    return f"""
select {literal(field)} as field, e.number, arg_min(t.record_id, e.place) as record_id
from (
  select s.number, unnest({keys}) as key, generate_subscripts({keys}, 1) as place
  from source s
  where s.present
) e
join work.targets t on t.entity = {literal(rule.target)} and t.fold = lower(trim(e.key))
group by e.number
"""


def facts_sql(bound: Bound, ids: str, joins: str) -> list[str]:
    """Statements that create `work.facts`; `ids` are the columns with what the references of `s` mean, by `joins`."""
    entity = bound.entity
    if not facts_of(entity):
        return []
    facts = [f"{_over_sql(entity)} as {ENDED}", f"{_lacking_sql(entity)} as {LACKING}"] if entity.life else []
    facts += [f"{entity.life.ends_when.sql()} as {TELLS}"] if entity.life else []
    facts += [f"{entity.wanted.condition.sql()} as {WANTED}"] if entity.wanted else []
    facts += [
        f"{rule.condition.sql()} as {quote(held(name))}"
        for name, rule in entity.fields.items()
        if isinstance(rule, Whether)
    ]
    asked = "\n".join(map(_has_sql, entity.asked_beside))
    columns = ",\n  ".join(facts)
    return [
        *([CIRCLES] if not entity.inherits else []),
        f"""
create or replace table work.facts as
with rows_with_references as (
  select s.*{ids}
  from source s
  {joins}
  where s.present
)
select
  s.number,
  s.fold,
  {columns}
from rows_with_references s
{asked}
""",
    ]


def _has_sql(has: Has) -> str:
    """Joins the keys that rows read beside name, each once."""
    where = has.where.of("b") if has.where else "true"
    refers = ""
    if has.refers:
        column, records = has.refers
        refers = f"join work.targets t on t.entity = {literal(records.name)} and t.fold = lower(b.{given(column)})"
    return f"""left join (
  select distinct lower(b.{given(has.by)}) as fold
  from {beside(has.beside)} b
  {refers}
  where {where}
) {has.alias} on {has.alias}.fold = s.fold"""


def _over_sql(entity: Entity) -> str:
    life = entity.life
    if life is None:
        return "false"
    over = [*_over_by_itself(entity), *(_nowhere_sql(entity, field) for field in life.ends_without)]
    return f"coalesce({' or '.join(over)}, false)"


def _nowhere_sql(entity: Entity, field: str) -> str:
    """Boolean: what the field refers to is not there; a name that several records have is there, though nobody's."""
    rule = entity.references[field]
    column = f"s.{given(rule.column)}"
    nowhere = f"{column} is not null and s.{quote(resolved(field))} is null"
    if isinstance(rule.to, Records):
        named = f"t.name = {literal(rule.target)} and t.fold = lower({column})"
        nowhere += f" and not exists (select 1 from looked_up t where {named})"
    return f"({nowhere})"


def _lacking_sql(entity: Entity) -> str:
    """Boolean: nothing but what it refers to, and what is not there, says that the row is over."""
    if entity.life is None or not entity.life.ends_without:
        return "false"
    return f"not coalesce({' or '.join(_over_by_itself(entity))}, false) and {_over_sql(entity)}"


def _over_by_itself(entity: Entity) -> list[str]:
    life = entity.life
    if life is None:
        return []
    over = [life.ends_when.sql()]
    for field in life.ends_with:
        rule = entity.references[field]
        key = f"lower(s.{given(rule.column)})"
        over.append(f"{key} in (select fold from work.ended_targets where entity = {literal(rule.target)})")
    if life.merged_ends:
        over.append("(s.merged_fold is not null and s.fold not in (select fold from work.merge_circles))")
    return over


CIRCLES = f"""
create or replace table work.merge_circles as
with recursive chain as (
  select s.fold, s.merged_fold as onto, 1 as depth
  from source s
  where s.merged_fold is not null and s.present
  union all
  select c.fold, s.merged_fold, c.depth + 1
  from chain c
  join source s on s.fold = c.onto
  where s.merged_fold is not null and c.depth < {DEEPEST} and c.onto <> c.fold
)
select fold
from chain
group by fold
having bool_or(onto = fold) or max(depth) >= {DEEPEST}
"""

HOLD_CIRCLES = """
update work.link set verdict = 'held: merge_circle', record_id = null, record_number = null
where fold in (select fold from work.merge_circles) and fold not in (select fold from work.facts where ended)
"""
"""Rows of which nothing but the circle says that they are over: it tells nothing of who is left."""
