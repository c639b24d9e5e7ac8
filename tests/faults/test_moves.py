"""Tasks that people put into another list of Outlook, where they have another id."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipelines.declaring.both import Operation
from resources.outlook.keys import key_of
from tests.faults.desk import ANN, Desk
from tests.faults.people_at_tasks import WEEKLY

TOLD = timedelta(minutes=6)


def test_a_task_that_moved_keeps_its_record_whatever_was_typed_there_meanwhile(desk: Desk) -> None:
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    (record,) = desk.records()
    new = desk.moves(key)
    desk.edits(record, Subject="typed")
    desk.run()
    assert {name: row["Outlook_Id__c"] for name, row in desk.records().items()} == {record: new}
    assert {name: row["title"] for name, row in desk.items().items()} == {new: "typed"}
    report = desk.run()
    assert report is not None
    assert report.status == "nothing_to_do"


def test_of_two_alike_that_moved_it_is_not_guessed_which_is_which(desk: Desk) -> None:
    keys = [desk.puts(ANN, {"title": "one"}) for _ in range(2)]
    desk.run()
    before = desk.records()
    moved = {desk.moves(key) for key in keys}
    for _ in range(3):
        report = desk.run()
        assert report is not None
        assert report.outcomes == {"held": 4}
        desk.later(TOLD)
    assert desk.records() == before
    assert desk.items().keys() == moved


@pytest.mark.parametrize("prevented", [("delete",), ()], ids=["the CRM keeps all", "deletions go both ways"])
@pytest.mark.parametrize("title", ["one", ""], ids=["matched by its subject", "matched by nothing"])
def test_a_task_that_moved_and_was_copied_at_once_waits_with_its_record_for_a_person(
    desk: Desk, title: str, prevented: tuple[Operation, ...]
) -> None:
    desk.entity = replace(desk.entity, both=replace(desk.entity.rules_of_both, prevent={"crm": prevented}))
    key = desk.puts(ANN, {"title": title})
    desk.run()
    (record,) = desk.records()
    new = desk.moves(key)
    copy = desk.puts(ANN, {"title": title})
    for _ in range(3):
        report = desk.run()
        assert report is not None
        assert report.reasons == {"held: ambiguous_match": 3}
        desk.later(TOLD)
    assert list(desk.records()) == [record]
    desk.edits(record, Outlook_Id__c=key_of(new))  # which one it is
    desk.run()
    desk.run()
    assert {row["Outlook_Id__c"] for name, row in desk.records().items() if name != record} == {copy}
    assert desk.records()[record]["Outlook_Id__c"] == new


def test_of_a_task_that_moved_and_was_copied_the_record_is_not_made_anew_when_people_deleted_it(desk: Desk) -> None:
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    (record,) = desk.records()
    new, copy = desk.moves(key), desk.puts(ANN, {"title": "one"})
    desk.run()
    desk.deletes(record)
    for _ in range(3):
        desk.later(TOLD)
        desk.run()
    assert desk.records() == {}
    desk.changes(copy, title="copy")
    desk.run()
    desk.changes(new, title="two")
    desk.later(TOLD)
    desk.run()
    assert [row["Outlook_Id__c"] for row in desk.records().values()] == [copy]


def test_a_moved_task_with_the_mark_of_a_deleted_record_is_not_its_copy(desk: Desk) -> None:
    record = desk.creates({"Subject": "one", "OwnerId": desk.users[ANN], "ActivityDate": "2026-03-05"})
    desk.run()
    (key,) = desk.items()
    due = desk.items()[key]["dueDateTime"]
    new, copy = desk.moves(key), desk.puts(ANN, {"title": "one", "dueDateTime": due})
    desk.deletes(record)
    for _ in range(3):
        desk.run()
        desk.later(TOLD)
    assert [row["Outlook_Id__c"] for row in desk.records().values()] == [copy]
    assert desk.items().keys() == {new, copy}


def test_of_a_task_that_moved_and_its_copy_the_one_with_the_mark_keeps_the_record(desk: Desk) -> None:
    record = desk.creates({"Subject": "one", "OwnerId": desk.users[ANN], "ActivityDate": "2026-03-05"})
    desk.run()
    (key,) = desk.items()
    due = desk.items()[key]["dueDateTime"]
    new, copy = desk.moves(key), desk.puts(ANN, {"title": "one", "dueDateTime": due})
    desk.run()
    records = desk.records()
    assert records.pop(record)["Outlook_Id__c"] == new
    assert [row["Outlook_Id__c"] for row in records.values()] == [copy]


def test_a_task_that_moved_and_whose_text_was_changed_at_once_keeps_the_text_and_its_record(desk: Desk) -> None:
    key = desk.puts(ANN, {"title": "one", "body": {"content": "old", "contentType": "text"}})
    desk.run()
    (record,) = desk.records()
    new = desk.moves(key)
    desk.changes(new, body={"content": "new", "contentType": "text"})
    desk.run()
    assert {name: row["Description"] for name, row in desk.records().items()} == {record: "new"}
    assert {name: row["body"]["content"] for name, row in desk.items().items()} == {new: "new"}


def test_a_task_that_moved_while_its_record_was_deleted_stays_and_is_no_new_one(desk: Desk) -> None:
    """That it is the same one is a guess: somebody may have written the same words anew."""
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    (record,) = desk.records()
    new = desk.moves(key)
    desk.deletes(record)
    desk.run()
    desk.later(TOLD)
    desk.run()
    assert list(desk.items()) == [new]
    assert desk.records() == {}
    desk.undeletes(record)
    desk.changes(new, title="two")
    desk.run()
    assert {name: (row["Subject"], row["Outlook_Id__c"]) for name, row in desk.records().items()} == {
        record: ("two", new)
    }


def test_a_task_whose_record_nobody_can_tell_of_any_more_is_left_alone_without_a_failure(desk: Desk) -> None:
    """The org has forgotten it, as no run came for so long, and it has no other one."""
    key = desk.puts(ANN, {"title": "one"})
    for _ in range(2):
        desk.run()
    (record,) = desk.records()
    desk.deletes(record)
    desk.later(timedelta(days=20))
    desk.moves(key)
    for _ in range(2):
        report = desk.run()
        assert report is not None
        assert (report.status, report.reasons) == ("nothing_to_do", {"skipped: deleted_in_crm": 1})


def test_a_task_that_was_parted_from_a_deleted_record_stays_so_wherever_it_is_moved(desk: Desk) -> None:
    desk.entity = replace(desk.entity, both=replace(desk.entity.rules_of_both, prevent={"source": ("delete",)}))
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    (record,) = desk.records()
    desk.deletes(record)
    desk.run()
    for _ in range(2):
        key = desk.moves(key)
        desk.run()
        desk.changes(key, title=f"{key} changed")
        desk.later(TOLD)
        desk.run()
    assert list(desk.items()) == [key]
    assert desk.records() == {}


LEFT: dict[str, dict[str, Any]] = {
    "excluded": {"excepted": True},
    "private": {"categories": ["Private"]},
    "of a series": {"recurrence": WEEKLY},
}


@pytest.mark.parametrize("why", LEFT.values(), ids=LEFT.keys())
def test_a_task_that_is_left_alone_is_followed_and_never_gets_a_second_record(desk: Desk, why: dict[str, Any]) -> None:
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    (record,) = desk.records()
    told = {name: value for name, value in why.items() if name != "excepted"}
    if told:
        desk.changes(key, **told)
    desk.run(excepted=frozenset({key_of(key)} if "excepted" in why else ()))
    for title in ("two", "three"):
        key = desk.moves(key)
        desk.run()
        desk.changes(key, title=title)
        desk.later(TOLD)
        desk.run()
    assert {name: row["Subject"] for name, row in desk.records().items()} == {record: "one"}
    if told:
        desk.changes(key, categories=[], recurrence=None)
        desk.run()
        assert {name: row["Subject"] for name, row in desk.records().items()} == {record: "three"}


def test_a_plan_remembers_nothing_of_what_moved(desk: Desk) -> None:
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    (record,) = desk.records()
    new = desk.moves(key)
    desk.deletes(record)
    desk.run(mode="plan")
    desk.undeletes(record)
    report = desk.run()
    assert report is not None
    assert report.outcomes == {"linked": 1}
    assert {name: row["Outlook_Id__c"] for name, row in desk.records().items()} == {record: new}
