"""`python -m tests.faults.soak --minutes 30`: both sides and runs at random, one seed after another. `make soak`.

    python -m tests.faults.soak --seed 7     one seed again; a seed tells the same story each time

A seed that fails is told with the shortest steps that lead there: they become a test in `test_both_sides.py`.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.both_sides import BothSides

LONG = settings(
    max_examples=10,
    stateful_step_count=25,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description="Both sides at random.")
    parser.add_argument("--minutes", type=float, default=10.0, help="when no further seed is begun (default: 10)")
    parser.add_argument("--seed", type=int, help="this seed alone")
    asked = parser.parse_args()
    until = time.monotonic() + asked.minutes * 60
    number = secrets.randbelow(1_000_000) if asked.seed is None else asked.seed
    tried = 0
    while not tried or (asked.seed is None and time.monotonic() < until):
        sys.stdout.write(f"seed {number} …")
        sys.stdout.flush()
        run_state_machine_as_test(seed(number)(type("Seeded", (BothSides,), {})), settings=LONG)
        sys.stdout.write(" holds\n")
        number, tried = number + 1, tried + 1
    sys.stdout.write(f"{tried} seeds of {LONG.max_examples} stories each: every promise held\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
