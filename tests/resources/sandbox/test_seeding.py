"""Filling an org in bulk, past the checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from resources.sandbox.org import Org

Stored = Callable[[str, str], dict[str, Any]]


def test_audit_fields_can_be_given(org: Org, stored: Stored) -> None:
    row = {"Name": "A", "CreatedDate": "2019-05-01T10:00:00+02:00", "SystemModstamp": "2020-01-01T00:00:00Z"}

    kept = stored("Account", org.seed("Account", [row])[0])

    assert kept["CreatedDate"] == "2019-05-01T08:00:00.000Z"
    assert kept["LastModifiedDate"] == kept["CreatedDate"]
    assert kept["SystemModstamp"] == "2020-01-01T00:00:00.000Z"


def test_what_is_not_given_is_as_the_org_would_set_it(org: Org, stored: Stored) -> None:
    kept = stored("Contact", org.seed("Contact", [{"FirstName": "Ada", "LastName": "King"}])[0])

    assert kept["Name"] == "Ada King"
    assert kept["Do_Not_Update__c"] == 0
    assert kept["OwnerId"].startswith("005")


def test_parents_may_be_named_by_their_key(org: Org, stored: Stored) -> None:
    (parent,) = org.seed("Account", [{"Name": "P", "Source_Key__c": "p"}])

    (child,) = org.seed("Contact", [{"LastName": "C", "Account.Source_Key__c": "P"}])

    assert stored("Contact", child)["AccountId"] == parent


def test_duplicates_and_gaps_that_the_platform_refuses_can_be_seeded(org: Org) -> None:
    rows: list[dict[str, object]] = [{"Name": "A", "Source_Key__c": "k"}, {"Name": "B", "Source_Key__c": "k"}, {}]

    assert len(set(org.seed("Account", rows))) == 3


def test_a_value_that_cannot_be_stored_names_its_row(org: Org) -> None:
    with pytest.raises(ValueError, match="row 1 of Account: Account Name: data value too large"):
        org.seed("Account", [{"Name": "A"}, {"Name": "B" * 256}])
