"""What a day of five-minute runs costs in calls on either side, by a simulated clock."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from assets.tasks import ENTITY as TASKS
from tests.faults.day import Day
from tests.faults.desk import ANN, Desk

A_DAY = 24 * 12
"""Runs, one every five minutes."""


@pytest.mark.parametrize(
    "tasks, changes, runs",
    [
        pytest.param(100, 160, 6, id="half an hour"),
        pytest.param(2_000, 10_000, A_DAY, id="a day", marks=[pytest.mark.load, pytest.mark.timeout(3600)]),
    ],
)
def test_a_day_stays_under_a_thousand_calls(tmp_path: Path, tasks: int, changes: int, runs: int) -> None:
    desk = Desk(tmp_path)
    try:
        day = Day(desk, tasks, changes, runs)
        day.live_through()
    finally:
        desk.close()
    org, office = sum(day.org_calls), sum(day.office_calls)
    sys.stdout.write(f"{changes:,} changes, {runs} runs: {org} calls of Salesforce, {office} of Graph; by run")
    sys.stdout.write(f" {sorted(Counter(day.org_calls).items())}, {sorted(Counter(day.office_calls).items())}\n")
    assert org / runs * A_DAY < 1_000


def test_the_bill_of_a_run_is_known_before(tmp_path: Path) -> None:
    assert TASKS.both
    desk = Desk(tmp_path, replace(TASKS, both=replace(TASKS.both, prevent={})))
    try:
        changed, gone = (desk.puts(ANN, {"title": title}) for title in ("changed", "gone"))
        assert desk.run()
        desk.puts(ANN, {"title": "new"})
        desk.changes(changed, title="changed again")
        desk.throws_away(gone)
        report = desk.run()
    finally:
        desk.close()
    assert report
    assert report.outcomes == {"created": 1, "updated": 1, "deleted": 1}
    assert (report.planned_calls, report.api_calls) == (4, 5), "after the look"


def test_a_run_with_nothing_to_do_costs_one_call_on_each_side(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    try:
        day = Day(desk, tasks=20, changes=0, runs=3)
        day.live_through()
    finally:
        desk.close()
    assert (day.org_calls, day.office_calls) == ([1, 1, 1], [1, 1, 1])
