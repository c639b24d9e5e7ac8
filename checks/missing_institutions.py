"""Which institutions does the source have and the CRM lack? Of those that refer to them: which rows wait for one?

Asked of entities that scheduled runs may not create, and of those with a reference that rows wait for.
"""

from __future__ import annotations

from checks.question import Answer, Copy, Question, Row
from pipelines.entity import Entity
from pipelines.sql import literals
from pipelines.status import active_sql


def missing_sql(entity: Entity) -> str:
    """Selects (key) of active rows of the source that no live record stands for."""
    return f"""
select s.key
from source s
where s.present and s.merged_fold is null and {active_sql(entity)}
  and s.fold not in (select fold from reference_links)
order by s.key
"""


def waiting_sql(entity: Entity) -> str:
    """Selects (key, reason) of rows that wait for the record they refer to."""
    reasons = [rule.missing_reason for rule in entity.references.values() if rule.missing == "skip"]
    return f"""
select s.key, t.reason
from state t
join source s on s.fold = t.fold
where s.present and t.outcome = 'skipped' and t.reason in {literals(reasons)}
order by s.key
"""


def waits(entity: Entity) -> bool:
    """Whether rows of the entity can wait for a record they refer to."""
    return any(rule.missing == "skip" for rule in entity.references.values())


def answer(copy: Copy) -> Answer:
    """Fails when anything is missing; the first keys are in the rows."""
    numbers: dict[str, int | float] = {}
    rows: tuple[Row, ...] = ()
    told = []
    if copy.entity.create == "on_request":
        sql = missing_sql(copy.entity)
        numbers["missing"] = copy.number(f"select count(*) from ({sql})")
        numbers["likely_twins"] = copy.number(
            f"select count(*) from missing where twin_id is not null and key in (select key from ({sql}))"
        )
        rows += copy.rows(f"select key, 'not in the CRM' from ({sql})", "key", "reason")
        told.append(f"{numbers['missing']:,} rows have no record ({numbers['likely_twins']:,} have a likely twin)")
    if waits(copy.entity):
        sql = waiting_sql(copy.entity)
        numbers["waiting"] = copy.number(f"select count(*) from ({sql})")
        rows += copy.rows(sql, "key", "reason")
        told.append(f"{numbers['waiting']:,} rows wait for the record they refer to")
    lacking = sum(numbers.get(name, 0) for name in ("missing", "waiting"))
    return Answer(not lacking, "; ".join(told), numbers, rows[:50])


QUESTION = Question(
    "missing_institutions",
    "Does the CRM have a record for every active row, and for every row what it refers to? What is missing is imported"
    " on request.",
    answer,
    concerns=lambda entity: entity.create == "on_request" or waits(entity),
)
