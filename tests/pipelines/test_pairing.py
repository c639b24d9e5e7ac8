"""Pairs of a two-way entity: what is left alone, what finds its twin, what is created, and what a deletion means."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from assets.tasks import ENTITY as TASKS
from pipelines.declaring.both import BothWays, Days
from pipelines.declaring.entity import Entity
from pipelines.linking.scope import Keys
from tests.pipelines.both_case import BothCase

KEYED = {"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "a"}
ITEM = {"id": "T1", "title": "a"}
FAR, LONG_AGO = "2028-01-01", "2026-01-01"


def pair(entity: Entity = TASKS) -> BothCase:
    """A task that both sides agree on."""
    case = BothCase(entity).items(ITEM).tasks(KEYED)
    assert isinstance(case, BothCase)
    return case.agreed("T1", "00T1")


LEFT: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "private there": ({"categories": '["Red", "private"]'}, {}, "private"),
    "private here": ({}, {"Is_Private__c": True}, "private"),
    "recurring there": ({"recurrence": "{}"}, {}, "recurring"),
    "recurring here": ({}, {"IsRecurrence": True}, "recurring"),
    "outside on both sides": ({"dueDateTime": FAR}, {"ActivityDate": date(2028, 1, 1)}, "outside_window"),
    "past on both sides": ({"dueDateTime": LONG_AGO}, {"ActivityDate": date(2026, 1, 1)}, "outside_window"),
}


@pytest.mark.parametrize("there, here, reason", LEFT.values(), ids=LEFT.keys())
def test_what_is_left_alone_stays_as_it_is_on_both_sides(
    there: dict[str, Any], here: dict[str, Any], reason: str
) -> None:
    case = pair().items({**ITEM, "title": "b", **there}).tasks({**KEYED, "Status": "Deferred", **here})
    assert isinstance(case, BothCase)
    case.look()
    assert (case.cells, case.back, case.outcomes) == (set(), {}, {"T1": f"skipped: {reason}"})


def test_a_task_that_is_private_no_longer_goes_on_where_it_was() -> None:
    case = pair().items({**ITEM, "title": "b", "categories": '["Private"]'})
    case.look()
    case.items({**ITEM, "title": "b"}).look()
    assert case.changes("T1") == {"Subject": "b"}


def test_a_day_that_leaves_the_window_on_one_side_is_still_told_the_other() -> None:
    case = pair().items({**ITEM, "dueDateTime": FAR})
    case.look()
    assert case.changes("T1") == {"ActivityDate": FAR}


def test_without_a_day_the_last_change_counts() -> None:
    old = {"dueDateTime": None, "lastModifiedDateTime": "2026-01-20T08:00:00Z"}
    case = BothCase().items({**ITEM, **old}, {"id": "T2", "title": "b", "dueDateTime": None})
    case.tasks({"Id": "00T3", "Subject": "c", "ActivityDate": None, "LastModifiedDate": datetime(2026, 1, 20)})  # noqa: DTZ001
    case.look()
    assert case.outcomes == {"T1": "skipped: outside_window", "T2": "created"}


DAYS = [
    (date(2026, 1, 30), "created: in_source"),
    (date(2026, 1, 29), None),
    (date(2027, 3, 1), "created: in_source"),
    (date(2027, 3, 2), None),
]


@pytest.mark.parametrize("day, told", DAYS)
def test_the_window_has_thirty_days_back_and_a_year_ahead(day: date, told: str | None) -> None:
    case = BothCase().items().tasks({"Id": "00T1", "Subject": "a", "ActivityDate": day})
    case.look()
    assert case.outcomes.get("00T1") == told


def test_a_record_nobody_mailbox_is_known_of_stays_here() -> None:
    case = BothCase().items().tasks({"Id": "00T1", "Subject": "a", "OwnerId": "005Z"})
    case.look()
    assert (case.back, case.outcomes) == ({}, {"00T1": "skipped: no_mailbox"})


def test_twins_without_a_key_are_paired_and_ties_are_held_on_both_sides() -> None:
    case = BothCase().items(ITEM, {"id": "T2", "title": "b"}, {"id": "T3", "title": "b"})
    case.tasks({"Id": "00T1", "Subject": "A"}, {"Id": "00T2", "Subject": "b"}, {"Id": "00T3", "Subject": "b"})
    case.look()
    assert case.changes("T1") == {"Outlook_Id__c": "T1"}
    assert case.back == {("update", "T1"): {"title": "A"}}
    tied = "held: ambiguous_match"
    assert {key: told for key, told in case.outcomes.items() if key != "T1"} == dict.fromkeys(
        ("T2", "T3", "00T2", "00T3"), tied
    )


def test_an_item_that_was_made_from_a_record_is_known_by_its_mark() -> None:
    case = BothCase().items({**ITEM, "crmId": "00T1", "title": "made here"}).tasks({"Id": "00T1", "Subject": "a"})
    case.look()
    assert case.changes("T1") == {"Outlook_Id__c": "T1"}
    assert ("create", "00T1") not in case.back


def test_a_copy_of_a_marked_item_is_an_item_of_its_own() -> None:
    case = pair().items({**ITEM, "crmId": "00T1"}, {"id": "T2", "title": "copy", "crmId": "00T1"})
    case.look()
    assert case.outcomes == {"T1": "unchanged", "T2": "created"}


def test_an_item_whose_record_is_gone_is_not_made_a_record_again() -> None:
    case = BothCase().items({**ITEM, "crmId": "00T1"}).tasks({"Id": "00T1", "IsDeleted": True})
    case.look()
    assert (case.cells, case.outcomes) == (set(), {"T1": "skipped: deleted_in_crm"})


DELETE_BOTH = BothWays(prevent={}, window=Days("dueDateTime", "ActivityDate"))


def test_a_record_that_was_deleted_takes_an_unchanged_item_with_it() -> None:
    case = pair().tasks({**KEYED, "IsDeleted": True})
    case.look()
    assert (case.back, case.outcomes) == ({("delete", "T1"): {}}, {"T1": "deleted: in_source"})


def test_an_item_that_was_deleted_leaves_its_record_alone_by_default() -> None:
    case = pair().items(removed=["T1"])
    case.look()
    assert (case.removals, case.back, case.outcomes) == (set(), {}, {"T1": "skipped: deleted_in_source"})


def test_an_item_that_was_deleted_takes_its_record_with_it_where_that_is_allowed() -> None:
    case = pair(replace(TASKS, both=DELETE_BOTH)).items(removed=["T1"])
    case.look()
    assert (case.removals, case.outcomes) == ({"00T1"}, {"T1": "deleted: in_crm"})


def test_a_change_here_wins_over_a_deletion_there() -> None:
    case = pair(replace(TASKS, both=DELETE_BOTH)).items(removed=["T1"]).tasks({**KEYED, "Subject": "b"})
    assert isinstance(case, BothCase)
    case.look()
    assert case.removals == set()
    assert case.back[("create", "00T1")]["title"] == "b"
    assert case.outcomes == {"00T1": "created: in_source"}


def test_a_change_there_wins_over_a_deletion_here() -> None:
    case = pair().items({**ITEM, "title": "b"}).tasks({**KEYED, "IsDeleted": True})
    assert isinstance(case, BothCase)
    case.look()
    assert (case.back, case.outcomes) == ({}, {"T1": "created"})
    assert case.changes("T1")["Subject"] == "b"


def test_a_record_that_is_merely_not_seen_any_more_takes_nothing_with_it() -> None:
    case = pair().tasks({**KEYED, "IsDeleted": True, "SystemModstamp": None})
    case.look()
    assert (case.back, case.outcomes) == ({}, {"T1": "skipped: deleted_in_crm"})


def test_an_item_that_moved_to_another_list_keeps_its_record() -> None:
    case = pair().items({**ITEM, "id": "T9", "place": "other"}, removed=["T1"])
    case.look()
    assert case.changes("T9") == {"Outlook_Id__c": "T9"}
    assert (case.back, case.outcomes) == ({}, {"T9": "linked: moved"})


def test_a_record_with_the_key_of_an_item_that_is_not_there_is_not_brought_back() -> None:
    case = BothCase().items().tasks(KEYED)
    case.look()
    assert (case.back, case.outcomes) == ({}, {"00T1": "skipped: deleted_in_source"})


def test_what_a_person_excluded_waits() -> None:
    case = pair().items({**ITEM, "title": "b"}).tasks({"Id": "00T2", "Subject": "c"})
    assert isinstance(case, BothCase)
    case.con.execute("insert into excepted values ('t1'), ('00t2')")
    case.look()
    assert (case.cells, case.back) == (set(), {})
    assert case.outcomes == {"T1": "held: excepted", "00T2": "held: excepted"}


def test_creations_can_be_prevented_on_each_side() -> None:
    entity = replace(TASKS, both=BothWays(prevent={"source": ("create",)}), create="never")
    case = BothCase(entity).items(ITEM).tasks({"Id": "00T2", "Subject": "c"})
    assert isinstance(case, BothCase)
    case.plan(creates=False)
    assert (case.cells, case.back) == (set(), {})


def test_only_what_is_related_is_synced_where_that_is_declared() -> None:
    entity = replace(TASKS, both=BothWays(related=("WhoId", "WhatId")))
    case = BothCase(entity).looked_up("Contact.Email", {"003A": "bob@y.org"})
    assert isinstance(case, BothCase)
    case.items({**ITEM, "mentions": '["bob@y.org"]'}, {"id": "T2", "title": "b"})
    case.tasks({"Id": "00T3", "Subject": "c", "WhoId": "003A"}, {"Id": "00T4", "Subject": "d"})
    case.look()
    related = {"T1": "created", "00T3": "created: in_source"}
    assert case.outcomes == related | dict.fromkeys(("T2", "00T4"), "skipped: not_related")
    assert case.changes("T1")["WhoId"] == "003A"


def test_people_that_somebody_chose_are_kept() -> None:
    case = pair().looked_up("Contact.Email", {"003A": "bob@y.org"})
    assert isinstance(case, BothCase)
    case.items({**ITEM, "mentions": '["bob@y.org"]'}).tasks({**KEYED, "WhoId": "003Z"})
    case.look()
    assert case.cells == set()


def test_a_run_of_some_keys_tells_of_no_other_record() -> None:
    case = BothCase().items(ITEM).tasks({"Id": "00T2", "Subject": "b"}, {"Id": "00T3", "Subject": "c"})
    case.plan(creates=True, scope=Keys(frozenset({"t1", "00T3"})))
    assert set(case.back) == {("create", "00T3")}
    assert set(case.outcomes) == {"T1"}


def test_of_a_text_that_is_too_long_the_record_gets_what_its_field_takes() -> None:
    case = BothCase().items({**ITEM, "title": "x" * 300})
    case.look()
    assert case.changes("T1")["Subject"] == "x" * 255


def test_a_record_whose_item_was_made_and_never_told_of_is_still_told() -> None:
    case = BothCase().items().linked({"T1": "00T1"})
    assert isinstance(case, BothCase)
    case.tasks({"Id": "00T1", "Subject": "a"}).look()
    assert (case.back, case.outcomes) == ({}, {"00T1": "skipped: deleted_in_source"})
