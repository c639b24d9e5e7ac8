"""What an org tells of itself: versions, objects, fields."""

from __future__ import annotations

from typing import Any

import pytest

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest


@pytest.fixture
def account(rest: Rest) -> dict[str, Any]:
    described: dict[str, Any] = rest("GET", "sobjects/Account/describe").json()
    return described


def field(described: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(f for f in described["fields"] if f["name"] == name)
    return found


def test_versions_need_no_session_and_end_with_the_newest(rest: Rest) -> None:
    answer = rest.root("GET", "/services/data/", headers={"Authorization": ""})

    assert answer.json()[-1] == {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"}
    assert {"label": "Winter '25", "url": "/services/data/v62.0", "version": "62.0"} in answer.json()


def test_an_unknown_version_is_not_there(rest: Rest) -> None:
    assert rest.root("GET", "/services/data/v99.0/sobjects").status_code == 404


def test_the_global_describe_lists_the_objects(rest: Rest) -> None:
    listed = rest("GET", "sobjects").json()

    assert {"Account", "Contact", "User", "Organization"} <= {one["name"] for one in listed["sobjects"]}
    assert {len(one) for one in listed["sobjects"]} == {28}
    assert (listed["encoding"], listed["maxBatchSize"]) == ("UTF-8", 200)


def test_a_describe_has_every_key_that_a_real_one_has(account: dict[str, Any]) -> None:
    assert len(account) == 45
    assert {len(f) for f in account["fields"]} == {57}


@pytest.mark.parametrize(
    "name, expected",
    [
        (
            "Id",
            {
                "type": "id",
                "length": 18,
                "nillable": False,
                "createable": False,
                "idLookup": True,
                "soapType": "tns:ID",
            },
        ),
        ("Name", {"type": "string", "length": 255, "byteLength": 765, "nillable": False, "nameField": True}),
        (
            "Source_Key__c",
            {"custom": True, "externalId": True, "idLookup": True, "unique": True, "caseSensitive": False},
        ),
        ("ParentId", {"type": "reference", "referenceTo": ["Account"], "relationshipName": "Parent"}),
        ("BillingAddress", {"type": "address", "createable": False, "sortable": False, "groupable": False}),
        ("BillingCity", {"compoundFieldName": "BillingAddress", "length": 40}),
        ("Description", {"type": "textarea", "filterable": False, "sortable": False}),
        ("SystemModstamp", {"type": "datetime", "nillable": False, "createable": False, "updateable": False}),
        ("Do_Not_Update__c", {"type": "boolean", "nillable": False, "defaultedOnCreate": True, "defaultValue": False}),
        ("AnnualRevenue", {"type": "currency", "precision": 18, "scale": 0, "soapType": "xsd:double"}),
        ("NumberOfEmployees", {"type": "int", "digits": 8, "soapType": "xsd:int"}),
    ],
)
def test_a_field_is_described_as_in_a_real_org(account: dict[str, Any], name: str, expected: dict[str, Any]) -> None:
    described = field(account, name)

    assert {k: described[k] for k in expected} == expected


def test_children_are_described_with_the_names_that_soql_uses(account: dict[str, Any]) -> None:
    children = {(c["childSObject"], c["field"]): c["relationshipName"] for c in account["childRelationships"]}

    assert children[("Contact", "AccountId")] == "Contacts"
    assert children[("Account", "ParentId")] == "ChildAccounts"


def test_a_hidden_field_is_neither_described_nor_readable_nor_writable(rest: Rest, admin: Administrator) -> None:
    admin.permit("Account", {"read": False}, field="Phone")

    assert "Phone" not in {f["name"] for f in rest("GET", "sobjects/Account/describe").json()["fields"]}
    answer = rest("POST", "sobjects/Account", json={"Name": "A", "Phone": "1"})
    assert answer.json()[0]["message"] == "No such column 'Phone' on sobject of type Account"


def test_a_read_only_field_is_described_so_and_refused_in_a_write(rest: Rest, admin: Administrator) -> None:
    admin.permit("Account", {"edit": False}, field="Phone")

    described = field(rest("GET", "sobjects/Account/describe").json(), "Phone")
    assert (described["createable"], described["updateable"]) == (False, False)
    answer = rest("POST", "sobjects/Account", json={"Name": "A", "Phone": "1"})
    assert answer.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert answer.json()[0]["fields"] == ["Phone"]


@pytest.mark.parametrize(
    "right, code",
    [
        ("create", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
        ("edit", "INSUFFICIENT_ACCESS_OR_READONLY"),
        ("read", "NOT_FOUND"),
    ],
)
def test_a_user_without_a_right_to_an_object_is_refused(
    rest: Rest, admin: Administrator, key: str, right: str, code: str
) -> None:
    made = rest("POST", "sobjects/Account", json={"Name": "A", "Source_Key__c": key}).json()["id"]
    admin.permit("Account", {right: False})

    answer = (
        rest("POST", "sobjects/Account", json={"Name": "A"})
        if right == "create"
        else rest("PATCH", f"sobjects/Account/{made}", json={"Name": "B"})
    )

    assert answer.json()[0]["errorCode"] == code


def test_a_field_that_every_org_shows_cannot_be_hidden(admin: Administrator) -> None:
    with pytest.raises(ValueError, match=r"Account\.Name is always accessible"):
        admin.permit("Account", {"read": False}, field="Name")
