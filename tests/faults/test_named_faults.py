"""Every fault that can be asked for by name meets a sync over real connections, which ends as an oracle says.

Schedules of faults at every call are tried elsewhere (`test_schedules`), without a socket in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from resources.sandbox.fault_names import KINDS
from tests.faults.by_wire import Line, Lines, lines, patience
from tests.faults.folder import quick_folder
from tests.faults.institutions import INSTITUTIONS
from tests.faults.named import MOMENTS, SENT, TRIED, WORKED_OFF
from tests.faults.trial import amiss

CASES = [(name, moment) for name, tried in TRIED.items() for moment in tried.at]


@pytest.fixture(scope="module")
def started() -> Iterator[Lines]:
    with quick_folder() as folder, lines(folder / "org", INSTITUTIONS) as found:
        yield found


@pytest.fixture
def line(started: Lines, tmp_path: Path) -> Iterator[Line]:
    home = tmp_path / "line"
    home.mkdir()
    with started.line(home, "collections") as found:
        yield found


def test_every_name_that_the_door_knows_is_tried(line: Line) -> None:
    assert line.admin.fault_names().keys() == set(TRIED) == set(KINDS)


@pytest.mark.parametrize("name, moment", CASES, ids=[f"{name} at {moment}" for name, moment in CASES])
def test_a_sync_that_meets_it_ends_as_the_oracle_says(line: Line, name: str, moment: str) -> None:
    if name == "drop-answer":
        line.patience = patience(silence=0.5)
    line.route = MOMENTS[moment].route
    line.trouble({**MOMENTS[moment].where, "action": name, **TRIED[name].says})
    reports = line.until_quiet()
    assert line.unmet() == []
    assert line.wrong(line.plan.meant(line.org)) == []
    if moment == "a write" and name in WORKED_OFF:
        assert line.sent() == SENT
    assert [amiss(report, len(line.plan.rows)) for report in reports] == [()] * len(reports)


def test_results_that_never_come_back_are_read_from_the_records(line: Line) -> None:
    line.route = "bulk"
    line.trouble({"method": "GET", "path": "/jobs/ingest/[^/]+/.", "action": "results-gone", "times": 1000})
    line.until_quiet()
    assert line.unmet() == []
    assert line.wrong(line.plan.meant(line.org)) == []


@pytest.mark.parametrize("name, status", [("rows-unprocessed", "unprocessed"), ("rows-unrecorded", "lost")])
def test_the_ledger_has_what_a_job_said_of_the_rows_that_it_did_not_take(line: Line, name: str, status: str) -> None:
    line.route = "bulk"
    line.trouble({**MOMENTS["a job"].where, "action": name, "rows": 1})
    assert line.run().status == "success", "they were sent again in the same run"
    job = "select batch from batches where operation = 'insert' order by batch limit 1 offset 1"
    with line.warehouse.open() as con:
        told = con.execute(f"select status, count(*) from results where batch = ({job}) group by all").fetchall()
    assert dict(told) == {"success": 1, status: 1}


def test_an_empty_field_that_somebody_fills_while_we_read_is_not_filled_by_the_source(line: Line) -> None:
    """It is stamped before the snapshot and can be seen only after it; no later look back is wide enough by chance."""
    line.trouble()
    line.until_quiet()
    line.org.org.advance(3600)
    line.run()
    line.admin.set_faults({"method": "PATCH", "path": "/sobjects/Account/", "action": "late-commit", "seconds": 120})
    line.types("u4", "Phone", "typed")
    rows = [{**row, "phone": "of the source"} if row["institution_id"] == "u4" else row for row in line.plan.rows]
    line.plan = replace(line.plan, rows=rows, edits=(*line.plan.edits, ("u4", "Phone", "typed")))
    line.until_quiet()
    assert line.unmet() == []
    assert line.wrong(line.plan.meant(line.org)) == []
