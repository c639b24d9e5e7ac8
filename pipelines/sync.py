"""One run of one entity: extract, snapshot, link, reconcile, plan, gate, load, verify, record, in this order.

`Sync` is used in two strokes, so that a caller can look at the plan in between: `prepare` gives the plan and writes
nothing to the CRM, `carry_out` loads it. What each step does is in the module of its name.
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

import duckdb

from pipelines.both_sides.record_both import record_both
from pipelines.declaring.entity import Entity
from pipelines.errand import Errand
from pipelines.linking.scope import covers_everything
from pipelines.loading.ledger import settle_at
from pipelines.loading.plan import Plan
from pipelines.loading.rounds import load_in_rounds
from pipelines.loading.verify import NOT_VERIFIED, Verified, verify
from pipelines.ports.crm import Crm
from pipelines.ports.world import SourceError, SourceNotSet, SystemicError
from pipelines.prepare import Prepared, prepare
from pipelines.reading.binding import Bound
from pipelines.reading.delivery import accept, remember_held
from pipelines.reading.reading_changes import keep_cursor
from pipelines.reading.since import SUCCESSES, go_on_from
from pipelines.reading.starting import hindrance
from pipelines.run import Request, Stopped, Warehouse, World
from pipelines.telling.outcomes import TOLD_BEFORE_SQL, TRIED_SQL, Phase, other_outcomes_sql
from pipelines.telling.record import record, write_outcomes, write_run
from pipelines.telling.report import UNEXPECTED, Counts, Report, status_of

__all__ = ["Plan", "Report", "Request", "Stopped", "Sync", "Warehouse", "World"]


class Sync:
    """One run. A context: the entity is locked inside it.

    `prepare` raises `Stopped` when there can be no plan, or when the run may not start. `carry_out` always gives the
    report: of a plan that was only to be seen, of one that a gate holds, or of the load; what stopped a load half-way
    is in it.
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
            if error.code == "already_running" and self.request.scheduled_for:
                raise Stopped(self._skipped(str(error))) from error  # the file is in use: there it cannot be told
            raise Stopped(self._failure(error.code, str(error))) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, Exception) and not isinstance(error, Stopped):
                what = f"{type(error).__module__}.{type(error).__name__}"  # its text may hold a value of a row
                with suppress(SystemicError, duckdb.Error):  # the file may be what it is about
                    self._remembered(self._failure("unexpected", f"unexpected {what}, {UNEXPECTED}"))
        finally:
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
            if why := hindrance(self._errand, self._connect):
                raise Stopped(self._remembered(self._skipped(why)))
            self._prepared = prepare(self._errand, self._connect)
        except SourceNotSet as error:
            told = self._failure(error.code, str(error)) if self.request.named else self._skipped(str(error))
            raise Stopped(self._remembered(told)) from error
        except (SystemicError, SourceError) as error:
            raise Stopped(self._remembered(self._failure(error.code, str(error)))) from error
        except KeyboardInterrupt:
            self._remembered(self._failure("interrupted", "interrupted before anything was written"))
            raise
        return self._prepared.plan

    def _connect(self) -> Crm:
        self._crm = self._crm or self.world.crm()
        return self._crm

    @property
    def _errand(self) -> Errand:
        return Errand(self.entity, self.world, self.request, self._started_at)

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
        with self._errand.opened() as con:
            accept(con, self.bound)
        try:
            stopped = load_in_rounds(self._errand, self.prepared)
            checked = NOT_VERIFIED
            if stopped is None and plan.writes:
                if not self.entity.both:  # of two sides the next run reads all that was written, and soon
                    checked = verify(self.bound, self.prepared.crm, self.world.warehouse.open, self.request.run_id)
                with self._errand.opened() as con:
                    settle_at(con, self.request.run_id, self.prepared.crm.answered_at)
        except SystemicError as error:
            return self._conclude("loaded", error)
        except KeyboardInterrupt:
            with self._errand.opened() as con:
                self._errand.judge(con, self.bound, "loaded")
            self._conclude("loaded", SystemicError("interrupted", "interrupted during the load; the next run goes on"))
            raise
        return self._conclude("loaded", stopped, checked)

    def _conclude(self, phase: Phase, stopped: SystemicError | None = None, checked: Verified = NOT_VERIFIED) -> Report:
        """The run is recorded and published."""
        with self._errand.opened() as con:
            con.execute("begin")
            if phase != "loaded":
                self._errand.judge(con, self.bound, phase)
            for statement in other_outcomes_sql(self.request.scope):
                con.execute(statement)
            if phase == "held":
                remember_held(con, self.bound)
            if phase == "loaded":
                record(con, self.bound, everything=self._errand.compares_everything(con) and stopped is None)
                if self.entity.both:
                    everything = stopped is None and covers_everything(self.request.scope)
                    record_both(con, self.bound, everything=everything, wrote=self.prepared.plan.writes)
            report = self._counted(con, phase, stopped, checked)
            if phase == "loaded" and report.status in SUCCESSES:
                go_on_from(con)
                keep_cursor(con)
            write_outcomes(con, self.bound, phase)
            write_run(con, report)
            con.execute("commit")
        self.world.warehouse.publish()
        return report

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
        written, refused = con.execute(TRIED_SQL).fetchall()[0]
        known = con.execute(TOLD_BEFORE_SQL).fetchall()[0][0] if phase == "loaded" else 0
        counts = Counts(extracted, outcomes.get("failed", 0), written, refused, known)
        status = status_of(counts, writes=plan.writes, held=held, stopped=stopped is not None)
        return replace(
            self._blank(),
            status=status,
            extracted=extracted,
            outcomes=outcomes,
            reasons=reasons,
            cells=plan.cells,
            removals=plan.removals,
            planned_calls=plan.cost,
            source=plan.back.as_json() if plan.back else None,
            plan_hash=plan.hash,
            gates=plan.gates,
            verified=checked.records,
            differing=checked.differing,
            ignored_columns=self.prepared.extracted.ignored,
            vanished=con.execute("select count(*) from vanished_rows").fetchall()[0][0],
            reading=str(self.prepared.reading) if self.prepared.reading else None,
            error=stopped.code if stopped else None,
            message=str(stopped) if stopped else None,
        )

    def _failure(self, code: str, message: str) -> Report:
        return replace(self._blank(), error=code, message=message)

    def _skipped(self, why: str) -> Report:
        return replace(self._blank(), status="skipped", message=why)

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
            scheduled_for=self.request.scheduled_for,
        )

    def _remembered(self, report: Report) -> Report:
        """The run that came to nothing is in the history, if the file can be written at all."""
        warehouse = self.world.warehouse
        if report.error not in ("newer_file", "file_unusable", "disk_full"):
            with self._errand.opened() as con:
                write_run(con, report)
            if warehouse.published(self.entity.name):
                if report.status == "skipped":
                    warehouse.publish_skipped(json.dumps(report.as_json()))
                else:
                    warehouse.publish()
        return report
