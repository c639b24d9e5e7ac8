"""Which waves of a plan share a call, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.loading.batching import STANDARD, Batching
from pipelines.loading.waves import Wave, cost_of, trips

Cell = tuple[str | None, str | None]
ALL_BULK = Batching(job_calls=0, job_rows=100)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create schema work")
        con.execute("create table work.actions (fold varchar, kind varchar, wave bigint)")
        con.execute("create table work.cells (fold varchar, new varchar, waits_for varchar)")
        yield con


def planned(con: duckdb.DuckDBPyConnection, kind: str, rows: int, wave: int = 0, cell: Cell = ("x", None)) -> None:
    """So many rows, each with one cell: its new value, and what it waits for."""
    made = f"select '{kind} {wave} ' || i as fold from range({rows}) r(i)"
    con.execute(f"insert into work.actions select fold, ?, ? from ({made})", [kind, wave])
    con.execute(f"insert into work.cells select fold, ?, ? from ({made})", cell)


def shared(con: duckdb.DuckDBPyConnection, batching: Batching = STANDARD) -> list[list[str]]:
    return [[f"{wave.operation} {wave.number}" for wave in trip] for trip in trips(con, batching)]


def rows(found: list[tuple[Wave, ...]]) -> list[list[int]]:
    return [[wave.rows for wave in trip] for trip in found]


def cost(con: duckdb.DuckDBPyConnection, batching: Batching = STANDARD) -> int:
    return sum(cost_of(trip, batching) for trip in trips(con, batching))


def test_a_few_new_rows_and_a_few_changed_ones_share_a_call(con: duckdb.DuckDBPyConnection) -> None:
    planned(con, "update", 200, cell=(None, None))
    planned(con, "create", 200)
    assert (shared(con), cost(con)) == ([["insert 0", "update 0"]], 2)


@pytest.mark.parametrize(
    "creates, updates, batching, calls",
    [
        pytest.param(201, 1, STANDARD, 5, id="too many new ones"),
        pytest.param(1, 201, STANDARD, 5, id="too many changed ones"),
        pytest.param(3, 2, Batching(collection_rows=2), 5, id="smaller collections"),
        pytest.param(1, 1, ALL_BULK, 2, id="by bulk jobs"),
        pytest.param(200, 2_000, STANDARD, 11, id="one of them by a bulk job"),
    ],
)
def test_what_does_not_fit_goes_one_after_the_other(
    con: duckdb.DuckDBPyConnection, creates: int, updates: int, batching: Batching, calls: int
) -> None:
    planned(con, "create", creates)
    planned(con, "update", updates)
    assert (shared(con, batching), cost(con, batching)) == ([["insert 0"], ["update 0"]], calls)


def test_parents_go_before_their_children_and_both_before_what_changes(con: duckdb.DuckDBPyConnection) -> None:
    planned(con, "update", 1)
    planned(con, "create", 1, wave=10)
    planned(con, "create", 1, wave=9)
    assert (shared(con), cost(con)) == ([["insert 9"], ["insert 10"], ["update 0"]], 6)


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param((None, "create 0 0"), id="it waits for a new record"),
        pytest.param(("see @{new[0].id}", None), id="it holds a reference, or what looks like one"),
    ],
)
def test_what_cannot_share_a_call_goes_after_the_other(con: duckdb.DuckDBPyConnection, cell: Cell) -> None:
    planned(con, "create", 1)
    planned(con, "update", 1, cell=cell)
    assert (shared(con), cost(con)) == ([["insert 0"], ["update 0"]], 4)


@pytest.mark.parametrize("kind", ["create", "update"])
def test_one_kind_alone_is_as_ever(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    planned(con, kind, 1)
    assert (len(trips(con, STANDARD)), cost(con)) == (1, 2)


def test_the_keys_of_what_is_still_to_be_created_in_the_source_are_changes(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create table work.source_actions (kind varchar)")
    planned(con, "create", 1)
    assert rows(trips(con, STANDARD, keys_ahead=True)) == [[1]]
    con.execute("insert into work.source_actions values ('create'), ('update'), ('create')")
    assert rows(trips(con, STANDARD, keys_ahead=True)) == [[1, 2]]
    assert rows(trips(con, STANDARD)) == [[1]], "once they are created, they are in the plan or are not"


def test_no_plan_is_no_trip(con: duckdb.DuckDBPyConnection) -> None:
    assert trips(con, STANDARD) == []
