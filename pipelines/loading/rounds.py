"""A load in rounds: what got lost or was locked is read and planned again a few times, within what was agreed to."""

from __future__ import annotations

import random

from pipelines.both_sides.accord import agreed_now_sql
from pipelines.both_sides.moved import REMEMBER
from pipelines.both_sides.removal import Removal
from pipelines.both_sides.write_back import WriteBack
from pipelines.errand import Errand
from pipelines.loading.load import Loader
from pipelines.loading.plan import WITHIN_AGREED_SQL
from pipelines.ports.world import SystemicError
from pipelines.prepare import Prepared
from pipelines.reading.reading import snapshot
from pipelines.reconciling.thinking import Wish, think
from pipelines.telling.outcomes import RETRY_SCOPE_SQL, UNRESOLVED_SQL
from pipelines.telling.record import record_links

ROUNDS = 3
"""How often rows whose answer got lost, or that were locked, are read and planned again within one run."""


def load_in_rounds(errand: Errand, ready: Prepared) -> SystemicError | None:
    """The plan is loaded as far as it could be; returns what stopped it, if anything did."""
    with errand.opened() as con:
        for statement in REMEMBER if ready.bound.entity.both else ():
            con.execute(statement)
    if stopped := _beside_cells(errand, ready):
        with errand.opened() as con:
            errand.judge(con, ready.bound, "loaded")
        return stopped
    for attempt in range(ROUNDS + 1):
        stopped = _load(errand, ready)
        with errand.opened() as con:
            errand.judge(con, ready.bound, "loaded")
            record_links(con)
            for statement in agreed_now_sql(ready.bound) if ready.bound.entity.both else ():
                con.execute(statement)
            unresolved = con.execute(UNRESOLVED_SQL).fetchall()[0][0]
        if stopped or not unresolved or attempt == ROUNDS:
            return stopped
        errand.world.sleep(random.uniform(0.5, 1.5) * 2**attempt)  # noqa: S311 - jitter, not a secret
        _plan_again(errand, ready)
    return None


def _beside_cells(errand: Errand, ready: Prepared) -> SystemicError | None:
    """The source is written back to, and records are deleted, where the plan says so; once, before all else."""
    world, back = errand.world, errand.world.back
    if not ready.bound.entity.both or back is None:
        return None
    run, plan_hash = errand.request.run_id, ready.plan.hash
    try:
        WriteBack(ready.bound, back, errand.opened, run, plan_hash, world.progress, world.clock).load()
        Removal(ready.bound, ready.crm, world.warehouse.open, run, plan_hash).load()
    except SystemicError as error:
        return error
    return None


def _load(errand: Errand, ready: Prepared) -> SystemicError | None:
    world = errand.world
    loader = Loader(
        bound=ready.bound,
        crm=ready.crm,
        open=world.warehouse.open,
        run_id=errand.request.run_id,
        plan_hash=ready.plan.hash,
        progress=world.progress,
        batching=world.batching,
    )
    try:
        loader.load()
    except SystemicError as error:
        return error
    return None


def _plan_again(errand: Errand, ready: Prepared) -> None:
    snapshot(ready.bound, ready.crm, errand.world)
    with errand.opened() as con:
        con.execute(RETRY_SCOPE_SQL)
        think(con, ready.bound, Wish(None, creates=errand.may_create, releases=True, whole=False), errand.published())
        for statement in WITHIN_AGREED_SQL:
            con.execute(statement)
