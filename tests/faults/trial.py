"""What came of one schedule of faults, and the runs it is made of: each told by the state before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pipelines.run import Request
from pipelines.telling.report import Report
from resources.warehouse import Warehouse
from tests.faults.courses import AnyPlan, Course
from tests.faults.inside import Inside
from tests.faults.kinds import Call
from tests.faults.outside import HeldOpen, outside
from tests.faults.wire import Schedule, Wire
from tests.runs.place import run_id, run_once

MOST_RUNS = 8


@dataclass(frozen=True, slots=True)
class Run:
    """One run: the fingerprint of what there was before it, its calls, and what is wrong with its report."""

    before: str
    calls: tuple[Call, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Future:
    """What undisturbed runs come to from some state on, how all is then, and what is wrong with that."""

    runs: tuple[Run, ...]
    ended: str
    differing: tuple[str, ...]

    @property
    def wrong(self) -> tuple[str, ...]:
        return (*(line for run in self.runs for line in run.wrong), *self.differing)


Futures = dict[str, Future]
"""By the fingerprint of the state from which it was walked."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one schedule.

    `runs` and all that follows from them may be in part those of another trial that came to the same state between two
    runs: `walked` is the number of runs that were this one's own.
    """

    course: Course
    schedule: Schedule
    future: Future
    met: tuple[int, ...]
    """The numbers of the calls that met a fault."""
    walked: int
    said: tuple[tuple[str, str], ...]
    """Of each own call the fingerprints of the request, and of the answer with what troubles the org."""

    @property
    def runs(self) -> tuple[Run, ...]:
        return self.future.runs

    @property
    def calls(self) -> tuple[Call, ...]:
        return tuple(call for run in self.runs for call in run.calls)

    @property
    def wrong(self) -> tuple[str, ...]:
        """Of the runs, of the end, and of the schedule itself: what it says was met, and within so many runs."""
        said = [f"call {number} met nothing" for number in self.schedule if number not in self.met]
        said += [f"{len(self.runs)} runs"] if len(self.runs) > MOST_RUNS else []
        return (*self.future.wrong, *said)

    def remember(self, futures: Futures) -> None:
        """The futures of all states that this trial came to after its last fault."""
        last, done = max(self.schedule, default=0), 0
        for number, run in enumerate(self.runs):
            if done >= last:
                futures.setdefault(run.before, Future(self.runs[number:], self.future.ended, self.future.differing))
            done += len(run.calls)
        futures.setdefault(self.future.ended, Future((), self.future.ended, self.future.differing))


PAUSE = 360
"""Seconds between runs of two sides."""


def once(
    course: Course, org: Inside, wire: Wire, warehouse: Warehouse | HeldOpen, home: Path, *, again: bool = False
) -> Report:
    """The report of one run, whatever its plan was. `again`: an hour later, every row is read and compared."""
    if course.plan.entity.both:
        org.org.advance(PAUSE)  # what was sent to mailboxes and is not told yet is waited for
    late = timedelta(hours=again)
    with outside(org, wire, course.plan.source(), warehouse, course.route, home, late=late) as world:
        request = Request(run_id=run_id(), scope="all" if again else "changed")
        return run_once(course.plan.entity, world, request, approved=True)


def amiss(report: Report, rows: int) -> tuple[str, ...]:
    """What is wrong with the report of a run. `rows`: as many as it should tell of; 0 where it reads changes."""
    told = sum(report.outcomes.values())
    said = []
    if report.outcomes and (told != (rows or told) or report.extracted != told):
        said.append(f"{told} outcomes of {rows} rows: {report.outcomes}")
    if rows and not report.outcomes and report.status != "failure":
        said.append(f"{report.status} without outcomes")
    if report.status in ("success", "nothing_to_do") and (report.error or report.outcomes.get("failed")):
        said.append(f"{report.status} although {report.error or report.reasons}")
    return tuple(said)


def differences(found: Mapping[str, Mapping[str, object]], meant: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Where records are not as the oracle has them."""
    said = []
    for key in sorted(found.keys() | meant.keys()):
        have, want = found.get(key), meant.get(key)
        if have is None or want is None:
            said.append(f"{key} {'is missing' if have is None else 'should not be there'}")
            continue
        said += [f"{key}.{name} is {have[name]!r}, not {want[name]!r}" for name in want if have[name] != want[name]]
    return said


def editing(org: Inside, plan: AnyPlan, moment: int) -> Callable[[int], None]:
    """A person edits just before that call."""

    def edit(number: int) -> None:
        if number == moment:
            plan.edit(org)

    return edit
