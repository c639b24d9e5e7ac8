"""Records that people delete in the CRM: what becomes of their tasks in Outlook, and of those that are undeleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faults.desk import ANN, Desk

TOLD = timedelta(minutes=6)
REMOVAL = 6
"""The call that takes the link away: after two logins and two looks, each mailbox asks for a token."""
OTHER = {"applicationName": "Wiki", "externalId": "page", "webUrl": "https://wiki.example.com/page"}


def test_a_record_that_people_undelete_after_its_task_went_with_it_has_one_again(desk: Desk) -> None:
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    (record,) = desk.records()
    desk.deletes(record)
    desk.run()
    assert desk.items() == {}
    desk.later(TOLD)
    desk.run()
    desk.undeletes(record)
    desk.run()
    (new,) = desk.items()
    assert new != key
    assert {name: row["Outlook_Id__c"] for name, row in desk.records().items()} == {record: new}


def linked(desk: Desk) -> tuple[str, str]:
    """A task that was made from a record, and which nothing deletes; it has a link of another application as well."""
    desk.entity = replace(desk.entity, both=replace(desk.entity.rules_of_both, prevent={"source": ("delete",)}))
    record = desk.creates({"Subject": "one", "OwnerId": desk.users[ANN]})
    desk.run()
    (key,) = desk.items()
    where = {"user": ANN, "collection": "tasks", "list": desk.items()[key]["list"]}
    links = [*desk.items()[key]["linkedResources"], OTHER]
    desk.office.door("patch", rows=[{"id": key, "linkedResources": links}], **where)
    desk.later(TOLD)
    desk.run()
    return key, record


def links_of(item: dict[str, Any]) -> list[str]:
    return [link["applicationName"] for link in item["linkedResources"]]


def test_the_link_to_a_deleted_record_is_taken_away_in_the_next_run(desk: Desk) -> None:
    key, record = linked(desk)
    assert links_of(desk.items()[key]) == ["Salesforce", "Wiki"]
    desk.deletes(record)
    report = desk.run()
    assert report is not None
    assert report.reasons == {"updated: without_link": 1}
    assert links_of(desk.items()[key]) == ["Wiki"]
    for _ in range(2):
        desk.later(TOLD)
        quiet = desk.run()
        assert quiet is not None
        assert quiet.status == "nothing_to_do"
    assert (list(desk.items()), desk.records()) == ([key], {})


def test_a_copy_of_the_task_loses_the_link_as_well_and_keeps_its_own_record(desk: Desk) -> None:
    key, record = linked(desk)
    copy = desk.puts(ANN, {name: desk.items()[key][name] for name in ("title", "linkedResources")})
    desk.run()
    (own,) = desk.records().keys() - {record}
    desk.deletes(record)
    desk.run()
    assert [links_of(desk.items()[each]) for each in (key, copy)] == [["Wiki"], ["Wiki"]]
    desk.later(TOLD)
    quiet = desk.run()
    assert quiet is not None
    assert quiet.status == "nothing_to_do"
    assert desk.records()[own]["Outlook_Id__c"] == copy


@pytest.mark.parametrize("kind", ["lost", "reset", "unclear", "throttled"])
def test_a_link_whose_removal_met_a_fault_is_gone_soon(desk: Desk, kind: str) -> None:
    key, record = linked(desk)
    desk.deletes(record)
    desk.run({REMOVAL: kind})
    assert str(desk.wire.calls[REMOVAL - 1]) == "POST graph/$batch of writes"
    desk.later(TOLD)
    desk.run()
    desk.later(TOLD)
    report = desk.run()
    assert report is not None
    assert report.status == "nothing_to_do"
    assert links_of(desk.items()[key]) == ["Wiki"]


def test_where_nothing_may_be_updated_in_outlook_the_link_stays(desk: Desk) -> None:
    key, record = linked(desk)
    never = replace(desk.entity.rules_of_both, prevent={"source": ("delete", "update")})
    desk.entity = replace(desk.entity, both=never)
    desk.deletes(record)
    desk.run()
    assert links_of(desk.items()[key]) == ["Salesforce", "Wiki"]


def test_a_relation_that_people_took_away_stays_away(desk: Desk) -> None:
    person = desk.org.person("POST", "sobjects/Contact", {"LastName": "Bond", "Email": "bond@example.org"})["id"]
    key = desk.puts(ANN, {"title": "one", "body": {"content": "call bond@example.org", "contentType": "text"}})
    desk.run()
    ((record, row),) = desk.org_tasks("WhoId").items()
    assert row["WhoId"] == person
    desk.edits(record, WhoId=None, Status="Completed")
    for _ in range(2):
        desk.later(TOLD)
        desk.run()
    desk.changes(key, title="two")
    desk.run()
    assert desk.org_tasks("WhoId", "Subject") == {record: {"WhoId": None, "Subject": "two"}}


def test_a_first_run_that_had_nothing_to_do_is_no_approval(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    try:
        desk.run()
        desk.creates({"Subject": "one", "OwnerId": desk.users[ANN]})
        held = desk.run(approved=False)
        assert held is not None
        assert (held.status, desk.items()) == ("held", {})
        desk.run()
        desk.creates({"Subject": "two", "OwnerId": desk.users[ANN]})
        assert desk.run(approved=False) is not None
        assert len(desk.items()) == 2
    finally:
        desk.close()
