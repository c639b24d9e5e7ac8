"""All schedules of one and of two faults on a course, a sample of those of three, and what came of each.

Schedules follow from what was seen: one fault at each call of an undisturbed stroke, a second one at each later call of
every stroke with one, a third one somewhere after that. A sample is drawn by a seed.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.courses import Course
from tests.faults.kinds import Call
from tests.faults.trial import Stage, Trial
from tests.faults.wire import Schedule

TRIPLES = 0.2
"""The share of the time after the single faults that triples get."""
MOST_TRIPLES = 1_000
"""Triples where no time is set, a part of the walk."""


def further(calls: Sequence[Call], schedule: Schedule) -> list[Schedule]:
    """The schedule with one fault more, at each call that followed the last one, of each kind it can meet."""
    last = max(schedule, default=0)
    return [
        {**schedule, number: kind} for number, call in enumerate(calls, start=1) if number > last for kind in call.kinds
    ]


@dataclass
class Tally:
    """What a walk came to on one course."""

    undisturbed: int = 0
    tried: Counter[int] = field(default_factory=Counter)
    """Number of faults → schedules."""
    all_pairs: int = 0
    most_runs: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[Trial] = field(default_factory=list)

    def add(self, trial: Trial) -> None:
        for number in trial.met:
            self.kinds[trial.schedule[number]] += 1
        self.most_runs = max(self.most_runs, trial.runs)
        if trial.wrong:
            self.wrong.append(trial)
        self.tried[len(trial.schedule)] += 1


def spell(course: Course, schedule: Schedule) -> str:
    """The line that tries a schedule again: `accounts collections 4=lost 6=reset`."""
    return " ".join([str(course), *(f"{number}={kind}" for number, kind in sorted(schedule.items()))])


def read(words: Sequence[str]) -> tuple[Course, dict[int, str]]:
    """What `spell` wrote."""
    name, route, *faults = words
    return Course(name, route), {int(number): kind for number, _, kind in (word.partition("=") for word in faults)}


def walk(folder: Path, course: Course, *, seconds: float | None, seed: int, part: tuple[int, int] = (0, 1)) -> Tally:
    """Every single fault of the part, then pairs and triples in an order of the seed's for so many seconds.

    A part is (number, of how many): parts share no schedule of one or two faults, and together they have all.
    """
    stage = Stage(folder, course)
    tally = Tally()
    undisturbed = stage.undisturbed
    tally.add(undisturbed)
    tally.undisturbed = len(undisturbed.calls)
    drawn = random.Random(f"{seed} {part}")
    pairs: list[Schedule] = []
    for trial in _tried(stage, further(undisturbed.calls, {})[part[0] :: part[1]], None):
        tally.add(trial)
        pairs += further(trial.calls, trial.schedule)
    tally.all_pairs = len(pairs)
    drawn.shuffle(pairs)
    triples: list[Schedule] = []
    for trial in _tried(stage, pairs, seconds and seconds * (1 - TRIPLES)):
        tally.add(trial)
        if more := further(trial.calls, trial.schedule):
            triples.append(drawn.choice(more))
    drawn.shuffle(triples)
    for trial in _tried(stage, triples[: MOST_TRIPLES if seconds is None else None], seconds and seconds * TRIPLES):
        tally.add(trial)
    return tally


def _tried(stage: Stage, schedules: Iterable[Schedule], seconds: float | None) -> Iterator[Trial]:
    until = None if seconds is None else time.monotonic() + seconds
    for schedule in schedules:
        if until is not None and time.monotonic() > until:
            return
        yield stage.trial(schedule)
