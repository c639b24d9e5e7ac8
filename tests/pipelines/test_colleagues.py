"""The same person in the mailboxes of several people: the item of the record's owner is it, and none is doubled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assets.outlook_contacts import ENTITY as CONTACTS
from tests.pipelines.both_case import BothCase

BOB, BOBS = "bob@x.org", "005B"
JOE = {"surname": "Doe", "emailAddresses": '[{"address": "joe@x.org"}]', "sensitivity": "normal"}
ANNS_JOE, BOBS_JOE = {**JOE, "id": "A1"}, {**JOE, "id": "B1", "user": BOB}
RECORD = {"Id": "0031", "LastName": "Doe", "Email": "joe@x.org"}
OTHERS, TAKEN = "skipped: other_owner", "held: paired_already"


@pytest.fixture
def case() -> BothCase:
    """Two mailboxes."""
    made = BothCase(CONTACTS)
    made.con.execute("insert into landing.mailboxes values (?, null)", [BOB])
    made.looked_up("User.FederationIdentifier", {BOBS: BOB})
    return made


def told(case: BothCase) -> dict[str, str]:
    """The outcomes of an import."""
    case.look()
    return {key: outcome for key, outcome in case.outcomes.items() if not key.startswith("003")}


def test_of_several_items_the_one_of_the_owner_has_the_record(case: BothCase) -> None:
    case.items(ANNS_JOE, BOBS_JOE).tasks(RECORD)
    assert told(case) == {"A1": "linked: same_Email", "B1": OTHERS}


def test_each_owner_has_a_record_of_their_own(case: BothCase) -> None:
    case.items(ANNS_JOE, BOBS_JOE).tasks(RECORD, {**RECORD, "Id": "0032", "OwnerId": BOBS})
    assert told(case) == {"A1": "linked: same_Email", "B1": "linked: same_Email"}
    assert {(key, record) for key, record, *_ in case.cells} == {("a1", "0031"), ("b1", "0032")}


def linked(case: BothCase, *more: dict[str, Any], removed: str = "") -> BothCase:
    """The record and its owner's item are in accord, and other items come."""
    case.items(ANNS_JOE).tasks({**RECORD, "Outlook_Id__c": "A1"}).agreed("A1", "0031")
    return case.items(*more, removed=[removed] if removed else [])


def test_no_import_makes_a_second_record_of_a_colleagues_item(case: BothCase) -> None:
    assert told(linked(case, ANNS_JOE, BOBS_JOE)) == {"A1": "unchanged", "B1": OTHERS}


def test_nor_of_one_whose_owner_does_not_have_it_in_outlook(case: BothCase) -> None:
    case.items(BOBS_JOE).tasks(RECORD)
    assert told(case) == {"B1": OTHERS}


def test_nor_of_a_second_one_in_the_same_mailbox(case: BothCase) -> None:
    assert told(linked(case, {**ANNS_JOE, "id": "A2", "mobilePhone": "5"})) == {"A1": "unchanged", "A2": TAKEN}


def test_nor_of_one_that_was_entered_again_after_its_pair_was_parted(case: BothCase) -> None:
    linked(case, removed="A1").look()
    case.con.execute("insert into parted values ('a1')")
    case.items({**ANNS_JOE, "id": "A2"})
    assert told(case) == {"A1": "skipped: deleted_in_source", "A2": TAKEN}


def test_whom_nobody_in_the_crm_is_equal_to_is_imported(case: BothCase) -> None:
    case.items({**ANNS_JOE, "emailAddresses": '[{"address": "new@x.org"}]'}).tasks(RECORD)
    assert told(case) == {"A1": "created"}


def test_a_record_that_people_merged_two_into_gets_no_third_item_while_it_is_not_told_whose_it_is() -> None:
    case = BothCase(replace(CONTACTS, both=replace(CONTACTS.rules_of_both, prevent={"crm": ("delete",)})))
    jane = {**ANNS_JOE, "id": "A2", "emailAddresses": '[{"address": "jane@x.org"}]'}
    record = {**RECORD, "Id": "0032", "Email": "jane@x.org", "Outlook_Id__c": "A2"}
    case.items(ANNS_JOE, jane).tasks({**RECORD, "Outlook_Id__c": "A1"}, record)
    case.agreed("A1", "0031").agreed("A2", "0032")
    merged = {"IsDeleted": True, "MasterRecordId": "0033"}
    case.crm([{"Id": "0031", **merged}, {"Id": "0032", **merged}])
    case.tasks({"Id": "0033", "LastName": "Doe", "Email": "other@x.org"}).look()
    assert case.outcomes == dict.fromkeys(("A1", "A2", "0033"), "held: shared_record")
    assert case.back == {}
