"""May a sync start now? Its cadence says what is in the way; a run that may not start is skipped, and nothing failed.

Hours, days and the time between two runs bind those that a schedule started. What must not run meanwhile binds every
sync: nothing may collide. A dry run collides with nothing and always may start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb

from pipelines.declaring.cadence import Cadence, Job, LockFile, Other, Query, SyncOf
from pipelines.errand import Errand
from pipelines.ports.crm import Crm
from pipelines.ports.world import Elsewhere

TOLERANCE = 0.1
JITTER = timedelta(minutes=1)
"""No schedule starts to the second: where its moments keep the distance, the starts may be a minute closer, or a tenth
of the distance if that is more."""

LAST_SQL = """
select started_at, cast(json_extract_string(report, '$.scheduled_for') as timestamptz)::timestamp
from runs
where mode = 'sync' and status <> 'skipped' and plan_hash is not null
  and json_extract_string(report, '$.scheduled_for') is not null
order by started_at desc
limit 1
"""
"""The last scheduled run that did something: it came to a plan."""


@dataclass(frozen=True, slots=True)
class Start:
    """When a run started, and the moment that its schedule meant."""

    at: datetime
    meant: datetime


def hindrance(errand: Errand, connect: Callable[[], Crm]) -> str | None:
    """Why the run may not start now, or None."""
    cadence, request = errand.entity.cadence, errand.request
    if request.mode == "plan":
        return None
    if request.scheduled_for:
        with errand.opened() as con:
            last = last_start(con)
        if early := too_early(cadence, Start(errand.started_at, request.scheduled_for), last):
            return early
    return in_the_way(cadence, errand.world.elsewhere, connect)


def last_start(con: duckdb.DuckDBPyConnection) -> Start | None:
    """That of the last scheduled run that did something."""
    found = con.execute(LAST_SQL).fetchall()
    return Start(*(moment.replace(tzinfo=UTC) for moment in found[0])) if found else None


def too_early(cadence: Cadence, now: Start, last: Start | None) -> str | None:
    """Why a scheduled run may not start now, or None."""
    if not cadence.is_open(now.at):
        there = now.at.astimezone(ZoneInfo(cadence.zone))
        return f"it is synced {cadence.window}, and there it is {there:%a %H:%M} now"
    if last is None or now.at - last.at >= cadence.at_least:
        return None
    tolerated = cadence.at_least - max(cadence.at_least * TOLERANCE, JITTER)
    if now.meant - last.meant >= cadence.at_least and now.at - last.at >= tolerated:
        return None
    return (
        f"its last scheduled run started at {last.at:%Y-%m-%d %H:%M:%S} UTC, {_minutes(now.at - last.at)} minutes ago:"
        f" at least {_minutes(cadence.at_least)} have to lie between two"
    )


def in_the_way(cadence: Cadence, elsewhere: Elsewhere, connect: Callable[[], Crm]) -> str | None:
    """What is in the way that must not be meanwhile, or None; the org is asked last, for it costs a call."""
    for other in sorted(cadence.not_while, key=lambda one: isinstance(one, Query)):
        if _runs(other, elsewhere, connect):
            remedy = "; remove it if its job is over" if isinstance(other, LockFile) else ""
            return f"{other}, and no sync may start meanwhile{remedy}"
    return None


def _runs(other: Other, elsewhere: Elsewhere, connect: Callable[[], Crm]) -> bool:
    match other:
        case SyncOf():
            return elsewhere.is_syncing(other.entity)
        case Job():
            return elsewhere.job_runs(other.name)
        case LockFile():
            return elsewhere.exists(other.path)
        case Query():
            return connect().finds(other.soql)


def _minutes(span: timedelta) -> str:
    return f"{span / timedelta(minutes=1):.1f}".removesuffix(".0")
