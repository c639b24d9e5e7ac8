"""One run of one entity: extract, snapshot, link, reconcile, plan, gate, load, verify, record, in this order.

`Sync` is used in two strokes, so that a caller can look at the plan in between: `prepare` gives the plan and writes
nothing to the CRM, `carry_out` loads it. What each step does is in the module of its name.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

import duckdb

from pipelines import memory
from pipelines.binding import Bound, bind
from pipelines.entity import Entity
from pipelines.load import Loader
from pipelines.outcomes import RETRY_SCOPE_SQL, TABLE, UNRESOLVED_SQL, Phase, other_outcomes_sql, scope_outcomes_sql
from pipelines.plan import Plan, read_plan
from pipelines.ports import Clock, Crm, Progress, Source, SourceError, SystemicError
from pipelines.reading import Extracted, extract, land, set_now, snapshot
from pipelines.record import record, record_links, write_outcomes, write_run
from pipelines.report import Report, status_of
from pipelines.scope import Keys, Scope, Slice
from pipelines.settle import settle
from pipelines.thinking import Wish, think
from pipelines.verify import Verified, verify

ROUNDS = 3
"""How often rows whose answer got lost, or that were locked, are read and planned again within one run."""


class Warehouse(Protocol):
    """Where an entity's file lives (see `resources/warehouse.py`)."""

    @property
    def path(self) -> Path: ...
    @property
    def spool(self) -> Path: ...
    def published(self, entity: str) -> Path | None: ...
    def lock(self) -> AbstractContextManager[None]: ...
    def open(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]: ...
    def publish(self) -> None: ...


@dataclass(frozen=True)
class World:
    """Everything outside that a run touches."""

    source: Source
    crm: Callable[[], Crm]
    """Connects when it is first needed: a feed that cannot be read costs no call."""
    warehouse: Warehouse
    clock: Clock
    progress: Progress
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Request:
    """What a person or a schedule asked for."""

    run_id: str
    mode: Literal["plan", "sync"] = "sync"
    scope: Scope = "changed"
    create_missing: bool = False
    """An import: rows without a record are created although scheduled runs may not."""
    approve: str | None = None
    """The hash of a plan that a person has seen and wants although gates hold it."""


class Stopped(Exception):
    """The run ended before it had a plan; its report says why."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.message)
        self.report = report


class Sync:
    """One run. A context: the entity is locked inside it.

    `prepare` raises `Stopped` when there can be no plan. `carry_out` always gives the report: of a plan that was only
    to be seen, of one that a gate holds, or of the load; what stopped a load half-way is in it.
    """

    def __init__(self, entity: Entity, world: World, request: Request) -> None:
        self.entity = entity
        self.world = world
        self.request = request
        self.plan: Plan | None = None
        self.extracted: Extracted | None = None
        self._started_at = world.clock()
        self._clock_start = time.monotonic()
        self._stack = ExitStack()
        self._crm: Crm | None = None
        self._bound: Bound | None = None

    def __enter__(self) -> Self:
        try:
            self._stack.enter_context(self.world.warehouse.lock())
        except SystemicError as error:
            raise Stopped(self._report("failure", error=error.code, message=str(error))) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    @property
    def bound(self) -> Bound:
        """The entity with what the org says of its fields; known once prepared."""
        if self._bound is None:
            raise RuntimeError("prepare() comes first")
        return self._bound

    def prepare(self) -> Plan:
        """The plan, in the entity's file. Nothing is written to the CRM."""
        try:
            return self._prepare()
        except (SystemicError, SourceError) as error:
            raise Stopped(self._stopped(error.code, str(error))) from error
        except KeyboardInterrupt:
            self._stopped("interrupted", "interrupted before anything was written")
            raise

    def _prepare(self) -> Plan:
        world, warehouse = self.world, self.world.warehouse
        world.progress("extract", 0, None)
        land(self.entity, world.source, warehouse.path, warehouse.open, world.progress)
        self._crm = crm = world.crm()
        self._bound = bound = bind(self.entity, crm.describe(self.entity.target.sobject))
        settle(bound, crm, warehouse.open, world.progress)
        with warehouse.open() as con:
            self.extracted = extract(bound, con, self._started_at)
        world.progress("snapshot", 0, None)
        snapshot(bound, crm, warehouse.spool, warehouse.open, world.progress)
        world.progress("plan", 0, None)
        with self._thinking() as con:
            think(con, bound, self._wish(con), self._published())
            con.execute("create or replace table work.asked as from work.scope")
            con.execute("create or replace table work.asked_link as from work.link")
            self.plan = read_plan(con, bound, rows_before=self.extracted.rows_before, rows_now=self.extracted.rows)
        return self.plan

    def carry_out(self) -> Report:
        """The report of the run, which is recorded and published."""
        if self.plan is None:
            raise RuntimeError("prepare() comes first")
        if self.request.mode == "plan":
            return self._conclude("planned")
        if self.plan.obstacles(self.request.approve):
            return self._conclude("held")
        try:
            stopped = self._load(self.plan)
        except KeyboardInterrupt:
            self._conclude("loaded", SystemicError("interrupted", "interrupted during the load; the next run goes on"))
            raise
        if stopped:
            return self._conclude("loaded", stopped)
        return self._conclude("loaded", verified=True)

    def _load(self, plan: Plan) -> SystemicError | None:
        """The plan is loaded, and what got lost or was locked has been read and planned again a few times."""
        assert self._crm is not None
        warehouse = self.world.warehouse
        for attempt in range(ROUNDS + 1):
            loader = Loader(self.bound, self._crm, warehouse.open, self.request.run_id, plan.hash, self.world.progress)
            stopped = None
            try:
                loader.load()
            except SystemicError as error:
                stopped = error
            with self._thinking() as con:
                if attempt == 0:
                    con.execute(TABLE)
                self._judge(con, "loaded")
                record_links(con)
                unresolved = con.execute(UNRESOLVED_SQL).fetchall()[0][0]
            if stopped or not unresolved or attempt == ROUNDS:
                return stopped
            self.world.sleep(random.uniform(0.5, 1.5) * 2**attempt)  # noqa: S311 - jitter, not a secret
            try:
                snapshot(self.bound, self._crm, warehouse.spool, warehouse.open, self.world.progress)
            except SystemicError as error:
                return error
            with self._thinking() as con:
                con.execute(RETRY_SCOPE_SQL)
                think(con, self.bound, Wish(None, creates=self._may_create(), releases=True), self._published())
        return None

    def _conclude(self, phase: Phase, stopped: SystemicError | None = None, *, verified: bool = False) -> Report:
        """The run is recorded and published."""
        assert self._crm is not None
        assert self.plan is not None
        checked = Verified(0, 0)
        if verified and self.plan.cells:
            try:
                checked = verify(self.bound, self._crm, self.world.warehouse.open, self.request.run_id)
            except SystemicError as error:
                stopped = error
        with self._thinking() as con:
            con.execute("begin")
            if phase != "loaded":
                con.execute(TABLE)
                self._judge(con, phase)
            for statement in other_outcomes_sql(self.bound, self.request.scope):
                con.execute(statement)
            if phase == "loaded":
                record(con, self.bound, everything=self._compares_everything(con) and stopped is None)
            report = self._counted(con, phase, stopped, checked)
            write_outcomes(con)
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
        outcomes = dict(con.execute("select outcome, count(*) from work.outcomes group by outcome").fetchall())
        reasons = dict(
            con.execute(
                "select outcome || ': ' || reason, count(*) from work.outcomes where reason is not null group by 1 order by 1"
            ).fetchall()
        )
        assert self.plan is not None
        extracted = sum(outcomes.values())
        held = phase == "held" or (phase == "planned" and bool(self.plan.obstacles(self.request.approve)))
        status = status_of(
            outcomes=outcomes, extracted=extracted, cells=self.plan.cells, held=held, stopped=stopped is not None
        )
        return self._report(
            status,
            extracted=extracted,
            outcomes=outcomes,
            reasons=reasons,
            verified=checked,
            error=stopped.code if stopped else None,
            message=str(stopped) if stopped else None,
        )

    def _report(
        self,
        status: Literal["success", "success_with_errors", "failure", "held", "nothing_to_do"],
        *,
        extracted: int = 0,
        outcomes: dict[str, int] | None = None,
        reasons: dict[str, int] | None = None,
        verified: Verified | None = None,
        error: str | None = None,
        message: str | None = None,
    ) -> Report:
        plan = self.plan
        return Report(
            entity=self.entity.name,
            run_id=self.request.run_id,
            mode=self.request.mode,
            scope=str(self.request.scope),
            status=status,
            started_at=self._started_at,
            seconds=time.monotonic() - self._clock_start,
            extracted=extracted,
            outcomes=outcomes or {},
            reasons=reasons or {},
            cells=plan.cells if plan else 0,
            api_calls=self._crm.calls if self._crm else 0,
            planned_calls=plan.cost if plan else 0,
            plan_hash=plan.hash if plan else None,
            gates=plan.gates if plan else (),
            verified=verified.records if verified else 0,
            differing=verified.differing if verified else 0,
            ignored_columns=self.extracted.ignored if self.extracted else (),
            error=error,
            message=message,
        )

    def _stopped(self, code: str, message: str) -> Report:
        """A failed run, in the history if the file can be written at all."""
        report = self._report("failure", error=code, message=message)
        if code not in ("newer_file", "file_unusable", "disk_full"):
            with self.world.warehouse.open() as con:
                con.execute("set variable run_id = ?", [self.request.run_id])
                write_run(con, report)
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

    def _thinking(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        return _with_run(self.world.warehouse.open(), self._started_at, self.request.run_id)


@contextmanager
def _with_run(
    opened: AbstractContextManager[duckdb.DuckDBPyConnection], now: datetime, run_id: str
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that knows the run: its id and its one time."""
    with opened as con:
        set_now(con, now)
        con.execute("set variable run_id = ?", [run_id])
        yield con
