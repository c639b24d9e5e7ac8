"""The whole walk: kills, single faults, pairs and triples of each course, in processes that share them; the report."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from tests.faults.classes import Start, alike, alike_kinds, starts
from tests.faults.courses import Course
from tests.faults.fingerprint import short
from tests.faults.killed import boundaries, kills
from tests.faults.report import Walked, told
from tests.faults.stage import Stage, stage_of
from tests.faults.tally import merged
from tests.faults.trial import Futures, Trial
from tests.faults.walk import Part, further, pairs_and_more, singles
from tests.runs.place import ROOT

PROCESSES = int(os.environ.get("PROCESSES", "2"))
SOURCES = ("assets", "pipelines", "resources", "tests/faults", "tests/runs/place.py")
T = TypeVar("T")


def fingerprint_of_sources() -> str:
    """Changes with everything that a trial depends on."""
    roots = [ROOT / name for name in SOURCES]
    files = [file for root in roots for file in ([root] if root.is_file() else sorted(root.rglob("*.py")))]
    told = [file for file in (*files, *sorted(ROOT.glob("tests/*.py"))) if not file.name.startswith("test_")]
    return short("\n".join(file.read_text() for file in told))


@dataclass
class Whole:
    """What is walked, where, and for how long: `seconds` are those of the pairs and triples of one course."""

    folder: Path
    courses: Sequence[Course]
    seconds: float | None
    seed: int
    keep: Path | None = None

    def walk(self) -> int:
        """Exit code 1: something differed."""
        started = time.monotonic()
        walked = []
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            for course in self.courses:
                walked.append(self._course(pool, course))
                say(f"{course}: done after {(time.monotonic() - started) / 60:.0f} minutes")
        sys.stdout.write("\n" + told(walked, minutes=(time.monotonic() - started) / 60, seed=self.seed))
        return int(any(one.wrong for one in walked))

    def _course(self, pool: ProcessPoolExecutor, course: Course) -> Walked:
        home = self.folder / str(course)
        stage = stage_of(home, course)
        stages = [stage.beside(home / str(number)) for number in range(PROCESSES)]

        def shared(task: Callable[[Stage, Any], T], parts: Sequence[object]) -> list[T]:
            """What each process made of its part."""
            return [done.result() for done in [pool.submit(task, *one) for one in zip(stages, parts, strict=True)]]

        one = Walked(course, stage.undisturbed)
        one.killed = [killed for done in shared(kills, dealt(boundaries(stage.undisturbed))) for killed in done]
        say(f"{course}: {one.died} kills, {len(one.wrong)} of which ended wrongly")
        done = shared(singles, dealt(further(stage.undisturbed.calls, {})))
        one.tally = merged([tally for _, tally in done])
        trials = [trial for trials, _ in done for trial in trials]
        trials.sort(key=lambda trial: sorted(trial.schedule.items()))
        classes = alike(trials)
        one.pairs = sum(each.pairs for each in classes)
        ahead = starts(classes, alike_kinds(stage.undisturbed, trials))
        ways = sum(len(start.seconds) for start in ahead)
        say(f"{course}: {len(trials):,} single faults, {one.pairs:,} pairs with {ways:,} futures")
        one.tally = merged([one.tally, *shared(pairs_and_more, self._parts(course, trials, ahead))])
        return one

    def _parts(self, course: Course, singles: Sequence[Trial], ahead: Sequence[Start]) -> list[Part]:
        futures: Futures = {}
        for trial in singles:
            trial.remember(futures)
        kept = [self.keep and self.keep / f"{course}, {number} of {PROCESSES}" for number in range(PROCESSES)]
        return [
            Part(part, futures, self.seconds, f"{self.seed} {number}", kept[number])
            for number, part in enumerate(dealt(sorted(ahead, key=lambda start: -len(start.seconds))))
        ]


def dealt(all_of_it: Sequence[T]) -> list[Sequence[T]]:
    """A part for each process."""
    return [all_of_it[number::PROCESSES] for number in range(PROCESSES)]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
