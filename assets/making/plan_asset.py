"""Beside each entity's asset its dry run: it extracts, snapshots and plans, shows the plan, and writes nothing."""

# no postponed annotations: Dagster reads those of a compute function as objects
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from assets.making.approval import approving_command
from assets.making.asset import GROUP, KINDS, OWNERS, failure, standing, tags
from assets.making.desk import Desk
from assets.making.metadata import gates_table, report_metadata
from assets.making.request import PlanConfig, request_of
from assets.making.sample import sample_of_cells, sample_of_source

if TYPE_CHECKING:
    from pipelines.declaring.entity import Entity


def plan_name(entity: str) -> str:
    """The name of the entity's plan asset."""
    return f"{entity}_plan"


def plan_asset(entity: "Entity") -> dg.AssetsDefinition:
    """The asset `<entity>_plan`: what a sync would do now. It has no partitions, for it looks at the present."""

    @dg.asset(
        name=plan_name(entity.name),
        group_name=GROUP,
        deps=list(entity.depends_on),
        pool=entity.name,
        description=f"What a sync of `{entity.name}` would do now: counts, a sample of cells, gates, API cost and the"
        " hash to approve. Nothing is written to the CRM.",
        kinds=KINDS,
        owners=OWNERS,
        tags=tags(entity),
    )
    def look(
        context: dg.AssetExecutionContext, config: PlanConfig, desk: dg.ResourceParam[Desk]
    ) -> Iterator[dg.MaterializeResult[None]]:
        with standing(context, desk, entity, "plan"):
            yield _planned(context, config, desk, entity)

    return look


def _planned(
    context: dg.AssetExecutionContext, config: PlanConfig, desk: Desk, entity: "Entity"
) -> dg.MaterializeResult[None]:
    # DuckDB, Arrow, dlt and the Salesforce side: only a run waits for their import
    from pipelines.sync import Stopped, Sync

    request = request_of(context, config, "plan")
    with desk.world(entity.name, context.log.info) as world:
        try:
            with Sync(entity, world, request) as sync:
                plan = sync.prepare()
                report = sync.carry_out()
                # before the lock is given back: the next run's plan replaces this one's
                with world.warehouse.open() as con:
                    samples = {"sample_of_cells": sample_of_cells(con, entity)}
                    if entity.both:
                        samples["sample_of_source_cells"] = sample_of_source(con, entity)
        except Stopped as stopped:
            desk.reports[entity.name] = stopped.report
            raise failure(stopped.report, report_metadata(stopped.report)) from None
    desk.reports[entity.name] = report
    told = report_metadata(report)
    if report.status == "held":
        command = approving_command(entity, config, plan.hash)
        told = {"summary": told.pop("summary"), "to_approve": dg.MetadataValue.md(f"`{command}`"), **told}
    return dg.MaterializeResult(metadata={**told, "gates": gates_table(plan), **samples})
