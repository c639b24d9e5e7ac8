"""Several objects are described in one call, and one by one where that call does not go through."""

from __future__ import annotations

from resources.salesforce.org import SalesforceOrg
from tests.resources.salesforce.embedded import Embedded


def test_several_objects_are_described_in_one_call(embedded: Embedded, org: SalesforceOrg) -> None:
    told = org.describe_all(["Account", "Contact", "User", "account"])
    assert embedded.calls() == ["POST composite"]
    assert org.calls == 1
    assert {name: info.name for name, info in told.items()} == {
        "Account": "Account",
        "Contact": "Contact",
        "User": "User",
        "account": "Account",
    }
    assert told["User"].fields["FederationIdentifier"].type == "string"
    assert org.describe("Contact") is told["Contact"]
    assert org.calls == 1


def test_a_single_object_is_described_plainly_and_remembered(embedded: Embedded, org: SalesforceOrg) -> None:
    org.describe_all(["Account"])
    org.describe_all(["account"])
    assert embedded.calls() == ["GET sobjects/Account/describe"]


def test_an_object_that_the_user_may_not_see_is_left_out(embedded: Embedded, org: SalesforceOrg) -> None:
    embedded.do("permissions", {"sobject": "Contact", "rights": {"read": False}})
    assert list(org.describe_all(["Account", "Contact", "Acount"])) == ["Account"]


def test_where_the_one_call_is_refused_each_object_is_asked_for(embedded: Embedded, org: SalesforceOrg) -> None:
    embedded.faults({"path": "/composite$", "action": "status", "status": 400, "code": "INVALID_INPUT", "times": 9})
    assert list(org.describe_all(["Account", "Contact"])) == ["Account", "Contact"]
    assert embedded.calls() == [
        "POST composite",
        "GET sobjects/Account/describe",
        "GET sobjects/Contact/describe",
    ]


def test_record_types_are_told_by_developer_name(embedded: Embedded, org: SalesforceOrg) -> None:
    embedded.do("objects", {"name": "Place__c", "key_prefix": "a9P"})
    made = {
        name: embedded.do("record-types", {"sobject": "Place__c", "name": name, "active": active})["id"]
        for name, active in (("Clinic", True), ("Old Clinic", False))
    }
    told = org.describe("Place__c").record_types
    assert {name: (one.id, one.available) for name, one in told.items()} == {
        "Clinic": (made["Clinic"], True),
        "Old_Clinic": (made["Old Clinic"], False),
    }
