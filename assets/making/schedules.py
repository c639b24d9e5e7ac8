"""One job and one schedule for all entities of one cadence: those that are due together run together, parents first.

A job's assets share one grid of partitions; what an entity refers to may well be in another group, and is then taken as
its last run left it. Schedules are off until somebody switches them on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC

import dagster as dg

from assets.making.partitions import partition_due
from assets.making.request import SCHEDULED_FOR
from pipelines.declaring.cadence import Cadence
from pipelines.declaring.entity import Entity

Groups = Mapping[str, Mapping[str, Entity]]


def groups_of(entities: Mapping[str, Entity]) -> Groups:
    """The entities by the group of their cadence, in the order in which they are given."""
    found: dict[str, dict[str, Entity]] = {}
    for name, entity in entities.items():
        found.setdefault(entity.cadence.group, {})[name] = entity
    return found


def schedule_name(group: str) -> str:
    """The schedule of a group, whose job has the group's name."""
    return f"{group}_schedule"


def group_schedule(group: str, entities: Mapping[str, Entity]) -> dg.ScheduleDefinition:
    """The schedule of these entities, which share one cadence but for what must not run meanwhile."""
    cadence = next(iter(entities.values())).cadence

    @dg.schedule(
        name=schedule_name(group),
        job_name=group,
        cron_schedule=cadence.cron,
        execution_timezone=cadence.zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"{', '.join(entities)}: {cadence.words}, for {_whatever(cadence)}.",
    )
    def due(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        moment = context.scheduled_execution_time.astimezone(UTC)
        partition = partition_due(cadence, moment)
        tags = {SCHEDULED_FOR: moment.isoformat()}
        return dg.RunRequest(run_key=moment.isoformat(), partition_key=partition, tags=tags)

    return due


def _whatever(cadence: Cadence) -> str:
    covered = {"day": "the day that is over", "hour": "the hour that is over"}.get(str(cadence.every), "the day")
    return f"{covered} and whatever else is not settled"
