"""From the feed and the org to a plan in the entity's file: nothing is written to the CRM."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from pipelines import memory
from pipelines.errand import Errand
from pipelines.linking.scope import Keys
from pipelines.loading.meanwhile import NOBODY
from pipelines.loading.plan import AGREED_SQL, Plan, read_plan
from pipelines.loading.settle import settle
from pipelines.ports.crm import Crm
from pipelines.ports.world import SystemicError
from pipelines.reading.beside import read_beside
from pipelines.reading.binding import Bound
from pipelines.reading.looked_up import look_up
from pipelines.reading.looking import look
from pipelines.reading.reading import Extracted, extract, land, snapshot
from pipelines.reading.reading_changes import land_changes
from pipelines.reading.since import Reading, known_of, reading_of, tells_changes
from pipelines.reconciling.thinking import Wish, think
from pipelines.run import Warehouse
from pipelines.telling.outcomes import TABLE

ASKED = (
    "create or replace table work.asked as from work.scope",
    "create or replace table work.asked_link as from work.link",
    "create or replace table work.asked_refs as select fold, ref_hash from work.rows",
    "create or replace table work.asked_blocked as from work.blocked",
    "create or replace table work.waited (fold varchar)",
    NOBODY,
    TABLE,
    AGREED_SQL,
)
"""What the plan knew, for the end of the run: rounds that read and plan again have tables of their own."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run knows once it has a plan."""

    crm: Crm
    bound: Bound
    extracted: Extracted
    plan: Plan
    reading: Reading | None = None
    """How a source that can tell what changed was read."""


def prepare(errand: Errand, connect: Callable[[], Crm]) -> Prepared:
    """The plan is in the entity's file. Raises SourceError or SystemicError where there can be none."""
    entity, world = errand.entity, errand.world
    warehouse, progress = world.warehouse, world.progress
    everything = errand.request.scope == "all"
    content = world.source.fingerprint(entity.source)  # a feed that is not there costs no call
    crm = connect()
    bound, seen = look(errand, crm)
    stay_in_org(warehouse, crm.org_id)
    settle(bound, crm, warehouse.open, progress)
    progress("extract", 0, None)
    reading = how_to_read(errand)
    anew = everything or (reading is not None and reading.since is None)
    look_up(bound, crm, warehouse, everything=everything, seen=seen)  # a source may be asked by whom the org knows
    if entity.both and reading:
        land_changes(errand, bound, reading)
    else:
        read_beside(entity, world, everything=anew)
        reading = land(entity, world, content, reading)
    with warehouse.open() as con:
        extracted = extract(bound, con, errand.started_at)
    progress("snapshot", 0, None)
    snapshot(bound, crm, world, everything=everything, seen=seen)
    progress("plan", 0, None)
    with errand.opened() as con:
        think(con, bound, wish_of(errand, con), errand.published())
        for statement in ASKED:
            con.execute(statement)
        plan = read_plan(
            con,
            bound,
            rows_before=extracted.rows_before,
            rows_now=extracted.rows,
            columns_lost=len(extracted.lost),
            batching=world.batching,
        )
    return Prepared(crm, bound, extracted, plan, reading)


def how_to_read(errand: Errand) -> Reading | None:
    """Since when the source is read; None where it can only be read whole."""
    if not tells_changes(errand.entity):
        return None
    with errand.world.warehouse.open() as con:
        known = known_of(con, errand.entity)
    return reading_of(known, everything=errand.request.scope == "all", now=errand.started_at)


def stay_in_org(warehouse: Warehouse, org_id: str) -> None:
    """The entity's file belongs to the org it first met: its links and snapshot mean nothing in another."""
    with warehouse.open() as con:
        known = memory.read(con, "org")
        if known is None:
            memory.write(con, "org", org_id)
    if known not in (None, org_id):
        raise SystemicError(
            "another_org",
            f"{warehouse.path} belongs to org {known}, the settings name org {org_id}:"
            " give each org a CONCORD_HOME of its own",
        )


def wish_of(errand: Errand, con: duckdb.DuckDBPyConnection) -> Wish:
    """What the request means for the thinking."""
    scope = errand.request.scope
    return Wish(
        scope="all" if errand.compares_everything(con) else scope,
        creates=errand.may_create,
        hold_twins=errand.request.create_missing and not isinstance(scope, Keys),
        releases=scope == "all",
        excepted=errand.request.excepted,
    )
