"""One run of one entity: extract, snapshot, link, reconcile, plan, gate, load, verify, record, in this order.

`Sync` is used in two strokes, so that a caller can look at the plan in between: `prepare` gives the plan and writes
nothing to the CRM, `carry_out` loads it. What each step does is in the module of its name.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from pipelines import memory
from pipelines.binding import Bound, bind
from pipelines.entity import Entity
from pipelines.load import Loader
from pipelines.outcomes import RETRY_SCOPE_SQL, TABLE, UNRESOLVED_SQL, Phase, other_outcomes_sql, scope_outcomes_sql
from pipelines.plan import AGREED_SQL, WITHIN_AGREED_SQL, Plan, read_plan
from pipelines.ports import Crm, SourceError, SystemicError
from pipelines.reading import Extracted, extract, land, set_now, snapshot
from pipelines.record import record, record_links, write_outcomes, write_run
from pipelines.report import Report, status_of
from pipelines.run import Request, Stopped, Warehouse, World
from pipelines.scope import Keys, Slice
from pipelines.settle import settle
from pipelines.thinking import Wish, think
from pipelines.verify import NOT_VERIFIED, Verified, verify

__all__ = ["Plan", "Report", "Request", "Stopped", "Sync", "Warehouse", "World"]

ROUNDS = 3
"""How often rows whose answer got lost, or that were locked, are read and planned again within one run."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run knows once it has a plan."""

    crm: Crm
    bound: Bound
    extracted: Extracted
    plan: Plan


class Sync:
    """One run. A context: the entity is locked inside it.

    `prepare` raises `Stopped` when there can be no plan. `carry_out` always gives the report: of a plan that was only
    to be seen, of one that a gate holds, or of the load; what stopped a load half-way is in it.
    """

    def __init__(self, entity: Entity, world: World, request: Request) -> None:
        self.entity = entity
        self.world = world
        self.request = request
        self._started_at = world.clock()
        self._clock_start = time.monotonic()
        self._stack = ExitStack()
        self._crm: Crm | None = None
        self._prepared: Prepared | None = None

    def __enter__(self) -> Self:
        try:
            self._stack.enter_context(self.world.warehouse.lock())
        except SystemicError as error:
            raise Stopped(self._failure(error.code, str(error))) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def prepared(self) -> Prepared:
        """The plan and what it was made from."""
        if self._prepared is None:
            raise RuntimeError("prepare() comes first")
        return self._prepared

    @property
    def bound(self) -> Bound:
        """The entity with what the org says of its fields."""
        return self.prepared.bound

    def prepare(self) -> Plan:
        """The plan, in the entity's file. Nothing is written to the CRM."""
        try:
            self._prepared = self._prepare()
        except (SystemicError, SourceError) as error:
            raise Stopped(self._remembered(self._failure(error.code, str(error)))) from error
        except KeyboardInterrupt:
            self._remembered(self._failure("interrupted", "interrupted before anything was written"))
            raise
        return self._prepared.plan

    def _prepare(self) -> Prepared:
        world, warehouse = self.world, self.world.warehouse
        world.progress("extract", 0, None)
        land(self.entity, world.source, warehouse.path, warehouse.open, world.progress)
        self._crm = crm = world.crm()
        bound = bind(self.entity, crm.describe(self.entity.target.sobject))
        self._stay_in_org(crm.org_id)
        settle(bound, crm, warehouse.open, world.progress)
        with warehouse.open() as con:
            extracted = extract(bound, con, self._started_at)
        world.progress("snapshot", 0, None)
        everything = self.request.scope == "all"
        snapshot(bound, crm, warehouse, world.clock(), world.progress, everything=everything)
        world.progress("plan", 0, None)
        with self._opened() as con:
            think(con, bound, self._wish(con), self._published())
            con.execute("create or replace table work.asked as from work.scope")
            con.execute("create or replace table work.asked_link as from work.link")
            con.execute("create or replace table work.asked_refs as select fold, ref_hash from work.rows")
            con.execute("create or replace table work.waited (fold varchar)")
            con.execute(TABLE)
            con.execute("create or replace table work.asked_blocked as from work.blocked")
            con.execute(AGREED_SQL)
            plan = read_plan(
                con,
                bound,
                rows_before=extracted.rows_before,
                rows_now=extracted.rows,
                columns_lost=len(extracted.lost),
                batching=world.batching,
            )
        return Prepared(crm, bound, extracted, plan)

    def _stay_in_org(self, org_id: str) -> None:
        """The entity's file belongs to the org it first met: its links and snapshot mean nothing in another."""
        with self.world.warehouse.open() as con:
            known = memory.read(con, "org")
            if known is None:
                memory.write(con, "org", org_id)
        if known not in (None, org_id):
            raise SystemicError(
                "another_org",
                f"{self.world.warehouse.path} belongs to org {known}, the settings name org {org_id}:"
                " give each org a CONCORD_HOME of its own",
            )

    def carry_out(self) -> Report:
        """The report of the run, which is recorded and published if the entity's file can be written at all."""
        try:
            return self._carried_out()
        except SystemicError as error:
            return self._failure(error.code, str(error))

    def _carried_out(self) -> Report:
        plan = self.prepared.plan
        if self.request.mode == "plan":
            return self._conclude("planned")
        if plan.obstacles(self.request.approve):
            return self._conclude("held")
        try:
            stopped = self._load()
            checked = NOT_VERIFIED
            if stopped is None and plan.cells:
                checked = verify(self.bound, self.prepared.crm, self.world.warehouse.open, self.request.run_id)
        except SystemicError as error:
            return self._conclude("loaded", error)
        except KeyboardInterrupt:
            with self._opened() as con:
                self._judge(con, "loaded")
            self._conclude("loaded", SystemicError("interrupted", "interrupted during the load; the next run goes on"))
            raise
        return self._conclude("loaded", stopped, checked)

    def _load(self) -> SystemicError | None:
        """The plan is loaded, and what got lost or was locked has been read and planned again a few times."""
        ready, warehouse = self.prepared, self.world.warehouse
        for attempt in range(ROUNDS + 1):
            loader = Loader(
                bound=ready.bound,
                crm=ready.crm,
                open=warehouse.open,
                run_id=self.request.run_id,
                plan_hash=ready.plan.hash,
                progress=self.world.progress,
                batching=self.world.batching,
            )
            stopped = None
            try:
                loader.load()
            except SystemicError as error:
                stopped = error
            with self._opened() as con:
                self._judge(con, "loaded")
                record_links(con)
                unresolved = con.execute(UNRESOLVED_SQL).fetchall()[0][0]
            if stopped or not unresolved or attempt == ROUNDS:
                return stopped
            self.world.sleep(random.uniform(0.5, 1.5) * 2**attempt)  # noqa: S311 - jitter, not a secret
            snapshot(ready.bound, ready.crm, warehouse, self.world.clock(), self.world.progress)
            with self._opened() as con:
                con.execute(RETRY_SCOPE_SQL)
                again = Wish(None, creates=self._may_create(), releases=True)
                think(con, ready.bound, again, self._published())
                for statement in WITHIN_AGREED_SQL:
                    con.execute(statement)
        return None

    def _conclude(self, phase: Phase, stopped: SystemicError | None = None, checked: Verified = NOT_VERIFIED) -> Report:
        """The run is recorded and published."""
        with self._opened() as con:
            con.execute("begin")
            if phase != "loaded":
                self._judge(con, phase)
            for statement in other_outcomes_sql(self.bound, self.request.scope):
                con.execute(statement)
            if phase == "loaded":
                record(con, self.bound, everything=self._compares_everything(con) and stopped is None)
            report = self._counted(con, phase, stopped, checked)
            write_outcomes(con, self.bound)
            write_run(con, report)
            con.execute("commit")
        self.world.warehouse.publish()
        return report

    def _judge(self, con: duckdb.DuckDBPyConnection, phase: Phase) -> None:
        for statement in scope_outcomes_sql(self.bound, phase, creates=self._may_create()):
            con.execute(statement)

    def _counted(
        self, con: duckdb.DuckDBPyConnection, phase: Phase, stopped: SystemicError | None, checked: Verified
    ) -> Report:
        """The report, with the counts of `work.outcomes`."""
        plan = self.prepared.plan
        outcomes = dict(con.execute("select outcome, count(*) from work.outcomes group by all order by 1").fetchall())
        reasons = dict(
            con.execute(
                "select outcome || ': ' || reason, count(*) from work.outcomes"
                " where reason is not null group by all order by 1"
            ).fetchall()
        )
        extracted = sum(outcomes.values())
        held = phase == "held" or (phase == "planned" and bool(plan.obstacles(self.request.approve)))
        status = status_of(
            outcomes=outcomes, extracted=extracted, cells=plan.cells, held=held, stopped=stopped is not None
        )
        return replace(
            self._blank(),
            status=status,
            extracted=extracted,
            outcomes=outcomes,
            reasons=reasons,
            cells=plan.cells,
            planned_calls=plan.cost,
            plan_hash=plan.hash,
            gates=plan.gates,
            verified=checked.records,
            differing=checked.differing,
            ignored_columns=self.prepared.extracted.ignored,
            error=stopped.code if stopped else None,
            message=str(stopped) if stopped else None,
        )

    def _failure(self, code: str, message: str) -> Report:
        return replace(self._blank(), error=code, message=message)

    def _blank(self) -> Report:
        """What is true of the run whatever came of it."""
        return Report(
            entity=self.entity.name,
            run_id=self.request.run_id,
            mode=self.request.mode,
            scope=str(self.request.scope),
            status="failure",
            started_at=self._started_at,
            seconds=time.monotonic() - self._clock_start,
            api_calls=self._crm.calls if self._crm else 0,
        )

    def _remembered(self, report: Report) -> Report:
        """The failed run is in the history, if the file can be written at all."""
        if report.error not in ("newer_file", "file_unusable", "disk_full"):
            with self._opened() as con:
                write_run(con, report)
            if self.world.warehouse.published(self.entity.name):
                self.world.warehouse.publish()
        return report

    def _wish(self, con: duckdb.DuckDBPyConnection) -> Wish:
        scope = self.request.scope
        return Wish(
            scope="all" if self._compares_everything(con) else scope,
            creates=self._may_create(),
            hold_twins=self.request.create_missing and not isinstance(scope, Keys),
            releases=scope == "all",
        )

    def _compares_everything(self, con: duckdb.DuckDBPyConnection) -> bool:
        """Scope `all`, or `changed` after the declaration changed: what was settled under the old one is open again."""
        if isinstance(self.request.scope, Slice | Keys):
            return False
        return self.request.scope == "all" or memory.read(con, "declaration") != self.entity.fingerprint

    def _may_create(self) -> bool:
        wanted = self.entity.create
        return wanted == "scheduled" or (wanted == "on_request" and self.request.create_missing)

    def _published(self) -> dict[str, Path]:
        found = {name: self.world.warehouse.published(name) for name in self.entity.depends_on}
        return {name: path for name, path in found.items() if path}

    @contextmanager
    def _opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The file, on a connection that knows the run: its id and its one time."""
        with self.world.warehouse.open() as con:
            set_now(con, self._started_at)
            con.execute("set variable run_id = ?", [self.request.run_id])
            yield con
