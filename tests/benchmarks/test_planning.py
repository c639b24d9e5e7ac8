"""What a plan costs, beside the same comparison in pandas with its frames already in memory."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.benchmarks import things
from tests.benchmarks.measuring import Figures, child, in_turn, median, ratio, tell

pytestmark = pytest.mark.benchmark

MILLION = int(os.environ.get("BENCH_ROWS", "1000000"))


def _planned(made: Path, scope: str, tmp_path: Path) -> Figures:
    file = tmp_path / "planned.duckdb"
    shutil.copyfile(made, file)
    return child("planning", "concord", file, scope)


def _compare(name: str, made: Path, scope: str, tmp_path: Path) -> None:
    runs = in_turn(
        3,
        concord=lambda: _planned(made, scope, tmp_path),
        pandas=lambda: child("planning", "pandas", made, scope),
    )
    ours, theirs = runs["concord"], runs["pandas"]
    assert {run["checksum"] for run in ours} == {run["checksum"] for run in theirs}
    tell(
        name,
        rows=MILLION,
        cells=ours[0]["cells"],
        seconds=median(ours, "seconds"),
        processor_seconds=median(ours, "processor_seconds"),
        peak_gb=median(ours, "peak_gb"),
        pandas_seconds=median(theirs, "seconds"),
        pandas_processor_seconds=median(theirs, "processor_seconds"),
        pandas_peak_gb=median(theirs, "peak_gb"),
        ratio=ratio(ours, theirs),
    )


def test_plan_of_a_million_rows_a_fifth_of_which_differ(tmp_path: Path) -> None:
    made = tmp_path / "made.duckdb"
    things.make(made, MILLION)
    _compare("plan", made, "all", tmp_path)


def test_plan_of_ten_thousand_changed_rows_among_a_million(tmp_path: Path) -> None:
    made = tmp_path / "made.duckdb"
    things.make(made, MILLION, changed=MILLION // 100)
    _compare("plan changed", made, "changed", tmp_path)


@pytest.mark.skipif("BENCH_LARGE" not in os.environ, reason="takes minutes and 10 GB of disk; BENCH_LARGE=1 runs it")
def test_plan_of_ten_times_as_many_within_four_gigabytes(tmp_path: Path) -> None:
    small, large = tmp_path / "small.duckdb", tmp_path / "large.duckdb"
    things.make(small, MILLION)
    things.multiply(small, large, 10)
    runs = in_turn(1, small=lambda: _planned(small, "all", tmp_path), large=lambda: _planned(large, "all", tmp_path))
    assert runs["large"][0]["updates"] == 10 * int(runs["small"][0]["updates"] or 0)
    tell(
        "plan tenfold",
        rows=10 * MILLION,
        seconds=median(runs["large"], "seconds"),
        processor_seconds=median(runs["large"], "processor_seconds"),
        peak_gb=median(runs["large"], "peak_gb"),
        small_seconds=median(runs["small"], "seconds"),
        ratio=ratio(runs["large"], runs["small"]),
    )
