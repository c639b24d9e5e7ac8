"""`python -m tests.faults.soak --minutes 30`: people, sources and runs at random, one seed after another. `make soak`.

Each seed tells stories of institutions and their people, which are written on one side, and one of tasks, on two.

    python -m tests.faults.soak --seed 7     one seed again; a seed tells the same stories each time

A seed that fails is told with the steps that lead there, and asked for alone with the shortest ones: they become a test
in `test_both_sides.py` or `test_two_sides.py`. At the end it is told what all stories were about: how many runs met
which faults, were killed, or had people typing meanwhile. Exit code 1: a promise was broken, or a story broke off.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Mapping

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.both_sides import BothSides
from tests.faults.tale import Story, Tale
from tests.faults.two_sides import TwoSides

MACHINES: tuple[type[Story], ...] = (BothSides, TwoSides)

STORIES = settings(
    max_examples=3,
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
    tales = {machine: Tale() for machine in MACHINES}
    while not tried or (not alone and time.monotonic() - started < asked.minutes * 60):
        sys.stdout.write(f"seed {number} …")
        sys.stdout.flush()
        wrong = [told(number, one, SHORTEST if alone else STORIES, tale) for one, tale in tales.items()]
        sys.stdout.write("".join(f" fails\n{one}\n" for one in wrong if one) or " holds\n")
        broken += [number] if any(wrong) else []
        number, tried = number + 1, tried + 1
    minutes = (time.monotonic() - started) / 60
    for machine, tale in tales.items():
        sys.stdout.write(f"{machine.__name__}: {tale}\n")
    sys.stdout.write(f"{tried} seeds, {minutes:.1f} minutes, broken promises: {len(broken)}")
    sys.stdout.write(f" in seeds {', '.join(map(str, broken))}\n" if broken else "\n")
    return int(bool(broken))


def told(number: int, machine: type[Story], how: settings, tale: Tale) -> str:
    """What was wrong in this machine's stories of that seed, and the steps that led there; empty when nothing was.

    What the stories were about is added to `tale`.
    """
    try:
        run_state_machine_as_test(seed(number)(type("Seeded", (machine,), {"tale": tale})), settings=how)
    except Exception as error:  # noqa: BLE001 - however a story breaks, it is told, and the next one is begun
        steps = getattr(error, "__notes__", [])
        return "\n".join([f"{machine.__name__}: {type(error).__name__}: {error}", *steps])
    return ""


MOST_SEEDS = 6


def told_until(least: Mapping[str, int], machine: type[Story], number: int) -> str:
    """What was wrong in the stories of this seed, and of the next ones until they were about that much; else empty.

    Stories in which next to nothing happens are wrong as well: nothing could break in them.
    """
    tale = Tale()
    for each in range(number, number + MOST_SEEDS):
        if wrong := told(each, machine, STORIES, tale):
            return f"{wrong}\n`make soak SEED={each}` tells the shortest story"
        if not tale.lacks(least):
            return ""
    return f"hardly any {', '.join(tale.lacks(least))}: {tale}"


if __name__ == "__main__":
    sys.exit(main())
