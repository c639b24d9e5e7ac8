"""Cells and actions beyond one rule: parents that are new themselves, circles, least write, echoes."""

from __future__ import annotations

import pytest

from assets.accounts import ENTITY as ACCOUNTS
from assets.personnel import ENTITY as PERSONNEL
from pipelines.declaring.entity import Entity, Target
from pipelines.declaring.rules import Master
from pipelines.declaring.source import Feed
from tests.pipelines.case import Case


def row(key: str, parent: str | None = None, **columns: object) -> dict[str, object]:
    return {"institution_id": key, "name": f"School {key}", "parent_id": parent, **columns}


def record(record_id: str, key: str, **fields: object) -> dict[str, object]:
    return {"Id": record_id, "Source_Key__c": key, "Name": f"School {key}", "Source_Status__c": "A", **fields}


def waves(case: Case) -> dict[str, tuple[str, int]]:
    return {
        key: (kind, wave)
        for key, kind, wave in case.con.execute("select fold, kind, wave from work.actions").fetchall()
    }


def test_new_parents_go_before_their_new_children_three_deep() -> None:
    case = Case(ACCOUNTS).source(
        [row("school", "district"), row("district", "state"), row("state"), row("room", "school")]
    )
    case.plan(creates=True)
    assert waves(case) == {
        "state": ("create", 0),
        "district": ("create", 1),
        "school": ("create", 2),
        "room": ("create", 3),
    }
    assert {key: case.changes(key).get("ParentId") for key in ("state", "district", "school", "room")} == {
        "state": None,
        "district": "→ state",
        "school": "→ district",
        "room": "→ school",
    }


def test_a_linked_school_waits_for_its_new_district() -> None:
    case = Case(ACCOUNTS).source([row("school", "District"), row("district")])
    case.crm([record("001A", "school", ParentId="001Z")]).plan(creates=True)
    assert case.cells >= {("school", "001A", "ParentId", "001Z", "→ district")}
    assert waves(case) == {"school": ("update", 0), "district": ("create", 0)}


@pytest.mark.parametrize("flag", ["Do_Not_Update__c", "Do_Not_Update_Hierarchy__c"])
def test_a_frozen_school_does_not_wait_for_its_new_district(flag: str) -> None:
    case = Case(ACCOUNTS).source([row("school", "district"), row("district")])
    case.crm([record("001A", "school", **{flag: True})]).plan(creates=True)
    assert waves(case) == {"district": ("create", 0)}


def test_a_school_below_an_inactive_or_unknown_district_is_created_without() -> None:
    case = Case(ACCOUNTS).source([row("a", "closed"), row("b", "nowhere"), row("closed", status="C")])
    case.plan(creates=True)
    assert case.outcomes == {"a": "created", "b": "created", "closed": "skipped: inactive"}
    assert [case.changes(key).get("ParentId") for key in ("a", "b")] == [None, None]


def test_a_circle_of_parents_is_held_and_what_hangs_below_it_goes_on() -> None:
    case = Case(ACCOUNTS).source([row("a", "b"), row("b", "A"), row("self", "self"), row("below", "a"), row("free")])
    case.plan(creates=True)
    assert case.outcomes == {
        "a": "held: parent_circle",
        "b": "held: parent_circle",
        "self": "held: parent_circle",
        "below": "created",
        "free": "created",
    }
    assert "ParentId" not in case.changes("below")


def test_a_parent_that_was_merged_means_its_survivor() -> None:
    case = Case(ACCOUNTS).source([row("school", "old"), row("old", merged_into="new"), row("new")])
    case.crm([record("001A", "school"), record("001N", "new")]).plan()
    assert case.changes("school") == {"ParentId": "001N"}


def test_a_parent_that_was_merged_into_a_new_one_means_the_new_one() -> None:
    case = Case(ACCOUNTS).source([row("school", "old"), row("old", merged_into="new"), row("new")])
    case.crm([record("001A", "school")]).plan(creates=True)
    assert case.changes("school") == {"ParentId": "→ new"}


def test_a_person_moves_with_the_institution_and_stays_where_it_is_unknown() -> None:
    person = {"person_id": "p1", "institution_id": "i2", "last_name": "Lee"}
    known = {"Id": "003A", "Source_Key__c": "p1", "LastName": "Lee", "AccountId": "001A", "Source_Status__c": "A"}
    case = Case(PERSONNEL).source([person]).crm([known])
    case.plan(targets={"i2": "001B"})
    assert case.changes("p1") == {"AccountId": "001B"}
    case = Case(PERSONNEL).source([person]).crm([known])
    case.plan(targets={"i1": "001A"})
    assert (case.cells, case.outcomes) == (set(), {"p1": "skipped: missing_institution"})


def test_only_cells_that_differ_are_written_and_never_an_unmapped_field() -> None:
    case = Case(ACCOUNTS).source([row("a", name="New", city="Kent", phone="1")])
    case.crm([record("001A", "a", BillingCity="Kent", Phone="2")]).plan()
    written = case.con.execute("select distinct field from work.cells").fetchall()
    assert sorted(written) == [("Name",), ("Source_Synced_At__c",)]


def test_a_new_record_gets_no_blank_cells() -> None:
    case = Case(ACCOUNTS).source([row("a")])
    case.plan(creates=True)
    assert case.changes("a") == {
        "Source_Key__c": "a",
        "Name": "School a",
        "Source_Status__c": "A",
        "Created_By_Source__c": "true",
    }


def test_what_the_org_makes_of_our_words_is_not_written_again() -> None:
    case = Case(ACCOUNTS).source([row("a", name="new school")]).crm([record("001A", "a", Name="New School")])
    case.con.execute("insert into echoes values ('001A', 'Name', 'new school', 'New School')")
    case.plan()
    assert case.cells == set()


@pytest.mark.parametrize("said, holds", [("newer school", "New School"), ("new school", "By hand")])
def test_an_echo_ends_when_either_side_changes(said: str, holds: str) -> None:
    case = Case(ACCOUNTS).source([row("a", name=said)]).crm([record("001A", "a", Name=holds)])
    case.con.execute("insert into echoes values ('001A', 'Name', 'new school', 'New School')")
    case.plan()
    assert case.changes("a") == {"Name": said}


OUR_WORDS = ("key", "number", "fold", "present", "problem", "verdict", "record_id", "row_hash", "at", 'a "quote"')


@pytest.mark.parametrize("column", OUR_WORDS)
def test_a_feed_may_call_its_columns_as_it_likes(column: str) -> None:
    entity = Entity(
        name="things",
        source=Feed("things", key=f"{column} id"),
        target=Target("Thing__c", key="Key__c"),
        fields={"Name": Master(column)},
    )
    case = Case(entity).source([{f"{column} id": "1", column: "new"}])
    case.crm([{"Id": "001", "Key__c": "1", "Name": "old"}])
    case.plan()
    assert case.changes("1") == {"Name": "new"}
