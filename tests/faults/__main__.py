"""`python -m tests.faults`: every schedule of faults tried, and a report. `make faults` calls it.

    python -m tests.faults [--minutes 20] [--seed N]           all kills, all single faults, then pairs and triples
    python -m tests.faults accounts collections 4=lost 6=reset one schedule again
    python -m tests.faults personnel bulk kill=after:6         one kill again

`--minutes` are those of pairs and triples; without, the walk ends when every pair has been tried, which takes many
hours. Exit code 1: something differed.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.faults.courses import COURSES
from tests.faults.folder import quick_folder
from tests.faults.killed import Kill, kill, kill_share
from tests.faults.report import Walked, merged, told
from tests.faults.trial import Stage
from tests.faults.walk import read, walk

PROCESSES = int(os.environ.get("PROCESSES", "2"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Tries schedules of faults.")
    parser.add_argument("schedule", nargs="*", help="a route and faults: one schedule again")
    parser.add_argument(
        "--minutes", type=float, help="how long pairs and triples are tried (default: until all pairs are)"
    )
    parser.add_argument("--seed", type=int, default=None, help="which pairs come first")
    asked = parser.parse_args()
    with quick_folder() as folder:
        if asked.schedule:
            return again(folder, asked.schedule)
        seed = secrets.randbelow(1_000_000) if asked.seed is None else asked.seed
        sys.stdout.write(f"seed {seed}\n")
        sys.stdout.flush()
        return everything(folder, minutes=asked.minutes, seed=seed)


def again(folder: Path, words: list[str]) -> int:
    """One schedule, told call by call."""
    kills = [kill_of(word) for word in words[2:] if word.startswith("kill=")]
    course, schedule = read([word for word in words if not word.startswith("kill=")])
    stage = Stage(folder / "stage", course)
    if kills:
        killed = kill(stage, *kills)
        sys.stdout.write(f"{killed}\n")
        return int(bool(killed.wrong))
    trial = stage.trial(schedule)
    for number, call in enumerate(trial.calls, start=1):
        sys.stdout.write(f"{number:3} {call} {schedule[number] if number in trial.met else ''}\n")
    sys.stdout.write(f"{trial.runs} runs; {'; '.join(trial.wrong) or 'as it should be'}\n")
    return int(bool(trial.wrong))


def kill_of(word: str) -> Kill:
    """What a `Kill` spells."""
    when, _, number = word.removeprefix("kill=").partition(":")
    return Kill(int(number), "before" if when == "before" else "after")


def everything(folder: Path, *, minutes: float | None, seed: int) -> int:
    """The kills and the walk of every course, in processes that share the schedules; then the report."""
    started = time.monotonic()
    walked = [Walked(course) for course in COURSES]
    seconds = None if minutes is None else minutes * 60 / len(COURSES)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        for one in walked:
            parts = [(number, PROCESSES) for number in range(PROCESSES)]
            kills = [pool.submit(kill_share, folder / f"kills {one.course} {p[0]}", one.course, p) for p in parts]
            one.killed = [killed for done in kills for killed in done.result()]
            walks = [
                pool.submit(walk, folder / f"walk {one.course} {p[0]}", one.course, seconds=seconds, seed=seed, part=p)
                for p in parts
            ]
            one.tally = merged([done.result() for done in walks])
            sys.stdout.write(f"{one.course}: {sum(one.tally.tried.values()) + one.died:,} schedules tried\n")
            sys.stdout.flush()
    sys.stdout.write("\n" + told(walked, minutes=(time.monotonic() - started) / 60, seed=seed))
    return int(any(one.wrong for one in walked))


if __name__ == "__main__":
    sys.exit(main())
