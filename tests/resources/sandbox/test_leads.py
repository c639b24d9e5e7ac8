"""Leads and what they become. Evidence: the recorded describe, the SOAP API guide on convertLead(), and the text of
CANNOT_UPDATE_CONVERTED_LEAD from issues of three projects.
"""

from __future__ import annotations

from typing import Any

import pytest

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest

WRITES = [{"Email": "new@example.com"}, {"Status": "Working - Contacted"}]


def made(rest: Rest, sobject: str, **fields: object) -> str:
    answer = rest("POST", f"sobjects/{sobject}", json=fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def read(rest: Rest, sobject: str, record_id: str) -> dict[str, Any]:
    return dict(rest("GET", f"sobjects/{sobject}/{record_id}").json())


@pytest.fixture
def lead(rest: Rest) -> str:
    return made(
        rest, "Lead", FirstName="Ada", LastName="Lovelace", Company="Engines", Email="ada@example.com", City="London"
    )


def test_a_lead_has_a_name_a_status_and_parts_of_an_address(rest: Rest, lead: str) -> None:
    found = read(rest, "Lead", lead)
    assert (found["Name"], found["Status"], found["IsConverted"]) == ("Ada Lovelace", "Open - Not Contacted", False)
    assert found["Address"]["city"] == "London"


def test_a_lead_needs_a_name_and_a_company(rest: Rest) -> None:
    (error,) = rest("POST", "sobjects/Lead", json={"FirstName": "Ada"}).json()
    assert (error["errorCode"], error["fields"]) == ("REQUIRED_FIELD_MISSING", ["LastName", "Company"])


@pytest.mark.parametrize("field", ["ConvertedContactId", "ConvertedAccountId", "ConvertedDate", "IsConverted"])
def test_nobody_converts_a_lead_by_writing_it(rest: Rest, lead: str, field: str) -> None:
    (error,) = rest("PATCH", f"sobjects/Lead/{lead}", json={field: None}).json()
    assert (error["errorCode"], error["fields"]) == ("INVALID_FIELD_FOR_INSERT_UPDATE", [field])


def test_a_converted_lead_has_become_a_contact_of_an_account(rest: Rest, admin: Administrator, lead: str) -> None:
    told = admin.do("records/convert", lead=lead)
    found = read(rest, "Lead", lead)
    assert (found["IsConverted"], found["Status"]) == (True, "Closed - Converted")
    assert (found["ConvertedAccountId"], found["ConvertedContactId"]) == (told["account"], told["contact"])
    assert found["ConvertedDate"] == found["LastModifiedDate"][:10]
    contact, account = read(rest, "Contact", told["contact"]), read(rest, "Account", told["account"])
    assert (contact["Name"], contact["Email"]) == ("Ada Lovelace", "ada@example.com")
    assert contact["AccountId"] == account["Id"]
    assert (account["Name"], account["BillingCity"], contact["MailingCity"]) == ("Engines", "London", "London")


def test_a_known_contact_keeps_what_it_has(rest: Rest, admin: Administrator, lead: str) -> None:
    account = made(rest, "Account", Name="Known", BillingCity="Paris")
    contact = made(rest, "Contact", LastName="King", AccountId=account)
    told = admin.do("records/convert", lead={"Id": lead}, account=account, contact={"Id": contact})
    assert (told["account"], told["contact"]) == (account, contact)
    assert (read(rest, "Account", account)["Name"], read(rest, "Account", account)["BillingCity"]) == ("Known", "Paris")
    found = read(rest, "Contact", contact)
    assert (found["FirstName"], found["LastName"], found["Email"]) == ("Ada", "King", "ada@example.com")


def test_what_was_done_with_a_lead_is_done_with_the_contact(rest: Rest, admin: Administrator, lead: str) -> None:
    task = made(rest, "Task", WhoId=lead)
    event = made(rest, "Event", WhoId=lead, StartDateTime="2026-01-05T10:00:00Z", DurationInMinutes=5)
    told = admin.do("records/convert", lead=lead)
    for sobject, moved in (("Task", task), ("Event", event)):
        found = read(rest, sobject, moved)
        assert (found["WhoId"], found["WhatId"]) == (told["contact"], told["account"])
        assert found["AccountId"] == told["account"]
    assert rest("PATCH", f"sobjects/Task/{task}", json={"Status": "Completed"}).status_code == 204


@pytest.mark.parametrize("fields", WRITES, ids=["a field", "its status"])
def test_a_converted_lead_is_not_written(
    rest: Rest, admin: Administrator, lead: str, fields: dict[str, object]
) -> None:
    admin.do("records/convert", lead=lead)
    answer = rest("PATCH", f"sobjects/Lead/{lead}", json=fields)
    expected = {"errorCode": "CANNOT_UPDATE_CONVERTED_LEAD", "message": "cannot reference converted lead", "fields": []}
    assert (answer.status_code, answer.json()) == (400, [expected])


def test_no_activity_is_written_for_a_converted_lead(rest: Rest, admin: Administrator, lead: str) -> None:
    contact = admin.do("records/convert", lead=lead)["contact"]
    (left_over,) = admin.seed("Task", [{"WhoId": lead}])
    refused = [
        rest("POST", "sobjects/Task", json={"WhoId": lead}),
        rest("PATCH", f"sobjects/Task/{left_over}", json={"Subject": "Call"}),
    ]
    assert [answer.json()[0]["errorCode"] for answer in refused] == ["CANNOT_UPDATE_CONVERTED_LEAD"] * 2
    assert rest("PATCH", f"sobjects/Task/{left_over}", json={"WhoId": contact}).status_code == 204


def test_a_conversion_that_cannot_be_changes_nothing(rest: Rest, admin: Administrator, lead: str) -> None:
    stranger = made(rest, "Contact", LastName="Stranger")
    account = made(rest, "Account", Name="A")
    with pytest.raises(ValueError, match="INVALID_CROSS_REFERENCE_KEY"):
        admin.do("records/convert", lead=lead, account=account, contact=stranger)
    admin.permit("Contact", {"create": False}, profile="Standard User")
    with pytest.raises(ValueError, match="CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"):
        admin.do("records/convert", lead=lead)
    admin.allow_everything()
    assert read(rest, "Lead", lead)["IsConverted"] is False
    soql = f"SELECT Id FROM Account WHERE Name = 'Engines' AND CreatedDate >= {read(rest, 'Lead', lead)['CreatedDate']}"
    before = rest("GET", "query", params={"q": soql.replace("+0000", "Z")}).json()["totalSize"]
    admin.do("records/convert", lead=lead)
    assert rest("GET", "query", params={"q": soql.replace("+0000", "Z")}).json()["totalSize"] == before + 1
    with pytest.raises(ValueError, match="CANNOT_UPDATE_CONVERTED_LEAD"):
        admin.do("records/convert", lead=lead)


def test_leads_merge_and_their_tasks_move(rest: Rest, admin: Administrator, lead: str) -> None:
    loser = made(rest, "Lead", LastName="L", Company="C")
    task = made(rest, "Task", WhoId=loser)
    admin.do("records/merge", sobject="Lead", master=lead, losers=[loser])
    assert read(rest, "Task", task)["WhoId"] == lead
