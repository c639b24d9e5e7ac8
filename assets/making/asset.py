"""One entity as an asset: its compute is one run, and the gates are a check that speaks before anything is written."""

# no postponed annotations: Dagster reads those of a compute function as objects
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Literal

import dagster as dg

from assets.making.alerting import tell_run, tell_unexpected
from assets.making.alive import alive
from assets.making.approval import held_text
from assets.making.describing import described
from assets.making.desk import Desk
from assets.making.discretion import Discretion
from assets.making.interruption import interruptible
from assets.making.metadata import Metadata, gates_table, last_runs_table, report_metadata
from assets.making.partitions import grid_of, upstream
from assets.making.request import SyncConfig, request_of
from assets.making.skipping import seeing_jobs, skipped

if TYPE_CHECKING:
    from pipelines.declaring.entity import Entity
    from pipelines.loading.plan import Plan
    from pipelines.telling.report import Report

GATES = "gates"
GROUP = "crm"
OWNERS = ["team:crm"]
KINDS = {"salesforce", "duckdb"}
SHOWN_RUNS = 10

Step = dg.AssetCheckResult | dg.MaterializeResult[None]


def entity_asset(entity: "Entity") -> dg.AssetsDefinition:
    """The asset of this name. Materializing it is a real run; no materialization means that nothing was carried out."""

    @dg.asset(
        name=entity.name,
        group_name=GROUP,
        deps=upstream(entity),
        partitions_def=grid_of(entity.cadence),
        output_required=False,  # a run that is skipped materializes nothing
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=entity.name,
        check_specs=[
            dg.AssetCheckSpec(
                GATES,
                asset=entity.name,
                blocking=True,
                description="Is the plan within its limits? One that is not is held: nothing is written.",
            )
        ],
        code_version=entity.fingerprint,
        description=described(entity),
        kinds=KINDS,
        owners=OWNERS,
        tags=tags(entity),
    )
    def materialize(
        context: dg.AssetExecutionContext, config: SyncConfig, desk: dg.ResourceParam[Desk]
    ) -> Iterator[Step]:
        with standing(context, desk, entity, "sync"):
            yield from _carried_out(context, config, desk, entity)

    return materialize


def tags(entity: "Entity") -> dict[str, str]:
    """What the UI can filter the entity's assets by."""
    return {"concord/sobject": entity.target.sobject, "concord/source": entity.source.name}


def standing(
    context: dg.AssetExecutionContext, desk: Desk, entity: "Entity", mode: Literal["plan", "sync"]
) -> ExitStack:
    """What surrounds every run: seen to be alive, interruptible, discreet."""
    run_id = context.run.run_id

    def tell(kind: str) -> None:
        if mode == "sync":
            tell_unexpected(desk, entity.name, kind, run_id, context.log.warning)

    stack = ExitStack()
    stack.enter_context(interruptible())
    stack.enter_context(alive(desk.home, run_id, entity.name, mode))
    stack.enter_context(Discretion(entity.name, desk.home, run_id, tell))
    return stack


def _carried_out(context: dg.AssetExecutionContext, config: SyncConfig, desk: Desk, entity: "Entity") -> Iterator[Step]:
    # DuckDB, Arrow, dlt and the Salesforce side: only a run waits for their import
    from pipelines.sync import Stopped, Sync

    request = request_of(context, config, "sync")
    with desk.world(entity.name, context.log.info) as usual:
        try:
            with Sync(entity, seeing_jobs(usual, context, desk.home), request) as sync:
                plan = sync.prepare()
                yield gates_result(plan, config.approve)
                with interruptible():  # Dagster took the signals back when it took the gates' answer
                    report = sync.carry_out()
        except Stopped as stopped:
            told = ended(context, desk, stopped.report)
            if stopped.report.status == "skipped":
                yield skipped(context, stopped.report, GATES)
                return
            raise failure(stopped.report, told) from None
    told = ended(context, desk, report)
    if report.status == "held":
        raise dg.Failure(held_text(entity, config, plan), metadata=told, allow_retries=False)
    if report.error:
        raise failure(report, told)
    yield dg.MaterializeResult(metadata=told)


def ended(context: dg.AssetExecutionContext, desk: Desk, report: "Report") -> Metadata:
    """The run is over: its report lies on the desk, people are told; returns what Dagster is to show of it."""
    # DuckDB comes along
    from resources.archive import Archive

    desk.reports[report.entity] = report
    tell_run(desk, report, context.log.warning)
    last = Archive(desk.home).runs(report.entity, SHOWN_RUNS, syncs=True)
    return {**report_metadata(report), "last_runs": last_runs_table(last)}


def gates_result(plan: "Plan", approved: str | None) -> dg.AssetCheckResult:
    """The gates' answer to the plan, given the hash that a person approved."""
    obstacles = plan.obstacles(approved)
    over = [gate for gate in plan.gates if not gate.passed]
    if obstacles:
        said = f"plan {plan.hash} is held by " + ", ".join(gate.name for gate in obstacles)
    elif over:
        said = f"plan {plan.hash} is over the limit of " + ", ".join(gate.name for gate in over) + ", and approved"
    else:
        said = f"plan {plan.hash} is within all limits"
    return dg.AssetCheckResult(
        passed=not obstacles,
        check_name=GATES,
        description=said,
        metadata={
            "plan_hash": plan.hash,
            "gates": gates_table(plan),
            "creates": plan.creates,
            "updates": plan.updates,
            "cells": plan.cells,
            "removals": plan.removals,
            "planned_calls": plan.cost,
            **{f"{what}_in_source": count for what, count in (plan.back.as_json() if plan.back else {}).items()},
        },
    )


def failure(report: "Report", metadata: Metadata) -> dg.Failure:
    """The failure of a run that was stopped."""
    return dg.Failure(f"{report.entity}: {report.error}: {report.message}", metadata=metadata, allow_retries=False)
