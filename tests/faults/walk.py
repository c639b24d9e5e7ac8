"""All schedules of one and of two faults on a route, and what came of each.

Schedules follow from what was seen: one fault at each call of an undisturbed stroke, a second one at each later call of
every stroke with one. A sample is drawn by a seed.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.kinds import Call
from tests.faults.trial import Stage, Trial
from tests.faults.wire import Schedule


def further(calls: Sequence[Call], schedule: Schedule) -> list[Schedule]:
    """The schedule with one fault more, at each call that followed the last one, of each kind it can meet."""
    last = max(schedule, default=0)
    return [
        {**schedule, number: kind} for number, call in enumerate(calls, start=1) if number > last for kind in call.kinds
    ]


@dataclass
class Tally:
    """What a walk came to on one route."""

    route: str
    undisturbed: int = 0
    singles: int = 0
    pairs: int = 0
    all_pairs: int = 0
    most_runs: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[Trial] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, trial: Trial) -> None:
        for number in trial.met:
            self.kinds[trial.schedule[number]] += 1
        self.most_runs = max(self.most_runs, trial.runs)
        if trial.wrong:
            self.wrong.append(trial)
        if len(trial.schedule) == 1:
            self.singles += 1
        elif len(trial.schedule) == 2:
            self.pairs += 1


def spell(route: str, schedule: Schedule) -> str:
    """The line that tries a schedule again: `collections 4=lost 6=reset`."""
    return " ".join([route, *(f"{number}={kind}" for number, kind in sorted(schedule.items()))])


def read(words: Sequence[str]) -> tuple[str, dict[int, str]]:
    """What `spell` wrote."""
    route, *faults = words
    return route, {int(number): kind for number, _, kind in (word.partition("=") for word in faults)}


def walk(folder: Path, route: str, *, seconds: float | None, seed: int, part: tuple[int, int] = (0, 1)) -> Tally:
    """Every single fault of the part, then pairs in an order of the seed's for so many seconds.

    A part is (number, of how many): parts share no schedule, and together they have all.
    """
    started = time.monotonic()
    stage = Stage(folder)
    tally = Tally(route)
    undisturbed = stage.trial(route, {})
    tally.add(undisturbed)
    tally.undisturbed = len(undisturbed.calls)
    pairs: list[Schedule] = []
    for trial in _tried(stage, route, further(undisturbed.calls, {})[part[0] :: part[1]], None):
        tally.add(trial)
        pairs += further(trial.calls, trial.schedule)
    tally.all_pairs = len(pairs)
    random.Random(seed).shuffle(pairs)
    until = None if seconds is None else time.monotonic() + seconds
    for trial in _tried(stage, route, pairs, until):
        tally.add(trial)
    tally.seconds = time.monotonic() - started
    return tally


def _tried(stage: Stage, route: str, schedules: Iterable[Schedule], until: float | None) -> Iterator[Trial]:
    for schedule in schedules:
        if until is not None and time.monotonic() > until:
            return
        yield stage.trial(route, schedule)
