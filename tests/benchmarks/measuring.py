"""How a benchmark measures and tells: children with clocks of their own, ratios of runs that took turns, one JSON line.

A machine that others use is slow and fast by turns: what is compared runs alternately, and processor seconds are told
beside those of the clock. What is measured is in the test files.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]

Figures = dict[str, float | int | str | None]

TOLD: list[tuple[str, Mapping[str, object]]] = []
"""What the benchmarks of this session said, for the table at the end."""


def tell(name: str, **figures: object) -> None:
    """One JSON object a benchmark, on a line of its own."""
    TOLD.append((name, figures))
    print("\n" + json.dumps({"benchmark": name, **figures}), flush=True)


@dataclass
class Stopwatch:
    """Seconds by the clock and of the processor since its making."""

    wall_start: float = field(default_factory=time.perf_counter)
    processor_start: float = field(default_factory=time.process_time)

    def figures(self) -> Figures:
        return {
            "seconds": round(time.perf_counter() - self.wall_start, 3),
            "processor_seconds": round(time.process_time() - self.processor_start, 3),
        }


def peak_gigabytes() -> float:
    """The most memory that this process ever had."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)


def child(module: str, *arguments: object, environment: Mapping[str, str] | None = None) -> Figures:
    """The figures that a module of this folder prints as JSON when run as a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", f"tests.benchmarks.{module}", *map(str, arguments)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    done = subprocess.run(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, check=True, text=True)
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def in_turn(times: int, **contenders: Callable[[], Figures]) -> dict[str, list[Figures]]:
    """The figures of each contender's runs: A B A B …"""
    runs: dict[str, list[Figures]] = {name: [] for name in contenders}
    for _ in range(times):
        for name, run in contenders.items():
            runs[name].append(run())
    return runs


def median(runs: list[Figures], figure: str) -> float:
    return round(statistics.median(float(run[figure] or 0) for run in runs), 3)


def ratio(ours: list[Figures], theirs: list[Figures], figure: str = "seconds") -> float:
    """The median of ours ÷ theirs, pair by pair."""
    pairs = zip(ours, theirs, strict=True)
    return round(statistics.median(float(a[figure] or 0) / float(b[figure] or 1) for a, b in pairs), 2)


@contextmanager
def timed(into: Figures) -> Iterator[None]:
    """The seconds that the block took are in `into`."""
    watch = Stopwatch()
    yield
    into.update(watch.figures())
