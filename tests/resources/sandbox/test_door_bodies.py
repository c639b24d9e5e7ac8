"""The administrator's doors refuse with 400 what cannot be, and nothing of it stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.launch import Connection, running
from tests.resources.sandbox.conftest import Rest

RECORDS = {"sobject": "Account", "ids": ["001000000000000AAA"]}


def refusal(rest: Rest, connection: Connection, door: str, body: object) -> str:
    """What the door says against the body."""
    headers = {"Authorization": f"Bearer {connection.admin_token}"}
    answer = rest.root("POST", f"/sandbox/{door}", json=body, headers=headers)
    assert answer.status_code == 400, answer.text
    return str(answer.json()[0]["message"])


def custom(name: str, **more: Any) -> dict[str, Any]:
    return {"sobject": "Account", "field": {"name": name, **more}}


@pytest.mark.parametrize(
    "door, body, told",
    [
        ("limits", {"daily": "x"}, "'daily': Input should be a valid integer"),
        ("limits", {"daily": -1}, "'daily': Input should be greater than or equal to 0"),
        ("limits", {"dayly": 1}, "'dayly' is not known; asked for: {daily?, used?"),
        ("clock", {"seconds": "1"}, "'seconds': Input should be a valid number"),
        ("clock", {"seconds": 1e300}, "the org's clock goes from 1970 to 2400"),
        ("clock", {"seconds": 400 * 366 * 86_400}, "the org's clock goes from 1970 to 2400"),
        ("clock", {"seconds": -60 * 366 * 86_400}, "the org's clock goes from 1970 to 2400"),
        ("permissions", {}, "either sobject with rights, or system, or reset is given"),
        ("permissions", {"system": 5}, "'system': Input should be a valid dictionary"),
        ("permissions", {"sobject": "Account"}, "either sobject with rights"),
        (
            "permissions",
            {"sobject": "Account", "rights": {"read": 0}},
            "'rights.read': Input should be a valid bool",
        ),
        ("permissions", {"reset": True, "profile": "zz"}, "no profile 'zz'; there are System Administrator, "),
        ("keys", {"public_key": 5}, "'public_key': Input should be a valid string"),
        ("keys", {"public_key": "no key"}, "PEM"),
        ("sessions/expire", {"all": True}, "'all' is not known"),
        ("seed", {"sobject": "Acount", "rows": []}, "no object 'Acount'"),
        ("seed", {"sobject": "Account"}, "records are given as rows or as columns"),
        ("records/lock", {}, "'seconds' is missing"),
        ("records/lock", {"seconds": 1}, "named by sobject and by ids or where"),
        ("records/lock", {**RECORDS, "seconds": 1}, "no Account has the id '001000000000000AAA'"),
        ("records/lock", {**RECORDS, "seconds": -1}, "'seconds': Input should be greater than or equal to 0"),
        ("records/touch", {"sobject": "Account", "ids": ["x"]}, "no Account has the id 'x'"),
        ("records/touch", {"sobject": "Account"}, "records are named by ids or by where"),
        ("records/delete", {**RECORDS, "where": {}}, "records are named by ids or by where"),
        ("records/delete", {"sobject": "Account", "where": {"Name": []}}, "'where.Name"),
        (
            "records/delete",
            {"sobject": "Account", "where": "Name = 'A'"},
            "asked for: {sobject, ids | where: {field: value}",
        ),
        ("fields", custom("Id"), "'Id' cannot be"),
        ("fields", custom("Name"), "'Name' cannot be"),
        ("fields", custom("x"), "'x' cannot be"),
        ("fields", custom("Has Space__c"), "'Has Space__c' cannot be"),
        ("fields", custom('a"b__c'), "cannot be"),
        ("fields", custom("__c"), "'__c' cannot be"),
        ("fields", custom("1st__c"), "'1st__c' cannot be"),
        ("fields", custom("End___c"), "'End___c' cannot be"),
        ("fields", custom("Two__Of__Them__c"), "'Two__Of__Them__c' cannot be"),
        ("fields", custom("A" * 41 + "__c"), "has at most 40 characters"),
        ("fields", custom("A__c", required=True), "'field.required' is not known"),
        ("fields", custom("A__c", length="9"), "'field.length': Input should be a valid integer"),
        ("fields", custom("A__c", kind="phone", length=9), "a field of kind phone cannot be made of ['length']"),
        ("fields", custom("A__c", kind="lookup", to=["Acount"]), "no object 'Acount'"),
        ("objects", {"name": "Y__c", "key_prefix": "001"}, "'001' is no key_prefix of a custom object"),
        ("objects", {"name": "Y__c", "key_prefix": "a01"}, "the key_prefix a01 is that of Engage_Profile__c"),
        ("objects", {"name": "engage_profile__c", "key_prefix": "a5x"}, "there is an object engage_profile__c already"),
        ("objects", {"name": "Odd Name__c", "key_prefix": "a5x"}, "'Odd Name__c' cannot be"),
        ("objects", {"name": "Y__c", "key_prefix": "a5x", "fields": [{"name": "Id"}]}, "'Id' cannot be"),
    ],
)
def test_a_door_refuses_what_cannot_be(
    rest: Rest, connection: Connection, door: str, body: dict[str, Any], told: str
) -> None:
    assert told in refusal(rest, connection, door, body)
    assert rest("GET", "limits").status_code == 200


@pytest.mark.parametrize("body", [[], 5], ids=["a list", "a number"])
def test_a_body_is_an_object(rest: Rest, connection: Connection, body: object) -> None:
    assert "must be a JSON object" in refusal(rest, connection, "limits", body)


def test_a_field_of_a_package_may_have_its_namespace(admin: Administrator, rest: Rest) -> None:
    admin.do("fields", **custom("npe01__Work_Email__c", kind="email"))
    assert rest("POST", "sobjects/Account", json={"Name": "A", "npe01__Work_Email__c": "a@b.org"}).status_code == 201
    admin.do("fields/remove", sobject="Account", field="npe01__Work_Email__c")


def test_a_record_of_an_object_made_here_needs_no_name_as_those_of_shipped_ones(tmp_path: Path) -> None:
    """Evidence: the name of a custom object's record is its id where nobody gives one (Salesforce's object basics)."""
    with running(tmp_path) as served:
        admin = Administrator(served)
        admin.do("objects", name="Visit__c", key_prefix="a5x")
        [made] = admin.do("records/create", sobject="Visit__c", rows=[{}])["ids"]
        assert admin.do("records/touch", sobject="Visit__c", where={"Name": made})["ids"] == [made]
