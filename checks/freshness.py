"""When did the last run get through? Asked by the clock, since an entity that nobody syncs fails in no run.

Only hours count in which the cadence lets runs start: nothing gets stale overnight where nothing is due.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from checks.question import Answer, Copy, Question
from pipelines.declaring.cadence import Cadence

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONGEST = timedelta(days=60)
"""Nothing is counted beyond it: stale is stale."""

LAST_SQL = """
select max(started_at)
from runs
where mode = 'sync'
  and status in ('success', 'success_with_errors', 'nothing_to_do', 'failure')
  and (report ->> 'error') is null
"""
"""A run that came to its end saw all that is new, though every record may have been refused."""


def limit_of(cadence: Cadence) -> timedelta:
    """How old the last run may get: a daily one may be late by half a day, the others by two runs, for a pause."""
    if cadence.every == "day":
        return DAY * 1.5
    every = cadence.every if isinstance(cadence.every, timedelta) else HOUR
    return max(3 * max(every, cadence.at_least), HOUR / 2)


def counted(cadence: Cadence, since: datetime, until: datetime) -> timedelta:
    """The time between, without hours in which no run is due; of daily entities without the days."""
    hours = None if cadence.every == "day" else cadence.hours
    if hours is None and len(cadence.days) == 7:
        return until - since
    due = Cadence(days=cadence.days, hours=hours, zone=cadence.zone)
    total, at = timedelta(0), max(since, until - LONGEST)
    while at < until:
        following = min(until, at.replace(minute=0, second=0, microsecond=0) + HOUR)
        total += following - at if due.is_open(at) else timedelta(0)
        at = following
    return total


def answer(copy: Copy) -> Answer:
    """Fails when no run got through within the limit."""
    last = copy.con.execute(LAST_SQL).fetchall()[0][0]
    if last is None:
        return Answer(passed=False, said=f"no sync of {copy.entity.name} ever got through", severe=True)
    cadence = copy.entity.cadence
    age = counted(cadence, last.replace(tzinfo=UTC), copy.now) / HOUR
    limit = limit_of(cadence) / HOUR
    closed = "" if cadence.hours is None and len(cadence.days) == 7 else ", counting when runs are due"
    return Answer(
        passed=age <= limit,
        said=f"the last sync that got through began {age:.1f} hours ago{closed}; the limit is {limit:g}",
        numbers={"hours": round(age, 2), "limit_hours": limit},
        severe=True,
    )


QUESTION = Question("freshness", "Did a sync get through lately, by the entity's cadence?", answer)
