"""All schedules of one fault on a course, all of two, a sample of those of three, and what came of each.

Schedules follow from what was seen: one fault at each call of an undisturbed stroke, a second one at each later call of
every stroke with one, a third one somewhere after that. Each single fault is walked to its end. Of pairs those with
the same future are walked once (see `classes`), and no further than to a state of which it is known what follows. Some
of those that were only covered are walked whole, and must end as the one that stood for them.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.classes import Alike, Moment
from tests.faults.courses import Course
from tests.faults.kinds import Call
from tests.faults.stage import Stage
from tests.faults.tally import Tally
from tests.faults.trial import Futures, Trial
from tests.faults.wire import Schedule

SHARES = {"pairs": 0.7, "covered": 0.1, "triples": 0.2}
"""Of the time that is set."""
MOST = {"covered": 50, "triples": 500}
"""Of each part of the walk of a course, where no time is set."""

Keep = Callable[[Trial], None]


def further(calls: Sequence[Call], schedule: Schedule) -> list[Schedule]:
    """The schedule with one fault more, at each call that followed the last one, of each kind it can meet."""
    last = max(schedule, default=0)
    return [
        {**schedule, number: kind} for number, call in enumerate(calls, start=1) if number > last for kind in call.kinds
    ]


def spell(course: Course, schedule: Schedule) -> str:
    """The line that tries a schedule again: `accounts collections 4=lost 6=reset`."""
    return " ".join([str(course), *(f"{number}={kind}" for number, kind in sorted(schedule.items()))])


def read(words: Sequence[str]) -> tuple[Course, dict[int, str]]:
    """What `spell` wrote."""
    name, route, *faults = words
    return Course(name, route), {int(number): kind for number, _, kind in (word.partition("=") for word in faults)}


def singles(stage: Stage, schedules: Sequence[Schedule]) -> tuple[list[Trial], Tally]:
    """Each of these walked to its end."""
    tally = Tally()
    trials = [stage.trial(schedule) for schedule in schedules]
    for trial in trials:
        tally.add(trial)
    return trials, tally


@dataclass(frozen=True)
class Part:
    """A process's part of the pairs of a course: each class stands here for all that have its future."""

    classes: Sequence[Alike]
    futures: Futures
    """What is known from the single faults."""
    seconds: float | None
    seed: str
    kept: Path | None = None
    """Where the pairs are written down that were walked, so that another walk need not do it again."""


def pairs_and_more(stage: Stage, part: Part) -> Tally:
    """The pairs of this part in an order of the seed's, some that were covered by others, and some triples."""
    return _Walk(stage, part).all()


class _Walk:
    def __init__(self, stage: Stage, part: Part) -> None:
        self._stage = stage
        self._part = part
        self._futures = dict(part.futures)
        self._drawn = random.Random(part.seed)
        self._tally = Tally()
        self._walked: list[tuple[Alike, str]] = []

    def all(self) -> Tally:
        with _kept(self._part.kept) as (before, keep):
            for alike, trial, kind in self._pairs(before):
                self._tally.covered += len(alike.moments)
                self._walked.append((alike, kind))
                if trial is not None:
                    self._tally.add(trial)
                    keep(trial)
                else:
                    self._tally.tried[2] += 1
        for _ in self._until("covered"):
            self._compare()
        for _ in self._until("triples"):
            self._triple()
        return self._tally

    def _pairs(self, before: set[str]) -> Iterator[tuple[Alike, Trial | None, str]]:
        """A class, a second fault there, and what came of it; None where it was written down before, all well."""
        course = self._stage.course
        until = self._ends("pairs")
        starts: dict[tuple[tuple[tuple[int, str], ...], int], list[Alike]] = defaultdict(list)
        for alike in self._part.classes:
            starts[tuple(alike.first.schedule.items()), alike.first.runs].append(alike)
        order = sorted(starts)
        self._drawn.shuffle(order)
        for start in order:
            ahead = [(alike, kind) for alike in starts[start] for kind in alike.first.call.kinds]
            known = {spell(course, alike.first.then(kind)) for alike, kind in ahead} & before
            yield from ((a, None, kind) for a, kind in ahead if spell(course, a.first.then(kind)) in known)
            still = [(a, kind) for a, kind in ahead if spell(course, a.first.then(kind)) not in known]
            for done in self._from(dict(start[0]), start[1], still):
                yield done
                if until is not None and time.monotonic() > until:
                    return

    def _from(self, first: Schedule, runs: int, ahead: list[tuple[Alike, str]]) -> Iterator[tuple[Alike, Trial, str]]:
        """Second faults after that first one: from the start, or from after so many runs."""
        if runs and ahead:
            with self._stage.held(first, runs) as held:
                for alike, kind in ahead:
                    yield alike, self._stage.trial(alike.first.then(kind), futures=self._futures, held=held), kind
        else:
            for alike, kind in ahead:
                yield alike, self._stage.trial(alike.first.then(kind), futures=self._futures), kind

    def _compare(self) -> None:
        """A pair that was covered, and the one that stood for it, both walked whole: they end alike."""
        chosen = [(alike, kind) for alike, kind in self._walked if len(alike.moments) > 1]
        if not chosen:
            return
        alike, kind = self._drawn.choice(chosen)
        other: Moment = self._drawn.choice(alike.moments[1:])
        stood, covered = (self._stage.trial(moment.then(kind)) for moment in (alike.first, other))
        self._tally.compared += 1
        if (covered.future.ended, covered.wrong) != (stood.future.ended, stood.wrong):
            self._tally.unlike.append((covered, stood))

    def _triple(self) -> None:
        if not self._walked:
            return
        alike, kind = self._drawn.choice(self._walked)
        pair = self._stage.trial(self._drawn.choice(alike.moments).then(kind), futures=self._futures)
        if more := further(pair.calls, pair.schedule):
            self._tally.add(self._stage.trial(self._drawn.choice(more), futures=self._futures))

    def _ends(self, what: str) -> float | None:
        return None if self._part.seconds is None else time.monotonic() + self._part.seconds * SHARES[what]

    def _until(self, what: str) -> Iterator[int]:
        """So often, or until the share of the time is over."""
        until, done = self._ends(what), 0
        while done < MOST[what] if until is None else time.monotonic() < until and self._walked:
            yield done
            done += 1


@contextmanager
def _kept(file: Path | None) -> Iterator[tuple[set[str], Keep]]:
    """The schedules that are written down there, and how to write one more."""
    if file is None:
        yield set(), lambda _: None
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    before = set(file.read_text().splitlines())
    with file.open("a", buffering=1) as out:

        def keep(trial: Trial) -> None:
            if not trial.wrong:
                out.write(spell(trial.course, trial.schedule) + "\n")

        yield before, keep
