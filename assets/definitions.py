"""Everything that Dagster is to know, made from the entities there are. `workspace.yaml` names `defs`.

It is imported by every Dagster process, so it stays light: whatever a run needs is imported by the run.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import dagster as dg

from assets.automation import jobs, schedules
from assets.declarations import entities
from assets.making.asset import entity_asset
from assets.making.checks import entity_checks
from assets.making.desk import Desk
from assets.making.plan_asset import plan_asset
from assets.making.watch import watch_over_runs
from pipelines.declaring.entity import Entity


def definitions(desk: Desk, declared: Mapping[str, Entity] | None = None) -> dg.Definitions:
    """All assets, checks, jobs and schedules of the declared entities, or of those that are given.

    Their runs take settings from the desk and leave their reports there.
    """
    declared = declared or entities()
    with warnings.catch_warnings():
        # single-run backfills and mappings of partitions are still called beta; the lock file holds Dagster's version
        warnings.simplefilter("ignore", dg.BetaWarning)
        assets = [make(entity) for entity in declared.values() for make in (entity_asset, plan_asset)]
    return dg.Definitions(
        assets=assets,
        asset_checks=[entity_checks(entity) for entity in declared.values()],
        jobs=jobs(declared),
        schedules=schedules(declared),
        sensors=[watch_over_runs()],
        resources={"desk": desk},
        executor=dg.in_process_executor,
    )


defs = definitions(Desk())
