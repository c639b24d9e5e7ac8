"""Items that we made in Outlook, and what becomes of them before a run has read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from assets.events import ENTITY as EVENTS
from tests.faults.desk import ANN, Desk

TOLD = timedelta(minutes=6)
PARTED = {"skipped: deleted_in_source": 1}


def made(desk: Desk) -> tuple[str, str]:
    """A record and the item that was made from it a moment ago."""
    record = desk.creates({"Subject": "one", "OwnerId": desk.users[ANN]})
    desk.run()
    (key,) = desk.items()
    return record, key


def told(desk: Desk) -> dict[str, int]:
    """The reasons of a run some minutes later."""
    desk.later(TOLD)
    report = desk.run()
    assert report is not None
    return report.reasons


def test_one_that_is_thrown_away_at_once_leaves_its_record_alone(desk: Desk) -> None:
    record, key = made(desk)
    desk.throws_away(key)
    assert [told(desk) for _ in range(3)] == [PARTED] * 3
    desk.edits(record, Subject="two")
    assert told(desk) == PARTED
    assert (desk.items(), desk.records()[record]["Subject"]) == ({}, "two")


def test_one_that_is_thrown_away_at_once_takes_its_record_with_it_where_that_may_be(desk: Desk) -> None:
    desk.entity = replace(desk.entity, both=replace(desk.entity.rules_of_both, prevent={}))
    _, key = made(desk)
    desk.throws_away(key)
    assert told(desk) == {"deleted: in_crm": 1}
    assert (desk.items(), desk.records(), told(desk)) == ({}, {}, {})


def test_one_that_is_thrown_away_while_its_record_is_changed_is_made_anew(desk: Desk) -> None:
    record, key = made(desk)
    desk.throws_away(key)
    desk.edits(record, Subject="two")
    assert told(desk) == {"created: in_source": 1}
    assert [item["title"] for item in desk.items().values()] == ["two"]
    assert told(desk) == {}
    assert list(desk.items()) == [desk.records()[record]["Outlook_Id__c"]]


def test_one_whose_owner_loses_the_mailbox_is_still_counted(desk: Desk) -> None:
    made(desk)
    desk.office.door("users", users=[{"userPrincipalName": ANN, "mailbox": False}])
    assert told(desk) == {"skipped: no_mailbox": 1}
    desk.office.door("users", users=[{"userPrincipalName": ANN, "mailbox": True}])
    desk.later(timedelta(days=1))
    assert told(desk) == {}


def test_one_whose_removal_nobody_tells_is_asked_for_and_made_anew(desk: Desk) -> None:
    record, key = made(desk)
    desk.throws_away(key)
    desk.office.door("expire", what="delta")
    desk.run()  # all is read, and what was made a moment ago may be missing in it
    desk.edits(record, Subject="two")
    assert told(desk) == {"created: in_source": 1}
    assert [item["title"] for item in desk.items().values()] == ["two"]
    assert told(desk) == {}


def test_one_that_is_thrown_away_just_before_we_write_to_it_is_made_anew_by_the_next_run(desk: Desk) -> None:
    record, key = made(desk)
    assert told(desk) == {}
    desk.edits(record, Subject="two")
    desk.later(TOLD)
    report = desk.run(meanwhile=lambda call: desk.throws_away(key) if call == 6 else None)
    assert report is not None
    assert report.reasons == {"failed: gone": 1}
    assert told(desk) == {"created: in_source": 1}
    assert [item["title"] for item in desk.items().values()] == ["two"]


def test_an_event_that_is_thrown_away_at_once_leaves_its_record_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path, EVENTS)
    desk.run()
    day = (desk.clock() + timedelta(days=5)).date()
    times = {"StartDateTime": f"{day}T09:00:00Z", "EndDateTime": f"{day}T10:00:00Z"}
    desk.org.person("POST", "sobjects/Event", {"Subject": "one", "OwnerId": desk.users[ANN], **times})
    desk.run()
    where = {"user": ANN, "collection": "events"}
    (key,) = (str(row["Outlook_Id__c"]).partition("~")[0] for row in desk.org.records("Event", ["Outlook_Id__c"]))
    desk.office.door("delete", ids=[key], **where)
    assert [told(desk) for _ in range(2)] == [PARTED] * 2
    desk.close()
