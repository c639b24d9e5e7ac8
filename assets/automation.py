"""Jobs and schedules: what runs together, in which order, and when.

Schedules are off until somebody switches them on. What entities of one cadence share is made in `making/schedules.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_

import dagster as dg

from assets.making.checks import questions_of
from assets.making.plan_asset import plan_name
from assets.making.request import PlanConfig, Rows, SyncConfig
from assets.making.schedules import group_schedule, groups_of
from pipelines.declaring.entity import Entity

QUESTIONS_JOB = "ask_questions"
UPDATE_ALL = "update_all"


def sync_job_name(entity: str) -> str:
    """The job that syncs one entity."""
    return f"sync_{entity}"


def plan_job_name(entity: str) -> str:
    """The job that shows what a sync of one entity would do."""
    return f"plan_{entity}"


def jobs(entities: Mapping[str, Entity]) -> list[dg.UnresolvedAssetJobDefinition]:
    """Every job: entities in one job run in dependency order."""
    made = [questions_job(entities)]
    made += [group_job(group, members) for group, members in groups_of(entities).items()]
    made += [update_all_job(grid, entities) for grid in ("day", "hour") if _on(grid, entities)]
    for entity in entities.values():
        made.append(_syncing(sync_job_name(entity.name), f"Syncs {entity.name}.", {entity.name: SyncConfig()}))
        made.append(_planning(entity.name))
        if entity.create == "on_request":
            made.append(_importing(entity, entities))
    return made


def group_job(group: str, members: Mapping[str, Entity]) -> dg.UnresolvedAssetJobDefinition:
    """The job of a schedule."""
    return _syncing(
        group,
        f"{', '.join(members)}: what changed in the partition, and whatever else is not settled.",
        {name: SyncConfig(scope=Rows.catch_up, named=False) for name in members},
    )


def update_all_name(grid: str) -> str:
    """The job that updates all entities with partitions of a day, or of an hour: one job has one kind."""
    return UPDATE_ALL if grid == "day" else f"{UPDATE_ALL}_hourly"


def update_all_job(grid: str, entities: Mapping[str, Entity]) -> dg.UnresolvedAssetJobDefinition:
    """Everything anew."""
    return _syncing(
        update_all_name(grid),
        f"Every keyed record of {', '.join(_on(grid, entities))}, whatever its dates; rows in quarantine are tried"
        f" again. The partition only says in which square the run is noted: pick the present {grid}'s.",
        {name: SyncConfig(scope=Rows.all, named=False) for name in _on(grid, entities)},
    )


def _on(grid: str, entities: Mapping[str, Entity]) -> list[str]:
    return [name for name, entity in entities.items() if entity.cadence.grid == grid]


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


def schedules(entities: Mapping[str, Entity]) -> list[dg.ScheduleDefinition]:
    """One for each cadence that an entity has, and the questions every hour."""
    hourly = dg.ScheduleDefinition(
        name="hourly_questions",
        job_name=QUESTIONS_JOB,
        cron_schedule="30 * * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Every hour: is everything still fresh and right?",
    )
    return [*(group_schedule(group, members) for group, members in groups_of(entities).items()), hourly]


def _importing(entity: Entity, entities: Mapping[str, Entity]) -> dg.UnresolvedAssetJobDefinition:
    # those with another grid cannot be in the same job; their own next run takes them up
    waiting = [name for name in _on(entity.cadence.grid, entities) if entity.name in entities[name].depends_on]
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
