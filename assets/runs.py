"""Runs in this process, for the command line: the jobs of the UI, on its instance, so that they show there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import dagster as dg

    from assets.making.desk import Desk
    from pipelines.declaring.entity import Entity
    from pipelines.ports.world import Progress
    from pipelines.telling.report import Report
    from resources.settings import Settings

LOCATION = "concord"
"""The name of the code location in `workspace.yaml`: the UI ties our runs to their jobs by it."""

TAGS = {"concord/from": "command line", ".dagster/repository": f"__repository__@{LOCATION}"}
INTERRUPTIONS = ("DagsterExecutionInterruptedError", "KeyboardInterrupt")
SILENCE = {"console": {"config": {"log_level": "CRITICAL"}}}
"""The event log has everything; a terminal shows progress and the report instead."""


@dataclass(frozen=True)
class Order:
    """What a person asked for. With `keys_file`, exactly its keys instead of a scope."""

    entities: tuple[str, ...]
    mode: Literal["plan", "sync"] = "sync"
    scope: Literal["changed", "all"] = "changed"
    keys_file: Path | None = None
    except_file: Path | None = None
    """Keys of rows, and ids of records, that are left out."""
    create_missing: bool = False
    approve: str | None = None
    scheduled: bool = False
    """As a schedule would start it: hours, days and distance of the cadence hold."""
    named: bool = True
    """These very entities, and not all there are: one whose source is not set is a failure, and not left out."""


def run(order: Order, settings: Settings, progress: Callable[[str], Progress]) -> list[Report]:
    """One report an entity, in dependency order.

    An entity that is stopped or held keeps none from its run but those that refer to it: their report is a failure with
    the error `upstream_failed`, or `skipped` where it was skipped itself.
    """
    from assets.declarations import entities
    from assets.definitions import definitions
    from assets.instance import instance
    from assets.making.desk import Desk
    from resources.world import at_org

    reports: dict[str, Report] = {}
    with instance(settings) as opened, at_org(settings) as reached:
        desk = Desk(reached, progress)
        repository = definitions(desk).get_repository_def()
        for entity in (entity for name, entity in entities().items() if name in order.entities):
            in_the_way = [reports[name] for name in entity.depends_on if name in reports and not _done(reports[name])]
            if in_the_way:
                reports[entity.name] = _not_run(order, entity.name, in_the_way)
            else:
                reports[entity.name] = _run_one(order, entity, repository, opened, desk)
    return list(reports.values())


def _run_one(
    order: Order, declared: Entity, repository: dg.RepositoryDefinition, opened: dg.DagsterInstance, desk: Desk
) -> Report:
    from assets.automation import plan_job_name, sync_job_name
    from assets.making.partitions import partition_at
    from assets.making.plan_asset import plan_name
    from assets.making.request import SCHEDULED_FOR

    entity, now = declared.name, datetime.now(UTC)
    planning = order.mode == "plan"
    job = repository.get_job(plan_job_name(entity) if planning else sync_job_name(entity))
    config: dict[str, object] = {"scope": order.scope, "create_missing": order.create_missing}
    if order.keys_file:
        config["keys_file"] = str(order.keys_file.absolute())
    if order.except_file:
        config["except_file"] = str(order.except_file.absolute())
    if not planning:
        config |= {"named": order.named, **({"approve": order.approve} if order.approve else {})}
    result = job.execute_in_process(
        run_config={"ops": {plan_name(entity) if planning else entity: {"config": config}}, "loggers": SILENCE},
        partition_key=None if planning else partition_at(declared.cadence, now),
        instance=opened,
        raise_on_error=False,
        tags={**TAGS, SCHEDULED_FOR: now.isoformat()} if order.scheduled else TAGS,
    )
    if _interrupted(result):
        raise KeyboardInterrupt
    if report := desk.reports.get(entity):
        unasked = [f"a check could not be asked: {_told(result)}"] if not result.success and _done(report) else []
        said = [*([report.message] if report.message else []), *unasked, *desk.remarks.pop(entity, ())]
        return replace(report, message="; ".join(said) or None)
    return _failure(order, entity, result.run_id, "unexpected", _told(result))


def _interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Dagster makes a failed step of Ctrl-C; whoever pressed it means the whole command."""
    errors = (event.step_failure_data.error for event in result.get_step_failure_events())
    return any(error is not None and error.cls_name in INTERRUPTIONS for error in errors)


def _told(result: dg.ExecuteInProcessResult) -> str:
    for event in result.get_step_failure_events():
        data = event.step_failure_data
        if data.user_failure_data and data.user_failure_data.description:
            return data.user_failure_data.description
        if data.error:
            return data.error.message.strip()
    return "the run failed before its first step, and nothing was sent; its log is in Dagster: `concord ui`"


def _done(report: Report) -> bool:
    """Whether what refers to the entity may run: refused records keep nobody else from it."""
    return report.error is None and report.status not in ("held", "skipped")


def _not_run(order: Order, entity: str, in_the_way: list[Report]) -> Report:
    names = " and ".join(report.entity for report in in_the_way)
    if all(report.status == "skipped" for report in in_the_way):
        why = "; ".join(dict.fromkeys(report.message or "" for report in in_the_way))
        report = _failure(order, entity, "", "", f"not run, because {names} was skipped: {why}")
        return replace(report, status="skipped", error=None)
    message = f"not run, because {names} did not get through; mend that and run again"
    return _failure(order, entity, "", "upstream_failed", message)


def _failure(order: Order, entity: str, run_id: str, error: str, message: str) -> Report:
    # DuckDB and Arrow come along
    from pipelines.telling.report import Report

    return Report(
        entity=entity,
        run_id=run_id,
        mode=order.mode,
        scope=order.scope,
        status="failure",
        started_at=datetime.now(UTC),
        seconds=0.0,
        error=error,
        message=message,
    )
