"""Has the CRM several records with the same e-mail address? Told by record ids: no address leaves the entity's file."""

from __future__ import annotations

from checks.question import Answer, Copy, Question
from pipelines.declaring.entity import Entity
from pipelines.sql import quote

FIELD = "Email"

PAIRS_SQL = f"""
select
  min(Id) as record_id,
  count(*) as times,
  string_agg(Id, ', ' order by Id) as record_ids,
  count(fold) as with_key
from records
where not IsDeleted and {quote(FIELD)} is not null
group by lower({quote(FIELD)})
having count(*) > 1
"""


def has_email(entity: Entity) -> bool:
    """Whether the entity's records carry an e-mail address."""
    return FIELD in entity.fields


def answer(copy: Copy) -> Answer:
    """Fails when two live records share an address, whatever its case."""
    groups = copy.number(f"select count(*) from ({PAIRS_SQL})")
    records = copy.number(f"select sum(times) from ({PAIRS_SQL})")
    rows = copy.rows(
        f"select left(record_ids, 400), times, with_key from ({PAIRS_SQL}) order by times desc, record_id",
        "records",
        "times",
        "with key",
    )
    return Answer(
        passed=not groups,
        said=f"{groups:,} e-mail addresses are shared by {records:,} records",
        numbers={"addresses": groups, "records": records},
        rows=rows,
    )


QUESTION = Question(
    "duplicate_people", "Has every person one record? Several with one e-mail address are told.", answer, has_email
)
