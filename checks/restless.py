"""Which records change in every run? Something keeps undoing what both sides agreed on: told by key and fields."""

from __future__ import annotations

from checks.question import Answer, Copy, Question
from pipelines.declaring.entity import Entity

RUNS = 5
"""So many runs running are no coincidence."""

RESTLESS_SQL = f"""
select coalesce(any_value(l.key), '') as key, s.record_id, s.runs, array_to_string(s.fields, ', ') as fields
from streaks s
left join links l on l.record_id = s.record_id
where s.runs >= {RUNS}
group by all
order by s.runs desc, s.record_id
"""


def has_two_sides(entity: Entity) -> bool:
    """Whether the entity is written on both sides."""
    return entity.both is not None


def answer(copy: Copy) -> Answer:
    """Fails when a record was written, on either side, in five runs running."""
    restless = copy.number(f"select count(*) from ({RESTLESS_SQL})")
    return Answer(
        passed=not restless,
        said=f"{restless:,} records changed in each of the last {RUNS} runs or more",
        numbers={"restless": restless},
        rows=copy.rows(RESTLESS_SQL, "key", "record", "runs", "fields"),
    )


QUESTION = Question(
    "restless", "Does every record come to rest? One that changes in five runs running is told.", answer, has_two_sides
)
