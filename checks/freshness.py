"""When did the last run get through? Asked by the clock, since an entity that nobody syncs fails in no run."""

from __future__ import annotations

from datetime import UTC, timedelta

from checks.question import Answer, Copy, Question

LIMIT = timedelta(hours=36)
"""A daily run may be late by half a day."""

LAST_SQL = """
select max(started_at)
from runs
where mode = 'sync'
  and status in ('success', 'success_with_errors', 'nothing_to_do', 'failure')
  and (report ->> 'error') is null
"""
"""A run that came to its end saw all that is new, though every record may have been refused."""


def answer(copy: Copy) -> Answer:
    """Fails when no run got through within the limit."""
    last = copy.con.execute(LAST_SQL).fetchall()[0][0]
    if last is None:
        return Answer(passed=False, said=f"no sync of {copy.entity.name} ever got through", severe=True)
    age = copy.now - last.replace(tzinfo=UTC)
    hours = age / timedelta(hours=1)
    limit = LIMIT / timedelta(hours=1)
    return Answer(
        passed=age <= LIMIT,
        said=f"the last sync that got through began {hours:.1f} hours ago; the limit is {limit:.0f}",
        numbers={"hours": round(hours, 2), "limit_hours": limit},
        severe=True,
    )


QUESTION = Question("freshness", f"Did a sync get through within {LIMIT / timedelta(hours=1):.0f} hours?", answer)
