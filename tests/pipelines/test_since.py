"""Since when a source that can tell what changed is read, or why in full."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from assets.accounts import ENTITY as ACCOUNTS
from pipelines import memory
from pipelines.declaring.entity import Entity
from pipelines.declaring.rules import Master
from pipelines.declaring.source import Rest
from pipelines.reading.sighting import Sighting
from pipelines.reading.since import Known, Reading, go_on_from, known_of, note, reading_of, tells_changes
from pipelines.telling.record import write_run
from pipelines.telling.report import Report, Status

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FAILURES: tuple[Status, ...] = ("failure",) * 10
WELL = Known(read=Sighting(theirs=NOW - DAY), last_success=NOW - DAY)
SCHOOLS = replace(
    ACCOUNTS, source=Rest("institutions", service="directory", path="/v1/institutions", key="institution_id")
)

READINGS = [
    (WELL, False, "incremental since 2026-05-31T11:55:00Z"),
    (WELL, True, "full: asked for"),
    (Known(), False, "full: no success yet"),
    (replace(WELL, last_success=NOW - 90 * DAY), False, "incremental since 2026-05-31T11:55:00Z"),
    (replace(WELL, last_success=NOW - 91 * DAY), False, "full: no success within 90 days"),
    (replace(WELL, failing=True), False, "full: the last 10 runs failed"),
    (replace(WELL, read=Sighting()), False, "full: the source told no time when it was read last"),
    (replace(WELL, released="refused rows were released"), False, "full: refused rows were released"),
    (replace(WELL, same=False), False, "full: the declaration asks for something else than when it was read last"),
]


@pytest.mark.parametrize("known, everything, said", READINGS)
def test_a_reading_says_since_when_or_why_in_full(known: Known, everything: bool, said: str) -> None:  # noqa: FBT001
    assert str(reading_of(known, everything=everything, now=NOW)) == said


def test_files_are_read_whole() -> None:
    assert (tells_changes(ACCOUNTS), tells_changes(SCHOOLS)) == (False, True)


@pytest.fixture
def con(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    memory.prepare(con, tmp_path)
    return con


def ran(con: duckdb.DuckDBPyConnection, *statuses: Status, mode: str = "sync") -> None:
    """Runs that ended so, a minute apart, the last one a minute ago."""
    for number, status in enumerate(statuses):
        started = NOW - timedelta(minutes=len(statuses) - number)
        write_run(con, Report("schools", f"r{number}", mode, "changed", status, started, 1.0))  # type: ignore[arg-type]


def carried_out(con: duckdb.DuckDBPyConnection, entity: Entity = SCHOOLS) -> Reading:
    """How the source is read after one reading that was carried out."""
    note(con, SCHOOLS, Sighting(theirs=NOW - DAY), whole=True)
    go_on_from(con)
    return reading_of(known_of(con, entity), everything=False, now=NOW)


def test_a_success_is_gone_on_from_whatever_failed_after_it(con: duckdb.DuckDBPyConnection) -> None:
    ran(con, "nothing_to_do", *FAILURES[:9])
    assert carried_out(con).since == NOW - DAY - timedelta(minutes=5)


def test_ten_failures_in_a_row_are_too_many_whatever_was_skipped_or_planned(con: duckdb.DuckDBPyConnection) -> None:
    ran(con, "success", *FAILURES[:10], "skipped")
    ran(con, "success", mode="plan")
    assert carried_out(con).why == "the last 10 runs failed"


def test_a_held_run_is_neither_a_success_nor_a_failure(con: duckdb.DuckDBPyConnection) -> None:
    ran(con, "success", "held", *FAILURES[:9])
    assert carried_out(con).since is not None
    ran(con, "held")
    assert known_of(con, SCHOOLS).last_success == NOW - timedelta(minutes=11)


def test_a_reading_that_was_only_noted_is_not_gone_on_from(con: duckdb.DuckDBPyConnection) -> None:
    ran(con, "success")
    carried_out(con)
    note(con, SCHOOLS, Sighting(theirs=NOW), whole=True)
    assert known_of(con, SCHOOLS).read.theirs == NOW - DAY


def test_a_declaration_that_reads_another_column_reads_all_of_it(con: duckdb.DuckDBPyConnection) -> None:
    ran(con, "success")
    wider = replace(SCHOOLS, fields={**SCHOOLS.fields, "Fax": Master("fax")})
    assert carried_out(con, wider).why == "the declaration asks for something else than when it was read last"
