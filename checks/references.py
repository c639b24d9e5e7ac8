"""Does everything that a row refers to have a record? Told are rows that wait for it, and records that lack it.

A reference that says where a record stands in a hierarchy may name nothing: somebody is at its top.
"""

from __future__ import annotations

from checks.question import Answer, Copy, Question
from pipelines.declaring.agreed_rules import Related
from pipelines.declaring.entity import Entity
from pipelines.declaring.rules import Reference
from pipelines.reconciling.status import active_sql
from pipelines.sql import given, literal

WAITS = "waits for a record"
NAMES_NONE = "names what has no record"
BLANK = "names nothing"


def is_suggestion(rule: Reference) -> bool:
    """What it names is one of many that the CRM need not know: whom a text speaks of."""
    return isinstance(rule, Related) and rule.missing == "keep"


def waiting_sql(field: str, rule: Reference) -> str:
    """Selects (field, target, what, key) of rows that get no record before what they refer to has one."""
    return f"""
select {literal(field)} as field, {literal(rule.target)} as target, {literal(WAITS)} as what, s.key
from state t
join source s on s.fold = t.fold
where s.present and t.outcome = 'skipped' and t.reason = {literal(rule.missing_reason)}
"""


def lacking_sql(entity: Entity, field: str, rule: Reference) -> str:
    """Selects (field, target, what, key) of rows that live and have a record, and refer to nothing that has one."""
    column = f"s.{given(rule.column)}"
    named = f"{column} is not null"
    means = f"select 1 from work.targets t where t.entity = {literal(rule.target)} and t.fold = lower({column})"
    if rule.first:
        named = f"coalesce(json_array_length({column}), 0) > 0"
        means = f"select 1 from work.listed l where l.field = {literal(field)} and l.number = s.number"
    life = "join work.facts f on f.number = s.number and not f.ended" if entity.life else ""
    blank_too = "true" if not rule.hierarchy else named
    return f"""
select
  {literal(field)} as field,
  {literal(rule.target)} as target,
  case when {named} then {literal(NAMES_NONE)} else {literal(BLANK)} end as what,
  s.key
from source s
{life}
where s.present and s.merged_fold is null and {active_sql(entity)}
  and s.fold in (select fold from reference_links)
  and {blank_too} and not exists ({means})
"""


def pointing_nowhere_sql(entity: Entity) -> str:
    """Selects (field, target, what, key) of everything that points nowhere."""
    wanted = {field: rule for field, rule in entity.references.items() if not is_suggestion(rule)}
    selects = [lacking_sql(entity, field, rule) for field, rule in wanted.items()]
    selects += [waiting_sql(field, rule) for field, rule in wanted.items() if rule.missing == "skip"]
    return "\nunion all\n".join(selects)


def answer(copy: Copy) -> Answer:
    """Fails when any row waits or any record lacks what it refers to; by field, with the first keys."""
    found = pointing_nowhere_sql(copy.entity)
    numbers = {
        name: copy.number(f"select count(*) from ({found}) where what = {literal(what)}")
        for name, what in (("waiting", WAITS), ("unresolved", NAMES_NONE), ("blank", BLANK))
    }
    rows = copy.rows(
        f"""
select field, target, what, count(*), string_agg(key, ', ' order by key) filter (place <= 5)
from (select *, row_number() over (partition by field, what order by key) as place from ({found}))
group by field, target, what
order by count(*) desc, field, what
""",
        "field",
        "refers to",
        "what",
        "rows",
        "first keys",
    )
    return Answer(
        passed=not any(numbers.values()),
        said=f"{numbers['waiting']:,} rows wait for what they refer to, {numbers['unresolved']:,} records lack it, and"
        f" {numbers['blank']:,} refer to nothing",
        numbers=numbers,
        rows=rows,
    )


QUESTION = Question(
    "references",
    "Does everything that rows refer to have a record?",
    answer,
    concerns=lambda entity: not all(is_suggestion(rule) for rule in entity.references.values()),
)
