"""Who and what a task is with and about, asked by name. Evidence: Salesforce's reference of the object Name; recorded
answers with an owner of type Name; Salesforce-Inspector's issue 95 for what Name has not.
"""

from __future__ import annotations

from typing import Any

import pytest

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest


@pytest.fixture
def links(rest: Rest, key: str) -> dict[str, str]:
    """An account, a contact and a lead; three tasks whose subjects begin with the key, with each of them and nobody."""

    def made(sobject: str, **fields: object) -> str:
        return str(rest("POST", f"sobjects/{sobject}", json=fields).json()["id"])

    account = made("Account", Name="Acme")
    contact = made("Contact", FirstName="Ada", LastName="Lovelace", Email="ada@example.com", AccountId=account)
    lead = made("Lead", LastName="King", Company="Co")
    for number, linked in enumerate(({"WhoId": contact, "WhatId": account}, {"WhoId": lead}, {})):
        made("Task", Subject=f"{key} {number}", **linked)
    return {"account": account, "contact": contact, "lead": lead}


def ask(rest: Rest, key: str, selected: str, more: str = "") -> list[dict[str, Any]]:
    soql = f"SELECT {selected} FROM Task WHERE Subject LIKE '{key}%' {more}"
    answer = rest("GET", "query", params={"q": soql})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["records"])


def test_a_parent_of_several_kinds_is_a_name_with_the_address_of_the_record(
    rest: Rest, key: str, links: dict[str, str]
) -> None:
    first, second, third = ask(rest, key, "Who.Name, Who.FirstName, Who.Type, What.Name, What.Id", "ORDER BY Subject")
    url = f"/services/data/v66.0/sobjects/Contact/{links['contact']}"
    assert first["Who"] == {
        "attributes": {"type": "Name", "url": url}, "Name": "Ada Lovelace", "FirstName": "Ada", "Type": "Contact"
    }  # fmt: skip
    assert (first["What"]["Name"], first["What"]["Id"]) == ("Acme", links["account"])
    assert (second["Who"]["Name"], second["Who"]["Type"], second["What"]) == ("King", "Lead", None)
    assert (third["Who"], third["What"]) == (None, None)


def test_the_owner_of_a_task_is_a_name_as_well(rest: Rest, key: str, links: dict[str, str]) -> None:
    owner = ask(rest, key, "Owner.Name, Owner.Type, Owner.Email")[0]["Owner"]
    assert (owner["attributes"]["type"], owner["Type"]) == ("Name", "User")
    assert (owner["Name"], owner["Email"]) == ("Data Integration", "integration@sandbox.example")


@pytest.mark.parametrize(
    "condition, found",
    [
        ("AND Who.Type = 'Contact'", 1),
        ("AND Who.Type IN ('Contact', 'Lead')", 2),
        ("AND Who.Name = 'ada lovelace'", 1),
        ("AND Who.Name LIKE 'K%'", 1),
        ("AND What.Type = 'Account' AND What.Name = 'Acme'", 1),
        ("AND Who.Name = null", 1),
        ("AND Who.Email != null", 0),
        ("ORDER BY Who.Name NULLS LAST", 3),
    ],
)
def test_tasks_are_found_by_the_names_of_their_links(
    rest: Rest, key: str, links: dict[str, str], condition: str, found: int
) -> None:
    assert len(ask(rest, key, "Id", condition)) == found


def test_what_is_no_part_of_a_name_is_refused(rest: Rest) -> None:
    for path, told in (
        ("Who.AccountId", "No such column 'AccountId' on entity 'Name'"),
        ("Who.Account.Name", "Didn't understand relationship 'Account' in field path"),
    ):
        (error,) = rest("GET", "query", params={"q": f"SELECT {path} FROM Task"}).json()
        assert error["errorCode"] == "INVALID_FIELD"
        assert told in error["message"]


def test_typeof_is_refused_as_not_emulated(rest: Rest) -> None:
    soql = "SELECT TYPEOF Who WHEN Contact THEN Email END FROM Task"
    (error,) = rest("GET", "query", params={"q": soql}).json()
    assert (error["errorCode"], "TYPEOF" in error["message"]) == ("FUNCTIONALITY_NOT_ENABLED", True)


def test_a_bulk_query_has_names_in_columns(rest: Rest, admin: Administrator, key: str, links: dict[str, str]) -> None:
    soql = f"SELECT Who.Name, Who.Type FROM Task WHERE Subject LIKE '{key}%' ORDER BY Subject"
    job = rest("POST", "jobs/query", json={"operation": "query", "query": soql}).json()["id"]
    while rest("GET", f"jobs/query/{job}").json()["state"] not in ("JobComplete", "Failed"):
        pass
    text = rest("GET", f"jobs/query/{job}/results").text.replace("\r", "")
    assert text.splitlines() == ['"Who.Name","Who.Type"', '"Ada Lovelace","Contact"', '"King","Lead"', '"",""']


def test_the_columns_of_such_a_query_are_told(rest: Rest) -> None:
    answer = rest("GET", "query", params={"q": "SELECT Who.Name FROM Task", "columns": "true"})
    (who,) = answer.json()["columnMetadata"]
    assert [column["columnName"] for column in who["joinColumns"]] == ["Name"]
