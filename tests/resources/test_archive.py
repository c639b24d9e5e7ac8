"""What is shown of the past: the last ten syncs, however many there were, and runs that were skipped among them."""

from __future__ import annotations

import inspect
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assets.commands.past import history
from assets.making.asset import SHOWN_RUNS
from pipelines.telling.record import write_run
from pipelines.telling.report import Report, Status
from resources.archive import Archive
from resources.warehouse import Warehouse

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def report(number: int, status: Status = "success", *, plan: bool = False) -> Report:
    started = NOON + timedelta(minutes=number)
    return Report("schools", f"r{number}", "plan" if plan else "sync", "changed", status, started, 1.0)


def ids(home: Path, count: int) -> list[str]:
    return [run["run_id"] for run in Archive(home).runs("schools", count, syncs=True)]


def test_the_last_ten_syncs_are_shown_the_latest_first(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, "schools")
    with warehouse.open() as con:
        for number in range(13):
            write_run(con, report(number, plan=number == 11))
    warehouse.publish()
    assert (SHOWN_RUNS, inspect.signature(history).parameters["count"].default) == (10, 10)
    assert ids(tmp_path, SHOWN_RUNS) == [f"r{number}" for number in (12, *range(10, 1, -1))]


def test_runs_that_were_skipped_since_are_shown_before_them(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, "schools")
    with warehouse.open() as con:
        write_run(con, report(0))
    warehouse.publish()
    for number in (1, 2):
        warehouse.publish_skipped(json.dumps(report(number, "skipped").as_json()))
    assert ids(tmp_path, 2) == ["r2", "r1"]
    assert ids(tmp_path, 9) == ["r2", "r1", "r0"]
    assert warehouse.skipped.stat().st_mode & 0o077 == 0
