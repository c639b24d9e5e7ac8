"""When did the last run get through? Asked by the clock, since an entity that nobody syncs fails in no run.

How late it may be follows from the entity's cadence: nights and days on which it is not synced are no delay.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from checks.question import Answer, Copy, Question
from pipelines.cadence import Cadence

HOUR = timedelta(hours=1)
DAILY = timedelta(hours=36)
"""A daily run may be late by half a day."""

OFTENER = timedelta(hours=3)
"""Of those that are synced hourly or oftener a few runs may fail."""

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
WEEK = 7 * 24

LAST_SQL = """
select max(started_at)
from runs
where mode = 'sync'
  and status in ('success', 'success_with_errors', 'nothing_to_do', 'failure')
  and (report ->> 'error') is null
"""
"""A run that came to its end saw all that is new, though every record may have been refused."""


def limit_of(cadence: Cadence) -> timedelta:
    """How long ago the last sync that got through may have begun."""
    if cadence.every == "day":
        return DAILY + _longest_pause(replace(cadence, hours=None))
    return OFTENER + _longest_pause(cadence)


def _longest_pause(cadence: Cadence) -> timedelta:
    """The longest time in a week without an hour at which it is synced."""
    longest = hours = 0
    for hour in range(2 * WEEK):  # twice, since a pause may go over the end of the week
        hours = 0 if cadence.is_open(MONDAY + hour * HOUR) else hours + 1
        longest = max(longest, hours)
    return longest * HOUR


def answer(copy: Copy) -> Answer:
    """Fails when no run got through within the limit."""
    last = copy.con.execute(LAST_SQL).fetchall()[0][0]
    if last is None:
        return Answer(passed=False, said=f"no sync of {copy.entity.name} ever got through", severe=True)
    age = copy.now - last.replace(tzinfo=UTC)
    hours = age / HOUR
    allowed = limit_of(copy.entity.cadence)
    limit = allowed / HOUR
    return Answer(
        passed=age <= allowed,
        said=f"the last sync that got through began {hours:.1f} hours ago; the limit is {limit:.0f}",
        numbers={"hours": round(hours, 2), "limit_hours": limit},
        severe=True,
    )


QUESTION = Question("freshness", "Did a sync get through of late, as often as the entity is to be synced?", answer)
