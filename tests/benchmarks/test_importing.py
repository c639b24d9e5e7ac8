"""How long it takes to import the definitions, which every Dagster process does, beside a bare `import dagster`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.measuring import Figures, in_turn, median, ratio, tell, timed

pytestmark = pytest.mark.benchmark


def _imported(module: str) -> Figures:
    figures: Figures = {}
    with timed(figures):
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True, cwd=Path(__file__).parents[2])
    return figures


def test_import_of_the_definitions() -> None:
    _imported("assets.definitions")  # the compiled files lie there afterwards
    runs = in_turn(5, ours=lambda: _imported("assets.definitions"), dagster=lambda: _imported("dagster"))
    tell(
        "import",
        seconds=median(runs["ours"], "seconds"),
        dagster_seconds=median(runs["dagster"], "seconds"),
        ratio=ratio(runs["ours"], runs["dagster"]),
    )
