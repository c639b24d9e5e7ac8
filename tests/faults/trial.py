"""One schedule of faults tried: a run that meets them, runs until all is quiet, and where the org differs then."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

from pipelines.entity import Entity
from pipelines.ports import Source
from pipelines.report import Report
from pipelines.run import Request, Stopped
from resources.warehouse import Warehouse
from tests.faults.courses import AnyPlan, Course
from tests.faults.inside import Inside, inside
from tests.faults.kinds import Call
from tests.faults.outside import HeldOpen, outside
from tests.faults.wire import Schedule, Wire
from tests.runs.place import run_id, run_once

MOST_RUNS = 8
YESTERDAY = timedelta(days=1)


@dataclass(frozen=True)
class Trial:
    """What came of one schedule: its calls in order, the numbers of those that met a fault, and what is wrong."""

    course: Course
    schedule: Schedule
    calls: tuple[Call, ...]
    met: tuple[int, ...]
    runs: int
    wrong: tuple[str, ...]


class Stage:
    """A home and an org before the run that is tried, kept apart so that each schedule starts from the same."""

    def __init__(self, folder: Path, course: Course) -> None:
        self.course = course
        self.plan = course.plan
        self._start = folder / "start"
        self.now = folder / "now"
        self._start.mkdir(parents=True)
        self._held: dict[str, HeldOpen] = {}
        with inside(self._start / "org") as org, ExitStack() as stack:
            self._stack = stack
            self.plan.get_ready(org, lambda entity, source: self._calm(org, entity, source, late=-YESTERDAY))
            report = self._calm(org, self.plan.entity, self.plan.source(), mode="plan")
            self.meant = self.plan.meant(org)
        assert (report.outcomes, report.error) == (self.plan.outcomes, None)

    def _calm(
        self,
        org: Inside,
        entity: Entity,
        source: Source,
        *,
        mode: Literal["plan", "sync"] = "sync",
        late: timedelta = timedelta(0),
    ) -> Report:
        if entity.name not in self._held:
            warehouse = HeldOpen(Warehouse(self._start, entity.name), published_too=entity is not self.plan.entity)
            self._held[entity.name] = warehouse
            self._stack.callback(warehouse.close)
        with outside(
            org, Wire(org, {}), source, self._held[entity.name], self.course.route, self._start, late=late
        ) as world:
            return run_once(entity, world, Request(run_id=run_id(), mode=mode), approved=True)

    @cached_property
    def undisturbed(self) -> Trial:
        """The stroke that nothing disturbs."""
        return self.trial({})

    def set(self) -> None:
        """All is as before the run."""
        shutil.rmtree(self.now, ignore_errors=True)
        shutil.copytree(self._start, self.now)

    @contextmanager
    def warehouse(self) -> Iterator[HeldOpen]:
        held = HeldOpen(Warehouse(self.now, self.plan.name))
        try:
            yield held
        finally:
            held.close()

    def trial(self, schedule: Schedule, *, edited_at: int | None = None) -> Trial:
        """The schedule from the start. A person edits before the first call that meets a fault, or before this one."""
        self.set()
        with inside(self.now / "org") as org, self.warehouse() as warehouse:
            wire = Wire(org, schedule, (self.plan.sobject, self.plan.taken_away))
            wire.before = editing(org, self.plan, edited_at or min(schedule, default=1))
            runs, wrong = self.until_quiet(org, wire, warehouse)
        return Trial(self.course, schedule, tuple(wire.calls), tuple(wire.met), runs, wrong)

    def until_quiet(self, org: Inside, wire: Wire, warehouse: Warehouse | HeldOpen) -> tuple[int, tuple[str, ...]]:
        """The number of runs until one had nothing to do, and all that is wrong then."""
        wrong: list[str] = []
        runs = 0
        status = ""
        while status != "nothing_to_do" and runs < MOST_RUNS:
            runs += 1
            report = once(self.course, org, wire, warehouse, self.now, late=self._pause * runs)
            wrong += amiss(report, len(self.plan.rows))
            status = report.status
        if status != "nothing_to_do":
            wrong.append(f"not quiet after {runs} runs")
        elif self.plan.entity.life:
            report = once(self.course, org, Wire(org, {}), warehouse, self.now, again=True, late=timedelta(hours=1))
            wrong += [] if report.status == "nothing_to_do" else [f"{report.status} when all is compared again"]
        return runs, (*wrong, *self.differences(org))

    @property
    def _pause(self) -> timedelta:
        """Between runs; what was sent to mailboxes and is not told yet is waited for."""
        return timedelta(minutes=6) if self.plan.entity.both else timedelta(0)

    def differences(self, org: Inside) -> list[str]:
        """Where the org is not as the oracle has it."""
        found, twice = self.plan.found(org)
        said = [f"{twice} records twice"] if twice else []
        for key in sorted(found.keys() | self.meant.keys()):
            have, want = found.get(key), self.meant.get(key)
            if have is None or want is None:
                said.append(f"{key} {'is missing' if have is None else 'should not be there'}")
                continue
            said += [f"{key}.{name} is {have[name]!r}, not {want[name]!r}" for name in want if have[name] != want[name]]
        return said


def once(
    course: Course,
    org: Inside,
    wire: Wire,
    warehouse: Warehouse | HeldOpen,
    home: Path,
    *,
    again: bool = False,
    late: timedelta = timedelta(0),
) -> Report:
    """The report of one run, whatever its plan was. `again`: every row is read and compared; `late`: so much later."""
    with outside(org, wire, course.plan.source(), warehouse, course.route, home, late=late) as world:
        request = Request(run_id=run_id(), scope="all" if again else "changed")
        try:
            return run_once(course.plan.entity, world, request, approved=True)
        except Stopped as stopped:
            return stopped.report


def amiss(report: Report, rows: int) -> list[str]:
    """What is wrong with the report of a run. `rows`: as many as it should tell of; 0 where it reads changes."""
    told = sum(report.outcomes.values())
    said = []
    if report.outcomes and (told != (rows or told) or report.extracted != told):
        said.append(f"{told} outcomes of {rows} rows: {report.outcomes}")
    if rows and not report.outcomes and report.status != "failure":
        said.append(f"{report.status} without outcomes")
    if report.status in ("success", "nothing_to_do") and (report.error or report.outcomes.get("failed")):
        said.append(f"{report.status} although {report.error or report.reasons}")
    return said


def editing(org: Inside, plan: AnyPlan, moment: int) -> Callable[[int], None]:
    """A person edits just before that call."""

    def edit(number: int) -> None:
        if number == moment:
            plan.edit(org)

    return edit
