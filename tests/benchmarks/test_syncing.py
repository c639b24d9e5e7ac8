"""Whole runs against the sandbox org, beside two who upsert everything: seconds, calls, needless cells, lost edits.

Each contender works on a copy of the same org. The copies are made of a home where nothing is left to do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.benchmarks import rivals, town
from tests.benchmarks.measuring import Figures, tell, timed
from tests.runs.place import Place, copy_of, place

pytestmark = pytest.mark.benchmark

ROWS = int(os.environ.get("BENCH_ACCOUNTS", "20000"))

Contender = Callable[[Place], Mapping[town.Cell, str]]


def concord(here: Place) -> Mapping[town.Cell, str]:
    """A run as a schedule starts it, but for the gate: half of the records change here."""
    report = here.run("accounts", approved=True)
    assert report.status == "success", report.as_json()
    return {
        (key, field): value
        for key, field, value in here.ask(
            "accounts",
            "select c.fold, c.field, c.new from batch_cells c join batches b using (batch)"
            f" where b.run_id = '{report.run_id}'",
        )
    }


CONTENDERS: dict[str, Contender] = {
    "concord": concord,
    "simple-salesforce": lambda here: rivals.simple_salesforce(here.home / "feeds" / "institutions.csv", here.org),
    "drt": lambda here: rivals.drt(here.home / "feeds" / "institutions.csv", here.org),
}


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after a run that left nothing to do, its sandbox stopped."""
    home = tmp_path_factory.mktemp("settled") / "home"
    with place(home) as here:
        town.settle_in(here, ROWS)
        here.until_quiet("accounts")
        here.org.reset()
        figures: Figures = {}
        with timed(figures):
            report = here.run("accounts")
        assert (report.status, report.extracted) == ("nothing_to_do", ROWS)
        tell("sync nothing", rows=ROWS, calls=town.api_calls(here.org), **figures)
    return home


def _sync(settled: Path, to: Path, changed: int, contender: str) -> tuple[Figures, Mapping[town.Cell, str]]:
    with place(copy_of(settled, to)) as here:
        before = town.Org.of(here)
        here.feed("institutions", town.directory(ROWS, changed))
        here.org.reset()
        figures: Figures = {}
        with timed(figures):
            sent = CONTENDERS[contender](here)
        figures["calls"] = town.api_calls(here.org)
        after = town.Org.of(here)
    moved = {
        cell: value
        for row in town.directory(ROWS, changed)
        if str(row["name"]).startswith("Renamed")
        for name in ("name", "street", "city")
        for cell, value in [((str(row["institution_id"]), town.COLUMNS[name]), row[name])]
    }
    assert len(moved) == 3 * changed
    assert all(after.cells[cell] == value for cell, value in moved.items()), "not everything has arrived"
    return figures | town.judged(sent, before, after, ROWS), after.cells


@pytest.mark.parametrize("changed", [500, ROWS // 2])
def test_changed_records_beside_who_upserts_everything(changed: int, settled: Path, tmp_path: Path) -> None:
    ours: Figures = {}
    for contender in CONTENDERS:
        figures, _ = _sync(settled, tmp_path / contender, changed, contender)
        ours = ours or figures
        tell(
            f"sync {changed}: {contender}",
            changed=changed,
            rows=ROWS,
            **figures,
            ratio=round(float(ours["seconds"] or 0) / float(figures["seconds"] or 1), 2),
        )
