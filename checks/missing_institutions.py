"""Which institutions does the source have and the CRM lack? Asked of entities that scheduled runs may not create.

Who waits for them is told by `references`.
"""

from __future__ import annotations

from checks.question import Answer, Copy, Question
from pipelines.declaring.entity import Entity
from pipelines.reconciling.status import active_sql


def missing_sql(entity: Entity) -> str:
    """Selects (key) of active rows of the source that no live record stands for."""
    return f"""
select s.key
from source s
where s.present and s.merged_fold is null and {active_sql(entity)}
  and s.fold not in (select fold from reference_links)
order by s.key
"""


def answer(copy: Copy) -> Answer:
    """Fails when anything is missing; the first keys are in the rows."""
    sql = missing_sql(copy.entity)
    missing = copy.number(f"select count(*) from ({sql})")
    twins = copy.number(f"select count(*) from missing where twin_id is not null and key in (select key from ({sql}))")
    return Answer(
        passed=not missing,
        said=f"{missing:,} rows have no record ({twins:,} have a likely twin)",
        numbers={"missing": missing, "likely_twins": twins},
        rows=copy.rows(sql, "key"),
    )


QUESTION = Question(
    "missing_institutions",
    "Does the CRM have a record for every active row? What is missing is imported on request.",
    answer,
    concerns=lambda entity: entity.create == "on_request" and not entity.both,  # two sides need not have it all
)
