"""Jobs and schedules: what runs together, in which order, and when.

Schedules are off until somebody switches them on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from operator import or_

import dagster as dg

from assets.making.checks import questions_of
from assets.making.plan_asset import plan_name
from assets.making.request import PlanConfig, Rows, SyncConfig
from pipelines.entity import Entity

DAILY = "daily"
QUESTIONS_JOB = "ask_questions"
HOUR = 5


def sync_job_name(entity: str) -> str:
    """The job that syncs one entity."""
    return f"sync_{entity}"


def plan_job_name(entity: str) -> str:
    """The job that shows what a sync of one entity would do."""
    return f"plan_{entity}"


def jobs(entities: Mapping[str, Entity]) -> list[dg.UnresolvedAssetJobDefinition]:
    """Every job: entities in one job run in dependency order."""
    made = [daily_job(entities), update_all_job(entities), questions_job(entities)]
    for entity in entities.values():
        made.append(_syncing(sync_job_name(entity.name), f"Syncs {entity.name}.", {entity.name: SyncConfig()}))
        made.append(_planning(entity.name))
        if entity.create == "on_request":
            made.append(_importing(entity, entities))
    return made


def daily_job(entities: Mapping[str, Entity]) -> dg.UnresolvedAssetJobDefinition:
    """The job of the schedule."""
    return _syncing(
        DAILY,
        "Every entity: what changed on the partition's day, and whatever else is not settled.",
        {name: SyncConfig(scope=Rows.catch_up) for name in entities},
    )


def update_all_job(entities: Mapping[str, Entity]) -> dg.UnresolvedAssetJobDefinition:
    """Everything anew."""
    return _syncing(
        "update_all",
        "Every keyed record of every entity, whatever its dates; rows in quarantine are tried again. The partition only"
        " says in which square the run is noted: pick today's.",
        {name: SyncConfig(scope=Rows.all) for name in entities},
    )


def questions_job(entities: Mapping[str, Entity]) -> dg.UnresolvedAssetJobDefinition:
    """Every check but the gates, without a run."""
    selected = [
        dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey(name), question.name))
        for name, entity in entities.items()
        for question in questions_of(entity)
    ]
    return dg.define_asset_job(
        QUESTIONS_JOB,
        selection=reduce(or_, selected),
        description="Asks every question about the last runs again, and syncs nothing. What nobody syncs gets stale.",
    )


def schedules() -> list[dg.ScheduleDefinition]:
    """The daily run, for the day that is over, and the questions every hour."""

    @dg.schedule(
        name="daily_schedule",
        job_name=DAILY,
        cron_schedule=f"0 {HOUR} * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Every day at {HOUR}:00 UTC for the day before, parents first.",
    )
    def daily_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        day = f"{context.scheduled_execution_time - timedelta(days=1):%Y-%m-%d}"
        return dg.RunRequest(run_key=day, partition_key=day)

    hourly = dg.ScheduleDefinition(
        name="hourly_questions",
        job_name=QUESTIONS_JOB,
        cron_schedule="30 * * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Every hour: is everything still fresh and right?",
    )
    return [daily_schedule, hourly]


def _importing(entity: Entity, entities: Mapping[str, Entity]) -> dg.UnresolvedAssetJobDefinition:
    waiting = [name for name, other in entities.items() if entity.name in other.depends_on]
    configs = {entity.name: SyncConfig(scope=Rows.changed, create_missing=True)}
    configs |= {name: SyncConfig(scope=Rows.changed) for name in waiting}
    then = f", then syncs {', '.join(waiting)}" if waiting else ""
    return _syncing(
        f"import_missing_{entity.source.name}",
        f"Creates a record for each row of {entity.source.name} that the CRM lacks, parents first{then}. Likely twins"
        " of records that are there already are held back.",
        configs,
    )


def _syncing(name: str, description: str, configs: Mapping[str, SyncConfig]) -> dg.UnresolvedAssetJobDefinition:
    return dg.define_asset_job(
        name,
        selection=dg.AssetSelection.assets(*configs),
        config=dg.RunConfig(ops=dict(configs)),
        description=description,
    )


def _planning(entity: str) -> dg.UnresolvedAssetJobDefinition:
    return dg.define_asset_job(
        plan_job_name(entity),
        selection=dg.AssetSelection.assets(plan_name(entity)),
        config=dg.RunConfig(ops={plan_name(entity): PlanConfig()}),
        description=f"What a sync of {entity} would do now. Writes nothing to the CRM.",
    )
