"""`python -m tests.faults`: every schedule of faults tried, and a report. `make faults` calls it.

    python -m tests.faults [--minutes 20] [--seed N]   all kills, all single faults, then pairs for so many minutes
    python -m tests.faults collections 4=lost 6=reset  one schedule again
    python -m tests.faults bulk kill=after:6           one kill again

Without `--minutes` the walk ends when every pair has been tried, which takes hours. Exit code 1: something differed.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.faults.folder import quick_folder
from tests.faults.killed import Kill, kill, kill_share
from tests.faults.outside import ROUTES
from tests.faults.report import Walked, merged, told
from tests.faults.trial import Stage
from tests.faults.walk import read, walk

PROCESSES = 2


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Tries schedules of faults.")
    parser.add_argument("schedule", nargs="*", help="a route and faults: one schedule again")
    parser.add_argument("--minutes", type=float, help="how long pairs are tried (default: until all are)")
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
    stage = Stage(folder / "stage")
    if any(word.startswith("kill=") for word in words):
        kills = [kill_of(word) for word in words[1:]]
        killed = kill(stage, words[0], *kills)
        sys.stdout.write(f"{killed}\n")
        return int(bool(killed.wrong))
    route, schedule = read(words)
    trial = stage.trial(route, schedule)
    for number, call in enumerate(trial.calls, start=1):
        sys.stdout.write(f"{number:3} {call} {schedule[number] if number in trial.met else ''}\n")
    sys.stdout.write(f"{trial.runs} runs; {'; '.join(trial.wrong) or 'as it should be'}\n")
    return int(bool(trial.wrong))


def kill_of(word: str) -> Kill:
    """What a `Kill` spells."""
    when, _, number = word.removeprefix("kill=").partition(":")
    return Kill(int(number), "before" if when == "before" else "after")


def everything(folder: Path, *, minutes: float | None, seed: int) -> int:
    """The walk of both routes, in two processes that share the schedules; then the kills; then the report."""
    started = time.monotonic()
    walked = [Walked(route) for route in ROUTES]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        parts = [
            pool.submit(kill_share, folder / f"kills-{route}-{part}", route, (part, PROCESSES))
            for route in ROUTES
            for part in range(PROCESSES)
        ]
        for number, done in enumerate(parts):
            walked[number // PROCESSES].killed += done.result()
        seconds = None if minutes is None else minutes * 60 / len(ROUTES)
        for at, route in enumerate(ROUTES):
            tallies = [
                pool.submit(walk, folder / f"{route}-{part}", route, seconds=seconds, seed=seed, part=(part, PROCESSES))
                for part in range(PROCESSES)
            ]
            walked[at].tally = merged([done.result() for done in tallies])
    sys.stdout.write(told(walked, minutes=(time.monotonic() - started) / 60))
    return int(any(one.wrong for one in walked))


if __name__ == "__main__":
    sys.exit(main())
