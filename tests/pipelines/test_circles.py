"""Circles of parents that the source and the CRM close together are held; what only looks like one goes on."""

from __future__ import annotations

import pytest

from assets.accounts import ENTITY as ACCOUNTS
from tests.pipelines.case import Case


def row(key: str, parent: str | None = None, **columns: object) -> dict[str, object]:
    return {"institution_id": key, "name": f"School {key}", "parent_id": parent, **columns}


def record(key: str, parent: str | None = None, **fields: object) -> dict[str, object]:
    return {
        "Id": key.upper(),
        "Source_Key__c": key,
        "Name": f"School {key}",
        "Source_Status__c": "A",
        "ParentId": parent and parent.upper(),
        **fields,
    }


ABOVE = row("a", "b")
"""What the source says in each case: a is below b."""


@pytest.mark.parametrize(
    "rows, records",
    [
        pytest.param([], [record("a"), record("b", "a")], id="a parent that is absent from the feed"),
        pytest.param([row("b")], [record("a"), record("b", "a")], id="a parent whose own parent is blank"),
        pytest.param(
            [row("b", "free"), row("free")],
            [record("a"), record("b", "a", Do_Not_Update_Hierarchy__c=True), record("free")],
            id="a parent that is frozen",
        ),
        pytest.param(
            [row("b", "free", status="C"), row("free")],
            [record("a"), record("b", "a", Source_Status__c="C"), record("free")],
            id="a parent that is inactive",
        ),
        pytest.param(
            [row("c")],
            [record("a"), record("b", "n1"), record("n1", "n2", Source_Key__c=None), record("n2", "a")],
            id="records without a row, three deep",
        ),
    ],
)
def test_a_circle_that_the_crm_closes_is_held(rows: list[dict[str, object]], records: list[dict[str, object]]) -> None:
    case = Case(ACCOUNTS).source([ABOVE, *rows]).crm(records)
    case.plan()
    assert case.outcomes["a"] == "held: parent_circle"
    assert not case.changes("a")


def test_all_rows_that_close_a_circle_are_held_and_what_is_below_it_goes_on() -> None:
    case = Case(ACCOUNTS).source([ABOVE, row("c", "d"), row("below", "a")])
    case.crm([record("a"), record("b", "c"), record("c"), record("d", "a"), record("below")]).plan()
    assert case.outcomes == {"a": "held: parent_circle", "c": "held: parent_circle", "below": "updated"}


def test_a_new_record_may_close_a_circle_too() -> None:
    case = Case(ACCOUNTS).source([row("a", "new"), row("new", "b")])
    case.crm([record("a"), record("b", "a")]).plan(creates=True)
    assert case.outcomes == {"a": "held: parent_circle", "new": "held: parent_circle"}


def test_a_held_row_keeps_its_parent_and_that_may_close_the_next_circle() -> None:
    """Were a to move below b, d could go below a; as it stays below d, that is a circle of its own."""
    case = Case(ACCOUNTS).source([ABOVE, row("d", "a")])
    case.crm([record("a", "d"), record("b", "a"), record("d")]).plan()
    assert case.outcomes == {"a": "held: parent_circle", "d": "held: parent_circle"}


@pytest.mark.parametrize(
    "rows, records",
    [
        pytest.param([row("b", "free"), row("free")], [record("a"), record("b", "a"), record("free")], id="both move"),
        pytest.param([], [record("a"), record("b", "x"), record("x", "y"), record("y", "x")], id="a circle above it"),
        pytest.param(
            [],
            [record("a"), record("b", "a", IsDeleted=True, Source_Key__c="z"), record("c", Source_Key__c="b")],
            id="a record that was deleted",
        ),
    ],
)
def test_what_is_no_circle_in_the_end_goes_on(rows: list[dict[str, object]], records: list[dict[str, object]]) -> None:
    case = Case(ACCOUNTS).source([ABOVE, *rows]).crm(records)
    case.plan()
    assert case.outcomes["a"] == "updated"


def test_a_circle_that_is_in_the_crm_already_holds_nobody_who_leaves_its_parent_alone() -> None:
    case = Case(ACCOUNTS).source([row("a", phone="1"), row("b", "a", phone="1")])
    case.crm([record("a", "b"), record("b", "a")]).plan()
    assert case.outcomes == {"a": "updated", "b": "updated"}


def test_what_refers_to_a_held_row_means_the_record_it_had_before() -> None:
    """The record of the merged row is only the survivor's once the survivor may be written."""
    case = Case(ACCOUNTS).source([row("old", merged_into="self"), row("self", "self"), row("below", "self")])
    case.crm([record("old"), record("below")]).plan()
    assert case.outcomes["self"] == "held: parent_circle"
    assert "ParentId" not in case.changes("below")


def test_a_parent_merged_into_one_whose_record_is_found_in_this_run_means_that_record() -> None:
    rows = [row("below", "old"), row("old", merged_into="new"), row("older", merged_into="new"), row("new")]
    case = Case(ACCOUNTS).source(rows).crm([record("below"), record("older")])
    case.plan()
    assert case.changes("below") == {"ParentId": "OLDER"}
