"""All schedules of one fault on a course, all of two, a sample of those of three, and what came of each.

Schedules follow from what was seen: one fault at each call of an undisturbed stroke, a second one at each later call of
every stroke with one, a third one somewhere after that. Each single fault is walked to its end. Of pairs those with
the same future are walked once (see `classes`), and no further than to a state of which it is known what follows. Some
of those that were only covered are walked whole, and must end as the one that stood for them.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.faults.classes import Second, Start
from tests.faults.courses import Course
from tests.faults.kinds import Call
from tests.faults.stage import Stage
from tests.faults.tally import Tally
from tests.faults.trial import Futures, Trial
from tests.faults.wire import Schedule

SHARES = {"pairs": 0.7, "covered": 0.1, "triples": 0.2}
"""Of the time that is set."""
MOST = {"covered": 50, "triples": 100}
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
    """A process's part of the pairs of a course."""

    starts: Sequence[Start]
    futures: Futures
    """What is known from the single faults."""
    seconds: float | None
    seed: str
    kept: Path | None = None
    """Where the pairs are written down that were walked, so that another walk need not do it again."""


class Walk:
    """The pairs of a part in an order of the seed's, some that were covered by others, and some triples."""

    def __init__(self, stage: Stage, part: Part) -> None:
        self._stage = stage
        self._part = part
        self._futures = dict(part.futures)
        self._drawn = random.Random(part.seed)
        self._tally = Tally()
        self._walked: list[Second] = []

    def all(self) -> Tally:
        """What it came to."""
        until = self._ends("pairs")
        starts = list(self._part.starts)
        self._drawn.shuffle(starts)
        with _kept(self._part.kept) as (before, keep):
            for start in starts:
                for second, trial in self._pairs(start, before):
                    self._tally.covered += len(second.all)
                    self._walked.append(second)
                    if trial:
                        self._add(trial)
                        keep(trial)
                    if time.monotonic() > until:
                        break
                if time.monotonic() > until:
                    break
        for _ in self._times("covered"):
            self._compare()
        for _ in self._times("triples"):
            self._triple()
        return self._tally

    def _pairs(self, start: Start, before: set[str]) -> Iterator[tuple[Second, Trial | None]]:
        """Second faults after that first one, and what came of each; None: written down before, and all was well."""
        ahead = []
        for second in start.seconds:
            if spell(self._stage.course, second.stands) in before:
                self._tally.tried[2] += 1
                yield second, None
            else:
                ahead.append(second)
        if not ahead:
            return
        with self._stage.held(start.schedule, start.runs) if start.runs else nullcontext() as held:
            for second in ahead:
                yield second, self._stage.trial(second.stands, futures=self._futures, held=held)

    def _compare(self) -> None:
        """A pair that was covered, and the one that stood for it, both walked whole: they end alike."""
        chosen = [second for second in self._walked if len(second.all) > 1]
        if not chosen:
            return
        second = self._drawn.choice(chosen)
        stood, covered = (self._stage.trial(one) for one in (second.stands, self._drawn.choice(second.all[1:])))
        self._tally.compared += 1
        if (covered.future.ended, covered.wrong) != (stood.future.ended, stood.wrong):
            self._tally.unlike.append((covered, stood))

    def _triple(self) -> None:
        pair = self._stage.trial(self._drawn.choice(self._drawn.choice(self._walked).all), futures=self._futures)
        if more := further(pair.calls, pair.schedule):
            self._add(self._stage.trial(self._drawn.choice(more), futures=self._futures))

    def _add(self, trial: Trial) -> None:
        """What ended wrongly is told at once, as a walk takes hours."""
        self._tally.add(trial)
        if trial.wrong:
            sys.stdout.write(f"{spell(trial.course, trial.schedule)}  # {'; '.join(trial.wrong)}\n")
            sys.stdout.flush()

    def _ends(self, what: str) -> float:
        return math.inf if self._part.seconds is None else time.monotonic() + self._part.seconds * SHARES[what]

    def _times(self, what: str) -> Iterator[int]:
        """So often, or until the share of the time is over."""
        until, done = self._ends(what), 0
        most = MOST[what] if self._part.seconds is None else math.inf
        while self._walked and done < most and time.monotonic() < until:
            yield done
            done += 1


def pairs_and_more(stage: Stage, part: Part) -> Tally:
    """What the walk of this part came to."""
    return Walk(stage, part).all()


@contextmanager
def _kept(file: Path | None) -> Iterator[tuple[set[str], Keep]]:
    """The schedules that are written down there, and how to write one more."""
    if file is None:
        yield set(), lambda _: None
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    course = file.name.partition(", ")[0]
    before = {line for one in file.parent.glob(f"{course}, *") for line in one.read_text().splitlines()}
    with file.open("a", buffering=1) as out:

        def keep(trial: Trial) -> None:
            if not trial.wrong:
                out.write(spell(trial.course, trial.schedule) + "\n")

        yield before, keep
