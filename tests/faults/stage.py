"""Where schedules are tried: a home and an org before the run that is tried, from which each trial begins anew.

A trial can also go on from between two runs of another one (`held`): a run is a process of its own, which knows nothing
but what the entity's file and the org say.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pipelines.declaring.entity import Entity
from pipelines.ports.source import Source
from pipelines.run import Request
from pipelines.telling.report import Report
from resources.warehouse import Warehouse
from tests.faults.courses import AnyPlan, Course
from tests.faults.far_end import Trouble
from tests.faults.fingerprint import Before, Fingerprints, as_it_is
from tests.faults.inside import inside
from tests.faults.opened import Held, Opened
from tests.faults.outside import HeldOpen, outside
from tests.faults.trial import MOST_RUNS, Future, Futures, Run, Trial, amiss, differences, editing, once
from tests.faults.wire import Schedule, Wire
from tests.runs.place import run_id, run_once

YESTERDAY = timedelta(days=1)


@dataclass
class Stage:
    """A home and an org before the run that is tried, kept apart so that each schedule starts from the same."""

    folder: Path
    course: Course
    meant: dict[str, dict[str, Any]]
    """How the org should end."""
    before: Before

    @property
    def plan(self) -> AnyPlan:
        return self.course.plan

    @property
    def now(self) -> Path:
        return self.folder / "now"

    def beside(self, folder: Path) -> Stage:
        """Another one with the same start, for a process of its own."""
        shutil.copytree(self.folder / "start", folder / "start")
        return replace(self, folder=folder)

    @cached_property
    def undisturbed(self) -> Trial:
        """The stroke that nothing disturbs."""
        return self.trial({})

    def set(self, home: Path | None = None) -> None:
        """All is as before the run, or as in that home."""
        shutil.rmtree(self.now, ignore_errors=True)
        shutil.copytree(home or self.folder / "start", self.now)

    @contextmanager
    def opened(self, schedule: Schedule, held: Held | None = None, *, edited_at: int | None = None) -> Iterator[Opened]:
        """The place as it is now. Calls of the schedule that were made before it was held are past.

        `edited_at`: people edit just before that call.
        """
        with inside(self.now / "org") as org:
            warehouse = HeldOpen(Warehouse(self.now, self.plan.name))
            past = held.calls if held else 0
            ahead = {number - past: kind for number, kind in schedule.items() if number > past}
            trouble = copy.deepcopy(held.trouble) if held else Trouble()
            prints = copy.deepcopy(held.prints) if held else Fingerprints(self.before)
            wire = Wire(org, ahead, (self.plan.sobject, self.plan.taken_away), trouble)
            if edited_at:
                wire.before = editing(org, self.plan, edited_at)
            try:
                yield Opened(self.now, org, wire, warehouse, prints, status=held.status if held else "")
            finally:
                warehouse.close()

    def trial(
        self,
        schedule: Schedule,
        *,
        futures: Futures | None = None,
        held: Held | None = None,
        edited_at: int | None = None,
    ) -> Trial:
        """The schedule from the start, or from where another one was held.

        People edit before the first call that meets a fault, or before that one.

        With `futures` it is walked no further than to a state, between runs and after its last fault, of which it is
        known what follows; and what followed here is remembered there.
        """
        self.set(held.home if held else None)
        at = None if held else edited_at or min(schedule, default=1)
        with self.opened(schedule, held, edited_at=at) as opened:
            future, walked = self.until_quiet(opened, futures)
        past = held.runs if held else ()
        whole = replace(future, runs=(*past, *future.runs))
        met = [*(held.schedule if held else ()), *(number + (held.calls if held else 0) for number in opened.wire.met)]
        trial = Trial(self.course, schedule, whole, tuple(met), walked, tuple(opened.said))
        if futures is not None:
            trial.remember(futures)
        return trial

    @contextmanager
    def held(self, schedule: Schedule, runs: int) -> Iterator[Held]:
        """The trial of that schedule after so many runs; its home is gone afterwards."""
        self.set()
        with self.opened(schedule, edited_at=min(schedule, default=1)) as opened:
            done = [self._run(opened, opened.state()) for _ in range(runs)]
            trouble, prints, status = opened.wire.org.trouble, opened.prints, opened.status
        home = self.now.with_name("held")
        self.now.rename(home)
        try:
            yield Held(home, schedule, tuple(done), status, trouble, prints)
        finally:
            shutil.rmtree(home)

    def until_quiet(self, opened: Opened, futures: Futures | None = None) -> tuple[Future, int]:
        """What runs come to until one has nothing to do, and the number of those that were walked."""
        runs: list[Run] = []
        known = None
        while True:
            state = opened.state()
            known = futures.get(state) if futures and opened.calm else None
            if known or opened.status == "nothing_to_do" or len(runs) == MOST_RUNS:
                break
            runs.append(self._run(opened, state))
        future = known or Future((), state, self._differing(opened))
        return replace(future, runs=(*runs, *future.runs)), len(runs)

    def _run(self, opened: Opened, before: str) -> Run:
        first = len(opened.wire.calls)
        report = once(self.course, opened.org, opened.wire, opened.warehouse, opened.home)
        opened.status = report.status
        return Run(before, tuple(opened.wire.calls[first:]), amiss(report, len(self.plan.rows)))

    def _differing(self, opened: Opened) -> tuple[str, ...]:
        """What is wrong once all is quiet."""
        said = []
        if opened.status != "nothing_to_do":
            said.append(f"not quiet after {MOST_RUNS} runs")
        elif self.plan.entity.life:
            calm = Wire(opened.org, {})
            report = once(self.course, opened.org, calm, opened.warehouse, opened.home, again=True)
            said += [] if report.status == "nothing_to_do" else [f"{report.status} when all is compared again"]
        found, twice = self.plan.found(opened.org)
        said += [f"{twice} records twice"] if twice else []
        return (*said, *differences(found, self.meant))


def stage_of(folder: Path, course: Course) -> Stage:
    """The stage of a course, made in that folder."""
    start = folder / "start"
    start.mkdir(parents=True)
    files: dict[str, HeldOpen] = {}
    with inside(start / "org") as org, ExitStack() as stack:

        def calm(
            entity: Entity, source: Source, mode: Literal["plan", "sync"] = "sync", late: timedelta = -YESTERDAY
        ) -> Report:
            if entity.name not in files:
                warehouse = Warehouse(start, entity.name)
                files[entity.name] = HeldOpen(warehouse, published_too=entity is not course.plan.entity)
                stack.callback(files[entity.name].close)
            with outside(org, Wire(org, {}), source, files[entity.name], course.route, start, late=late) as world:
                return run_once(entity, world, Request(run_id=run_id(), mode=mode), approved=True)

        course.plan.get_ready(org, calm)
        report = calm(course.plan.entity, course.plan.source(), "plan", timedelta(0))
        with files[course.name].open() as con:
            stage = Stage(folder, course, course.plan.meant(org), as_it_is(con, org))
    assert (report.outcomes, report.error) == (course.plan.outcomes, None)
    return stage
