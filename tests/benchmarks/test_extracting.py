"""How long a feed takes until it lies in the entity's file, beside a bare DuckDB read of the same file into a table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import duckdb
import pytest

from resources.feeds import Feeds
from resources.world import silent
from tests.benchmarks import things
from tests.benchmarks.measuring import Figures, in_turn, median, ratio, tell, timed

pytestmark = pytest.mark.benchmark

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))


def _land(folder: Path, file: Path) -> Figures:
    figures: Figures = {}
    with timed(figures):
        landed = Feeds(folder, folder.parent / "dlt").land(things.FEED, things.ENTITY.columns, file, silent)
    assert landed.rows == ROWS
    return figures


def _read_bare(feed: Path, file: Path) -> Figures:
    figures: Figures = {}
    file.unlink(missing_ok=True)
    read = f"read_csv('{feed}', all_varchar = true, header = true)" if feed.suffix == ".csv" else f"'{feed}'"
    with timed(figures), duckdb.connect(file) as con:
        con.execute(f"create table rows as select * from {read}")
        assert con.execute("select count(*) from rows").fetchall() == [(ROWS,)]
    return figures


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_extract_of_a_million_rows(kind: Literal["csv", "parquet"], tmp_path: Path) -> None:
    feed = tmp_path / "feeds" / f"things.{kind}"
    feed.parent.mkdir()
    with duckdb.connect() as con:
        con.execute(f"copy ({things.rows_sql(ROWS)}) to '{feed}' (format {kind})")
    ours = tmp_path / "things.duckdb"
    runs = in_turn(
        2, concord=lambda: _land(feed.parent, ours), duckdb=lambda: _read_bare(feed, tmp_path / "bare.duckdb")
    )
    with duckdb.connect() as con:
        con.execute(f"attach '{ours}' as ours; attach '{tmp_path / 'bare.duckdb'}' as bare")
        columns = ", ".join(things.ENTITY.columns)
        sums = [
            con.execute(f"select bit_xor(hash({columns})), count(*) from {table}").fetchall()
            for table in ("ours.landing.rows", "bare.rows")
        ]
    assert sums[0] == sums[1]
    tell(
        f"extract {kind}",
        rows=ROWS,
        seconds=median(runs["concord"], "seconds"),
        processor_seconds=median(runs["concord"], "processor_seconds"),
        duckdb_seconds=median(runs["duckdb"], "seconds"),
        duckdb_processor_seconds=median(runs["duckdb"], "processor_seconds"),
        ratio=ratio(runs["concord"], runs["duckdb"]),
    )
