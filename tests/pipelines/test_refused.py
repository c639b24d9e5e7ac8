"""Rows that were refused once are judged anew with every delivery of changes, until they pass or are replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assets.accounts import ENTITY as ACCOUNTS
from pipelines.declaring.entity import Entity
from pipelines.declaring.source import Feed, Rest
from pipelines.reading.reading import set_now
from pipelines.reading.refused import may_pass_now
from tests.pipelines.case import NOW, Case

Row = dict[str, str | None]
FEED = replace(
    ACCOUNTS,
    source=Feed("institutions", key="institution_id", required=("name",), lists="changes", happened=("opened_at",)),
)
REST = replace(
    ACCOUNTS,
    source=Rest(
        "institutions", service="directory", path="/", key="institution_id", required=("name",), happened=("opened_at",)
    ),
)
WHOLE = replace(FEED, source=Feed("institutions", key="institution_id", required=("name",), happened=("opened_at",)))
EARLY: Row = {"institution_id": "i1", "name": "School", "opened_at": "2026-03-02T13:00:00Z"}
QUIET: list[Row] = []


def of(case: Case, rows: list[Row], hours: int = 0) -> dict[str, str]:
    """The outcomes of a delivery of these rows, so many hours later."""
    set_now(case.con, NOW + timedelta(hours=hours))
    case.con.execute("set variable run_id = ?", [f"run {hours}"])
    case.source(rows).plan(creates=True)
    return case.outcomes


@pytest.fixture(params=[FEED, REST], ids=["files of changes", "a service"])
def case(request: pytest.FixtureRequest) -> Case:
    return Case(request.param)


def test_a_row_that_came_too_early_is_told_until_its_time_has_come(case: Case) -> None:
    told = [of(case, rows, hours) for hours, rows in enumerate([[EARLY], QUIET, QUIET])]
    assert told[0] == {"i1": "failed: time_in_future"}
    assert told[1:] == [{"i1": "created"}, {"i1": "created"}]


def test_a_row_that_stays_wrong_keeps_its_outcome_until_a_newer_one_takes_its_place(case: Case) -> None:
    wrong: Row = {"institution_id": "i1", "name": None}
    told = [of(case, rows, hours) for hours, rows in enumerate([[wrong], QUIET, QUIET, [{**EARLY, "name": None}]])]
    assert told == [{"i1": "failed: required_blank"}] * 4
    assert case.con.execute("select key, problem from unusable_rows").fetchall() == [("i1", "required_blank")]
    mended: Row = {"institution_id": "I1", "name": "School"}
    assert of(case, [mended], 5) == {"I1": "created"}
    assert of(case, QUIET, 6) == {"I1": "created"}
    assert case.con.execute("from unusable_rows").fetchall() == []


def test_rows_of_several_deliveries_are_told_beside_each_other(case: Case) -> None:
    wrong: list[Row] = [{"institution_id": f"i{n}", "name": None} for n in range(3)]
    for hours, row in enumerate(wrong):
        of(case, [row], hours)
    of(case, [{"institution_id": "i9", "name": "Nine"}], 4)
    told = case.con.execute("select key, outcome from work.outcomes order by key").fetchall()
    assert told == [("i0", "failed"), ("i1", "failed"), ("i2", "failed"), ("i9", "created")]


def test_two_spellings_are_refused_together_and_the_one_that_comes_again_is_taken(case: Case) -> None:
    low: Row = {"institution_id": "a", "name": "Low"}
    high: Row = {"institution_id": "A", "name": "High"}
    both = {"a": "held: duplicate_key", "A": "held: duplicate_key"}
    assert [of(case, rows, hours) for hours, rows in enumerate(([low, high], QUIET))] == [both, both]
    assert of(case, [low], 2) == {"a": "created"}
    assert of(case, QUIET, 3)["A"] == "held: duplicate_key"


def test_a_column_that_the_file_of_a_refused_row_lacked_clears_nothing_when_its_time_has_come() -> None:
    case = Case(FEED)
    case.con.execute("insert into absent_columns values ('feed.csv', 'phone')")
    of(case, [EARLY])
    case.con.execute("delete from absent_columns")
    of(case, [{"institution_id": "i2", "name": "Two"}], 2)
    absent = case.con.execute("select file, name from absent_columns").fetchall()
    assert absent == [("feed.csv of run 0", "phone")]
    assert case.con.execute("select _file from work.incoming where key = 'i1'").fetchall() == [("feed.csv of run 0",)]


@pytest.mark.parametrize(
    "entity, row, again",
    [
        (WHOLE, EARLY, True),
        (WHOLE, {"institution_id": "i1", "name": None}, False),
        (FEED, {"institution_id": "i1", "name": None}, True),
        (FEED, {"institution_id": "i1", "name": "School"}, False),
    ],
    ids=["a time to come", "a whole list's blank", "a blank", "nothing"],
)
def test_an_identical_reading_is_judged_again_where_it_may_end_otherwise(
    entity: Entity, row: Row, *, again: bool
) -> None:
    case = Case(entity)
    of(case, [row])
    assert may_pass_now(case.con, entity) is again


def test_a_full_list_that_lacks_a_refused_row_brings_it_no_more() -> None:
    case = Case(WHOLE)
    assert [of(case, rows, hours) for hours, rows in enumerate([[EARLY], QUIET])] == [
        {"i1": "failed: time_in_future"},
        {},
    ]
