"""Tasks: what the org keeps of them, whom they are with, and what becomes of them.

Evidence: Salesforce's object reference for status, completion and account; the recorded describes of Account, Contact
and Lead for what goes with them; the text for a wrong kind of id from jsforce's issue 1006.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.people import ORDINARY
from tests.resources.sandbox.conftest import Rest

Make = Callable[..., str]


@pytest.fixture
def make(rest: Rest) -> Make:
    """A new record by the API: `make("Contact", LastName="C")`."""

    def made(sobject: str, **fields: object) -> str:
        answer = rest("POST", f"sobjects/{sobject}", json=fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    return made


def read(rest: Rest, record_id: str, sobject: str = "Task") -> dict[str, Any]:
    return dict(rest("GET", f"sobjects/{sobject}/{record_id}").json())


def refusal(rest: Rest, method: str, path: str, **fields: object) -> dict[str, Any]:
    """The only error of a write that is refused."""
    answer = rest(method, f"sobjects/{path}", json=fields)
    assert answer.status_code >= 400, answer.text
    (error,) = answer.json()
    return dict(error)


def test_a_task_of_which_nothing_is_said_is_open_normal_and_its_makers_own(rest: Rest, make: Make) -> None:
    task = read(rest, make("Task"))
    assert (task["Status"], task["Priority"], task["TaskSubtype"]) == ("Not Started", "Normal", "Task")
    assert (task["IsClosed"], task["IsHighPriority"], task["CompletedDateTime"]) == (False, False, None)
    assert task["OwnerId"] == task["CreatedById"]


def test_a_task_is_completed_when_it_gets_a_closed_status_and_open_again_without(rest: Rest, make: Make) -> None:
    task = make("Task", Status="Completed", Priority="High")
    done = read(rest, task)
    assert (done["IsClosed"], done["IsHighPriority"], done["CompletedDateTime"]) == (True, True, done["CreatedDate"])

    rest("PATCH", f"sobjects/Task/{task}", json={"Status": "Deferred", "Priority": "Low"})
    again = read(rest, task)
    assert (again["IsClosed"], again["IsHighPriority"], again["CompletedDateTime"]) == (False, False, None)


def test_a_task_stays_completed_since_when_it_was(rest: Rest, admin: Administrator) -> None:
    since = "2020-02-03T04:05:06.000+0000"
    (task,) = admin.seed("Task", [{"Status": "Completed", "CompletedDateTime": since}])
    rest("PATCH", f"sobjects/Task/{task}", json={"Subject": "Call", "Status": "Completed"})
    assert read(rest, task)["CompletedDateTime"] == since


@pytest.mark.parametrize("field", ["Status", "Priority"])
def test_a_task_is_never_without(rest: Rest, make: Make, field: str) -> None:
    error = refusal(rest, "PATCH", f"Task/{make('Task')}", **{field: None})
    assert (error["errorCode"], error["fields"]) == ("REQUIRED_FIELD_MISSING", [field])


@pytest.mark.parametrize("field", ["IsClosed", "CompletedDateTime", "IsHighPriority", "AccountId", "IsArchived"])
def test_what_the_org_keeps_nobody_writes(rest: Rest, field: str) -> None:
    error = refusal(rest, "POST", "Task", **{field: None})
    assert (error["errorCode"], error["fields"]) == ("INVALID_FIELD_FOR_INSERT_UPDATE", [field])


def test_a_subtype_is_chosen_once(rest: Rest, make: Make) -> None:
    task = make("Task", TaskSubtype="Call")
    assert refusal(rest, "PATCH", f"Task/{task}", TaskSubtype="Task")["fields"] == ["TaskSubtype"]
    assert refusal(rest, "POST", "Task", TaskSubtype="Visit")["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_a_task_belongs_to_what_it_is_about_or_else_to_the_contacts_account(rest: Rest, make: Make) -> None:
    one, other = make("Account", Name="One"), make("Account", Name="Other")
    contact = make("Contact", LastName="C", AccountId=one)
    profile = make("Engage_Profile__c")
    task = make("Task", WhoId=contact)
    assert read(rest, task)["AccountId"] == one
    rest("PATCH", f"sobjects/Task/{task}", json={"WhatId": other})
    assert read(rest, task)["AccountId"] == other
    rest("PATCH", f"sobjects/Task/{task}", json={"WhatId": profile})
    assert read(rest, task)["AccountId"] == one
    rest("PATCH", f"sobjects/Task/{task}", json={"WhoId": None})
    assert read(rest, task)["AccountId"] is None


@pytest.mark.parametrize(
    "field, kind, message",
    [
        ("WhoId", "Account", "Name ID: id value of incorrect type: {}"),
        ("WhatId", "Contact", "Related To ID: id value of incorrect type: {}"),
        ("OwnerId", "Account", "Assigned To ID: id value of incorrect type: {}"),
    ],
)
def test_a_link_to_the_wrong_kind_of_record_is_refused(
    rest: Rest, make: Make, field: str, kind: str, message: str
) -> None:
    wrong = make(kind, **({"Name": "A"} if kind == "Account" else {"LastName": "C"}))
    error = refusal(rest, "POST", "Task", **{field: wrong})
    assert error == {"errorCode": "FIELD_INTEGRITY_EXCEPTION", "message": message.format(wrong), "fields": [field]}


def test_a_task_with_a_lead_is_about_nothing_else(rest: Rest, make: Make) -> None:
    lead = make("Lead", LastName="L", Company="Co")
    error = refusal(rest, "POST", "Task", WhoId=lead, WhatId=make("Account", Name="A"))
    assert (error["errorCode"], error["fields"]) == ("FIELD_INTEGRITY_EXCEPTION", ["WhatId", "WhoId"])
    assert read(rest, make("Task", WhoId=lead))["AccountId"] is None


def test_a_series_is_refused(rest: Rest) -> None:
    assert refusal(rest, "POST", "Task", IsRecurrence=True)["errorCode"] == "FUNCTIONALITY_NOT_ENABLED"


def test_a_task_is_given_to_a_user_who_is_active(rest: Rest, admin: Administrator, make: Make, key: str) -> None:
    person = admin.user_id(ORDINARY)
    (gone,) = admin.seed("User", [{"Username": f"{key}@gone.example", "LastName": "Gone", "IsActive": False}])
    task = make("Task", OwnerId=person)
    assert read(rest, task)["OwnerId"] == person
    for method, path in (("POST", "Task"), ("PATCH", f"Task/{task}")):
        assert refusal(rest, method, path, OwnerId=gone)["errorCode"] == "INACTIVE_OWNER_OR_USER"
    assert refusal(rest, "PATCH", f"Task/{task}", OwnerId=None)["message"] == "Owner ID: owner cannot be blank"
    assert read(rest, task)["OwnerId"] == person


def test_a_task_whose_owner_has_left_can_be_edited(rest: Rest, admin: Administrator, key: str) -> None:
    (gone,) = admin.seed("User", [{"Username": f"{key}@gone.example", "LastName": "Gone", "IsActive": False}])
    (task,) = admin.seed("Task", [{"OwnerId": gone}])
    assert rest("PATCH", f"sobjects/Task/{task}", json={"Subject": "Call", "OwnerId": gone}).status_code == 204


def test_an_account_can_be_given_to_a_user_who_has_left(admin: Administrator, make: Make, key: str) -> None:
    (gone,) = admin.seed("User", [{"Username": f"{key}@gone.example", "LastName": "Gone", "IsActive": False}])
    make("Account", Name="A", OwnerId=gone)


def test_tasks_go_with_their_contact_and_come_back_with_it(rest: Rest, admin: Administrator, make: Make) -> None:
    contact = make("Contact", LastName="C")
    task = make("Task", WhoId=contact, WhatId=make("Account", Name="A"))
    rest("DELETE", f"sobjects/Contact/{contact}")
    assert rest("GET", f"sobjects/Task/{task}").json()[0]["errorCode"] == "ENTITY_IS_DELETED"
    admin.do("records/undelete", sobject="Contact", ids=[contact])
    assert read(rest, task)["WhoId"] == contact


def test_tasks_go_with_the_account_that_they_are_about(rest: Rest, make: Make) -> None:
    account = make("Account", Name="A")
    about = make("Task", WhatId=account)
    beside = make("Task", WhoId=make("Contact", LastName="C"))
    rest("DELETE", f"sobjects/Account/{account}")
    assert rest("GET", f"sobjects/Task/{about}").status_code == 404
    assert rest("GET", f"sobjects/Task/{beside}").status_code == 200


def test_tasks_of_a_merged_contact_are_with_the_master_and_belong_to_its_account(
    rest: Rest, admin: Administrator, make: Make
) -> None:
    mine, theirs = make("Account", Name="Mine"), make("Account", Name="Theirs")
    master, loser = make("Contact", LastName="M", AccountId=mine), make("Contact", LastName="L", AccountId=theirs)
    task = make("Task", WhoId=loser)
    told = admin.do("records/merge", sobject="Contact", master=master, losers=[loser])
    assert told["moved"] == [task]
    assert (read(rest, task)["WhoId"], read(rest, task)["AccountId"]) == (master, mine)


def test_tasks_of_a_merged_account_are_about_the_master(rest: Rest, admin: Administrator, make: Make) -> None:
    master, loser = make("Account", Name="M"), make("Account", Name="L")
    task = make("Task", WhatId=loser)
    admin.do("records/merge", sobject="Account", master=master, losers=[loser])
    assert (read(rest, task)["WhatId"], read(rest, task)["AccountId"]) == (master, master)


def test_tasks_themselves_are_not_merged(admin: Administrator, make: Make) -> None:
    with pytest.raises(ValueError, match="entity type cannot be merged: Task"):
        admin.do("records/merge", sobject="Task", master=make("Task"), losers=[make("Task")])


def test_a_person_makes_edits_deletes_and_restores_tasks(rest: Rest, admin: Administrator) -> None:
    (task,) = admin.do("records/create", sobject="Task", rows=[{"Subject": "Call"}])["ids"]
    assert read(rest, task)["OwnerId"] == admin.user_id(ORDINARY)
    admin.do("records/edit", sobject="Task", ids=[task], fields={"Status": "Completed"})
    assert read(rest, task)["IsClosed"] is True
    admin.do("records/delete", sobject="Task", ids=[task])
    admin.do("records/undelete", sobject="Task", where={"Id": task})
    assert read(rest, task)["Subject"] == "Call"


def test_seeded_tasks_are_as_if_they_had_been_made(rest: Rest, admin: Administrator, make: Make) -> None:
    account = make("Account", Name="A")
    (task,) = admin.seed("Task", [{"Status": "Completed", "Priority": "High", "WhatId": account}])
    found = read(rest, task)
    assert (found["IsClosed"], found["IsHighPriority"], found["AccountId"]) == (True, True, account)
    assert found["CompletedDateTime"] is not None


def test_a_task_has_one_id_in_outlook_by_which_it_is_written(rest: Rest, make: Make, key: str) -> None:
    first = rest("PATCH", f"sobjects/Task/Outlook_Id__c/{key}", json={"Subject": "One"})
    again = rest("PATCH", f"sobjects/Task/Outlook_Id__c/{key}", json={"Subject": "Two"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert refusal(rest, "POST", "Task", Outlook_Id__c=key)["errorCode"] == "DUPLICATE_VALUE"
    make("Event", Outlook_Id__c=key, ActivityDateTime="2026-01-01T10:00:00Z", DurationInMinutes=5)


def test_a_parent_named_by_key_says_of_which_kind_it_is(rest: Rest, make: Make, key: str) -> None:
    contact = make("Contact", LastName="C", Outlook_Id__c=key)
    named = {"attributes": {"type": "Contact"}, "Outlook_Id__c": key}
    assert read(rest, make("Task", Who=named))["WhoId"] == contact
    error = refusal(rest, "POST", "Task", Who={"Outlook_Id__c": key})
    assert error["errorCode"] == "INVALID_FIELD"
    assert "type is needed for polymorphic foreign key references" in error["message"]


def test_the_tasks_of_a_contact_can_be_queried_with_it(rest: Rest, make: Make) -> None:
    contact = make("Contact", LastName="C")
    make("Task", WhoId=contact, Subject="Call")
    soql = f"SELECT Id, (SELECT Subject FROM Tasks) FROM Contact WHERE Id = '{contact}'"
    (found,) = rest("GET", "query", params={"q": soql}).json()["records"]
    assert [task["Subject"] for task in found["Tasks"]["records"]] == ["Call"]


def test_parents_of_two_kinds_cannot_be_named_by_key_in_one_call(rest: Rest) -> None:
    records = [
        {"attributes": {"type": "Task"}, "Who": {"attributes": {"type": kind}, "Outlook_Id__c": "x"}}
        for kind in ("Contact", "Lead")
    ]
    (error,) = rest("POST", "composite/sobjects", json={"records": records}).json()
    assert (error["errorCode"], "not emulated" in error["message"]) == ("INVALID_FIELD", True)
