"""`python -m tests.faults`: every schedule of faults tried, and a report. `make faults` calls it.

    python -m tests.faults [--minutes 20] [--seed N]           all kills, all single faults, then pairs and triples
    python -m tests.faults --keep FOLDER                       goes on where a walk of the same sources broke off
    python -m tests.faults --courses "accounts bulk"           one course alone
    python -m tests.faults accounts collections 4=lost 6=reset one schedule again
    python -m tests.faults personnel bulk kill=after:6         one kill again

`--minutes` are those of pairs and triples; without, the walk ends when every pair has been tried or covered, which
takes hours. Exit code 1: something differed.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path

from tests.faults.courses import COURSES
from tests.faults.folder import quick_folder
from tests.faults.killed import Kill, kill
from tests.faults.stage import stage_of
from tests.faults.walk import read
from tests.faults.whole import Whole, fingerprint_of_sources


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Tries schedules of faults.")
    parser.add_argument("schedule", nargs="*", help="a route and faults: one schedule again")
    parser.add_argument(
        "--minutes", type=float, help="how long pairs and triples are tried (default: until all pairs are)"
    )
    parser.add_argument("--seed", type=int, default=None, help="which pairs come first")
    parser.add_argument("--keep", type=Path, help="a folder where pairs are written down that need no second walk")
    names = [str(course) for course in COURSES]
    parser.add_argument("--courses", nargs="+", choices=names, default=names, help="which plans, on which routes")
    asked = parser.parse_args()
    with quick_folder() as folder:
        if asked.schedule:
            return again(folder, asked.schedule)
        seed = secrets.randbelow(1_000_000) if asked.seed is None else asked.seed
        sys.stdout.write(f"seed {seed}\n")
        courses = [course for course in COURSES if str(course) in asked.courses]
        seconds = None if asked.minutes is None else asked.minutes * 60 / len(courses)
        whole = Whole(folder, courses, seconds, seed, asked.keep and asked.keep / fingerprint_of_sources())
        return whole.walk()


def again(folder: Path, words: list[str]) -> int:
    """One schedule, told call by call."""
    kills = [kill_of(word) for word in words[2:] if word.startswith("kill=")]
    course, schedule = read([word for word in words if not word.startswith("kill=")])
    stage = stage_of(folder / "stage", course)
    if kills:
        killed = kill(stage, *kills)
        sys.stdout.write(f"{killed}\n")
        return int(bool(killed.wrong))
    trial = stage.trial(schedule)
    for number, call in enumerate(trial.calls, start=1):
        sys.stdout.write(f"{number:3} {call} {schedule[number] if number in trial.met else ''}\n")
    sys.stdout.write(f"{len(trial.runs)} runs; {'; '.join(trial.wrong) or 'as it should be'}\n")
    return int(bool(trial.wrong))


def kill_of(word: str) -> Kill:
    """What a `Kill` spells."""
    when, _, number = word.removeprefix("kill=").partition(":")
    return Kill(int(number), "before" if when == "before" else "after")


if __name__ == "__main__":
    sys.exit(main())
