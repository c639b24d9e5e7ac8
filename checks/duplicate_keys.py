"""Is every key there only once, in the source and in the CRM? A key that is there twice is held, and never guessed."""

from __future__ import annotations

from checks.question import Answer, Copy, Question

SOURCE_SQL = """
select min(key) as key, count(*) as times
from work.incoming
where problem = 'duplicate_key'
group by fold
"""

CRM_SQL = """
select min(s.key) as key, d.fold as fold, count(*) as times
from double_keys d
join records r on r.fold = d.fold and not r.IsDeleted
left join source s on s.fold = d.fold
group by d.fold
"""

BOTH_SQL = f"""
select key, 'source', times from ({SOURCE_SQL})
union all
select coalesce(key, fold), 'CRM', times from ({CRM_SQL})
order by 1, 2
"""


def answer(copy: Copy) -> Answer:
    """Fails when a key is there twice on either side; no key of the CRM can be, where the org enforces it."""
    source = copy.number(f"select count(*) from ({SOURCE_SQL})")
    crm = copy.number(f"select count(*) from ({CRM_SQL})")
    return Answer(
        passed=not source and not crm,
        said=f"{source:,} keys are in the source more than once, {crm:,} in the CRM",
        numbers={"in_source": source, "in_crm": crm},
        rows=copy.rows(BOTH_SQL, "key", "side", "times"),
        severe=crm > 0,
    )


QUESTION = Question("duplicate_keys", "Is every key there only once, in the source and in the CRM?", answer)
