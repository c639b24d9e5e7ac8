"""What must not be touched stays so, whatever happens to its other side; and nobody writes into another's mailbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import pytest

from assets.events import ENTITY as EVENTS
from assets.tasks import ENTITY as TASKS
from pipelines.declaring.agreed_rules import Agreed, Winner
from pipelines.declaring.both import BothWays, Days
from tests.pipelines.both_case import MAILBOX, BothCase

KEYED = {"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "a"}
ITEM = {"id": "T1", "title": "a"}
FORMATTED = {"bodyText": "old", "bodyFormatted": "true"}
EVENT = {
    "id": "E1",
    "subject": "a",
    "start": "2026-03-05T09:00:00.000Z",
    "end": "2026-03-05T10:00:00.000Z",
    "type": "singleInstance",
    "sensitivity": "normal",
    "isCancelled": "false",
    "isAllDay": "false",
}
HOURS = {"StartDateTime": datetime(2026, 3, 5, 9), "EndDateTime": datetime(2026, 3, 5, 10)}  # noqa: DTZ001
OTHERS = "005B"
BOTH_DELETE = replace(TASKS, both=BothWays(prevent={}, window=Days("dueDateTime", "ActivityDate")))


def pair(**told: Any) -> BothCase:
    case = BothCase().items({**ITEM, **told}).tasks(KEYED)
    return case.agreed("T1", "00T1")


def test_an_item_whose_record_kept_a_change_back_and_that_people_then_delete_stays_deleted() -> None:
    case = pair(bodyText="old", bodyFormatted="true").tasks({**KEYED, "Description": "new"})
    case.look()
    assert case.why == {("t1", "Description"): "kept formatting_kept"}
    case.settle()
    case.items(removed=["T1"]).look()
    assert (case.back, case.outcomes) == ({}, {"T1": "skipped: deleted_in_source"})


def kept_back(wins: Winner = "crm") -> BothCase:
    """The record's text was kept back, as the item's is formatted; that was told, and then all was quiet."""
    body = replace(cast("Agreed", TASKS.fields["Description"]), wins=wins)
    entity = replace(TASKS, fields={**TASKS.fields, "Description": body})
    case = BothCase(entity).items({**ITEM, **FORMATTED}).tasks({**KEYED, "Description": "old"}).agreed("T1", "00T1")
    case.tasks({**KEYED, "Description": "new"})
    for flow in ("kept formatting_kept", "rest"):
        case.look()
        assert case.why == {("t1", "Description"): flow}
        case.settle()
    return case


def test_a_text_that_was_kept_back_stays_when_the_other_is_changed_as_well() -> None:
    case = kept_back().items({**ITEM, **FORMATTED, "bodyText": "newest"})
    for flow in ("kept formatting_kept", "rest"):
        case.look()
        assert (case.changes("T1"), case.back, case.why) == ({}, {}, {("t1", "Description"): flow})
        case.settle()


def test_a_text_that_was_kept_back_goes_there_once_nothing_is_in_its_way_and_the_other_is_changed() -> None:
    case = kept_back().items({**ITEM, "bodyText": "newest", "bodyFormatted": "false"})
    case.look()
    assert (case.changes("T1"), case.back) == ({}, {("update", "T1"): {"bodyText": "new"}})


def test_a_text_that_was_kept_back_gives_way_where_the_rule_of_the_field_says_so() -> None:
    case = kept_back("source").items({**ITEM, **FORMATTED, "bodyText": "newest"})
    case.look()
    assert (case.changes("T1"), case.back) == ({"Description": "newest"}, {})


def test_a_change_that_may_not_go_to_the_crm_is_in_conflict_with_a_later_one_there() -> None:
    fields = {**TASKS.fields, "Subject": Agreed("title", wins="hold")}
    case = BothCase(replace(TASKS, both=BothWays(prevent={"crm": ("update",)}), fields=fields))
    case.items(ITEM).tasks(KEYED).agreed("T1", "00T1")
    case.items({**ITEM, "title": "b"}).look()
    case.settle()
    case.tasks({**KEYED, "Subject": "c"}).look()
    assert case.outcomes == {"T1": "held: conflict"}


def test_a_default_of_the_org_beside_a_word_that_it_has_none_for_is_nobodys_change() -> None:
    case = BothCase(EVENTS).items({**EVENT, "showAs": "tentative"})
    case.look()
    case.tasks({"Id": "00U1", "Outlook_Id__c": "E1", **case.changes("E1"), **HOURS, "ShowAs": "Busy"})
    case.agreed("E1", "00U1")
    case.items({**EVENT, "showAs": "free"}).look()
    assert (case.changes("E1"), case.back) == ({"ShowAs": "Free"}, {})


def test_a_mark_in_the_mailbox_of_somebody_else_is_none() -> None:
    case = BothCase().looked_up("User.FederationIdentifier", {OTHERS: "carol@x.org"})
    assert isinstance(case, BothCase)
    case.items({**ITEM, "crmId": "00T9"}).tasks({"Id": "00T9", "Subject": "hers", "OwnerId": OTHERS})
    case.look()
    assert case.outcomes == {"T1": "created", "00T9": "skipped: no_mailbox"}
    assert case.back == {}


def test_a_record_that_was_given_to_somebody_else_is_left_alone() -> None:
    case = pair().tasks({**KEYED, "Subject": "his now", "OwnerId": OTHERS})
    case.look()
    assert (case.cells, case.back, case.outcomes) == (set(), {}, {"T1": "skipped: other_owner"})


def test_a_name_of_two_users_is_nobodys_mailbox() -> None:
    case = BothCase().looked_up("User.FederationIdentifier", {OTHERS: MAILBOX.upper()})
    assert isinstance(case, BothCase)
    case.items().tasks({"Id": "00T1", "Subject": "a", "OwnerId": OTHERS}).look()
    assert (case.back, case.outcomes) == ({}, {"00T1": "skipped: no_mailbox"})


LEFT: dict[str, tuple[str, str]] = {
    "excepted": ("insert into excepted values ('t1')", "held: excepted"),
    "without a mailbox": (
        "update landing.mailboxes set refused = 'MailboxNotEnabledForRESTAPI'",
        "skipped: no_mailbox",
    ),
    "private": ("update records set Is_Private__c = true", "skipped: private"),
}


@pytest.mark.parametrize("sql, told", LEFT.values(), ids=LEFT.keys())
def test_what_is_left_alone_stays_when_its_record_is_deleted(sql: str, told: str) -> None:
    case = pair().tasks({**KEYED, "IsDeleted": True, "Is_Private__c": "Is_Private" in sql})
    assert isinstance(case, BothCase)
    case.con.execute(sql)
    case.look()
    assert (case.back, case.outcomes) == ({}, {"T1": told})


def test_an_item_that_was_moved_and_edited_at_once_keeps_the_edit() -> None:
    case = pair(crmId="00T1").items({**ITEM, "id": "T9", "crmId": "00T1", "title": "edited"}, removed=["T1"])
    case.look()
    assert case.changes("T9") == {"Subject": "edited", "Outlook_Id__c": "T9"}
    assert case.back == {}


def test_what_people_took_away_is_not_suggested_again_until_somebody_else_is() -> None:
    case = BothCase().looked_up("Contact.Email", {"003A": "bob@y.org", "003B": "eve@y.org"})
    assert isinstance(case, BothCase)
    case.items({**ITEM, "mentions": '["bob@y.org"]'}).tasks({**KEYED, "WhoId": "003A"})
    case.agreed("T1", "00T1")
    case.tasks({**KEYED, "WhoId": None}).look()
    assert case.cells == set()
    case.items({**ITEM, "title": "b", "mentions": '["bob@y.org"]'}).look()
    assert case.changes("T1") == {"Subject": "b"}
    case.items({**ITEM, "mentions": '["eve@y.org"]'}).look()
    assert case.changes("T1") == {"WhoId": "003B"}


def test_nothing_is_created_or_changed_in_the_crm_where_that_is_prevented() -> None:
    both = BothWays(prevent={"crm": ("create", "update")})
    case = BothCase(replace(TASKS, both=both)).looked_up("Contact.Email", {"003A": "bob@y.org"})
    assert isinstance(case, BothCase)
    speaking = {"mentions": '["bob@y.org"]'}
    case.items({**ITEM, **speaking}, {"id": "T2", "title": "new", **speaking}).tasks(KEYED).look()
    assert (case.cells, case.outcomes) == (set(), {"T1": "unchanged", "T2": "skipped: prevented"})


@pytest.mark.parametrize("direction", ["from_crm", "both"])
def test_what_flows_from_the_crm_alone_creates_nothing_there(direction: str) -> None:
    case = BothCase(replace(TASKS, both=BothWays(direction=direction))).items(ITEM)  # type: ignore[arg-type]
    case.look()
    assert case.outcomes == {"T1": "created" if direction == "both" else "skipped: prevented"}


EVENT = {
    "id": "E1",
    "subject": "a",
    "type": "singleInstance",
    "sensitivity": "normal",
    "isCancelled": "false",
    "isAllDay": "false",
    "isOrganizer": "true",
    "start": "2026-03-05T09:00:00.000Z",
    "end": "2026-03-05T10:00:00.000Z",
}
MEETINGS: dict[str, dict[str, str | None]] = {
    "others are invited": {"attendees": '["bob@y.org"]'},
    "somebody else invites": {"isOrganizer": "false"},
    "nobody tells who invites": {"isOrganizer": None},
}
EVENT_FIELDS = {"Id": "00U1", "Outlook_Id__c": "E1", "Subject": "a"}
DELETING_EVENTS = replace(EVENTS, both=replace(EVENTS.rules_of_both, prevent={}))


def meeting(told: Mapping[str, str | None]) -> BothCase:
    case = BothCase(DELETING_EVENTS).items({**EVENT, **told})
    hours = {"StartDateTime": datetime(2026, 3, 5, 9), "EndDateTime": datetime(2026, 3, 5, 10)}  # noqa: DTZ001
    case.tasks({**EVENT_FIELDS, **hours}).agreed("E1", "00U1")
    return case.tasks({**EVENT_FIELDS, **hours, "Subject": "b"})


@pytest.mark.parametrize("told", MEETINGS.values(), ids=MEETINGS.keys())
def test_a_meeting_with_others_is_neither_changed_nor_deleted_in_outlook(told: Mapping[str, str | None]) -> None:
    case = meeting(told)
    case.look()
    assert (case.back, case.outcomes) == ({}, {"E1": "unchanged: with_others"})
    case = meeting(told).tasks({**EVENT_FIELDS, "IsDeleted": True})
    case.look()
    assert (case.back, case.outcomes) == ({}, {"E1": "skipped: deleted_in_crm"})


def test_an_event_of_ones_own_is_changed_and_deleted_where_that_may_be_and_one_that_is_kept_in_part_as_well() -> None:
    own: list[dict[str, str | None]] = [{}, {"bodyFormatted": "true"}]
    for told in own:
        case = meeting(told)
        case.look()
        assert case.back == {("update", "E1"): {"subject": "b"}}
        case = meeting(told).tasks({**EVENT_FIELDS, "IsDeleted": True})
        case.look()
        assert (case.back, case.outcomes) == ({("delete", "E1"): {}}, {"E1": "deleted: in_source"})


def test_a_word_of_outlook_that_the_crm_has_none_for_stays_there() -> None:
    case = BothCase(EVENTS).items({**EVENT, "showAs": "tentative"})
    case.look()
    assert "ShowAs" not in case.changes("E1")
    assert case.outcomes == {"E1": "created"}


def test_the_hash_of_a_plan_tells_in_whose_mailbox_it_creates() -> None:
    case = BothCase().items().tasks({"Id": "00T1", "Subject": "a"})
    first = case.look().hash
    case.con.execute("update landing.mailboxes set user = 'bob@x.org'")
    case.con.execute("update looked_up set fold = 'bob@x.org'")
    assert case.look().hash != first


def test_a_long_text_is_cut_as_the_org_counts_its_lines() -> None:
    case = BothCase().items({**ITEM, "bodyText": "x\n" * 200})
    case.look()
    text = case.changes("T1")["Description"]
    assert text is not None
    assert len(text) + text.count("\n") <= 255
