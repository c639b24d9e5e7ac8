"""`python -m tests.faults.soak --minutes 30`: people, sources and runs at random, one seed after another. `make soak`.

Each seed tells stories of institutions and their people, which are written on one side, and one of tasks, on two.

    python -m tests.faults.soak --seed 7     one seed again; a seed tells the same stories each time

A seed that fails is told with the steps that lead there, and asked for alone with the shortest ones: they become a test
in `test_both_sides.py` or `test_two_sides.py`. Exit code 1: a promise was broken.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.both_sides import BothSides
from tests.faults.two_sides import TwoSides

MACHINES = (BothSides, TwoSides)

STORIES = settings(
    max_examples=4,  # the first story is always the shortest there is
    stateful_step_count=15,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SHORTEST = settings(STORIES, phases=[Phase.generate, Phase.shrink])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description="Both sides at random.")
    parser.add_argument("--minutes", type=float, default=10.0, help="when no further seed is begun (default: 10)")
    parser.add_argument("--seed", type=int, help="this seed alone, and the shortest story in which it fails")
    asked = parser.parse_args()
    started = time.monotonic()
    alone = asked.seed is not None
    number = asked.seed if alone else secrets.randbelow(1_000_000)
    tried, broken = 0, list[int]()
    while not tried or (not alone and time.monotonic() - started < asked.minutes * 60):
        sys.stdout.write(f"seed {number} …")
        sys.stdout.flush()
        wrong = told(number, SHORTEST if alone else STORIES)
        sys.stdout.write(f" fails\n{wrong}\n" if wrong else " holds\n")
        broken += [number] if wrong else []
        number, tried = number + 1, tried + 1
    minutes = (time.monotonic() - started) / 60
    sys.stdout.write(f"{tried} seeds of {STORIES.max_examples} stories each, {minutes:.1f} minutes, ")
    sys.stdout.write(f"broken promises: {len(broken)}{' in seeds ' if broken else ''}{', '.join(map(str, broken))}\n")
    return int(bool(broken))


def told(number: int, how: settings) -> str:
    """What was wrong in the stories of this seed, and the steps that led there; empty when nothing was."""
    wrong = []
    for machine in MACHINES:
        try:
            run_state_machine_as_test(seed(number)(type("Seeded", (machine,), {})), settings=how)
        except AssertionError as error:
            wrong.append("\n".join([str(error), *getattr(error, "__notes__", [])]))
    return "\n".join(wrong)


if __name__ == "__main__":
    sys.exit(main())
