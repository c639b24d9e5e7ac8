"""A run that may not start: green, with a line in the log and an observation that say why, and nothing materialized."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from assets.making.last_answer import last_evaluation

if TYPE_CHECKING:
    from pipelines.sync import World
    from pipelines.telling.report import Report

IN_PROGRESS = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
SAID = "skipped; the last answer was: "


def seeing_jobs(world: World, context: dg.AssetExecutionContext, home: Path) -> World:
    """The same world, in which jobs of this Dagster are seen."""
    from resources.elsewhere import Neighbours

    return replace(world, elsewhere=Neighbours(home, job_runs(context.instance, context.run.run_id)))


def job_runs(instance: dg.DagsterInstance, own: str) -> Callable[[str], bool]:
    """Tells whether a job of that name is in progress, in another run than our own."""

    def tell(name: str) -> bool:
        runs = instance.get_runs(dg.RunsFilter(job_name=name, statuses=IN_PROGRESS))
        return any(run.run_id != own for run in runs)

    return tell


def skipped(context: dg.AssetExecutionContext, report: Report, gates: str) -> dg.AssetCheckResult:
    """Tells why, and gives what the gates said last: Dagster wants an answer, and a skipped run has none of its own."""
    context.log.warning("%s is skipped, nothing was done: %s", report.entity, report.message)
    context.log_event(
        dg.AssetObservation(
            report.entity,
            partition=_partition(context),
            metadata={"status": report.status, "why": report.message or "", "api_calls": report.api_calls},
        )
    )
    last = last_evaluation(context.instance, dg.AssetCheckKey(dg.AssetKey(report.entity), gates))
    said = (last.description or "").removeprefix(SAID) if last else "nothing yet"
    return dg.AssetCheckResult(
        passed=last.passed if last else True,
        check_name=gates,
        severity=dg.AssetCheckSeverity.WARN,  # an error would fail the run
        description=f"{SAID}{said}",
    )


def _partition(context: dg.AssetExecutionContext) -> str | None:
    return context.partition_key if context.has_partition_key else None
