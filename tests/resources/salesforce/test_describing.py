"""One look tells what objects are like and what changed in them; what it cannot tell is asked for by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pipelines.ports.objects import Window
from pipelines.ports.world import SystemicError
from resources.salesforce.org import SalesforceOrg
from tests.resources.salesforce.embedded import Embedded


def test_several_objects_are_described_in_one_call(embedded: Embedded, org: SalesforceOrg) -> None:
    told = org.look(["Account", "Contact", "User", "account"]).objects
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


def test_an_object_that_was_described_is_remembered(embedded: Embedded, org: SalesforceOrg) -> None:
    org.look(["Account"])
    org.look(["account"])
    assert embedded.calls() == ["POST composite"]


def test_an_object_that_the_user_may_not_see_is_left_out(embedded: Embedded, org: SalesforceOrg) -> None:
    embedded.do("permissions", {"sobject": "Contact", "rights": {"read": False}})
    assert list(org.look(["Account", "Contact", "Acount"]).objects) == ["Account"]


def test_where_the_one_call_is_refused_each_object_is_asked_for(embedded: Embedded, org: SalesforceOrg) -> None:
    embedded.faults({"path": "/composite$", "action": "status", "status": 400, "code": "INVALID_INPUT", "times": 9})
    assert list(org.look(["Account", "Contact"]).objects) == ["Account", "Contact"]
    assert embedded.calls() == [
        "POST composite",
        "GET sobjects/Account/describe",
        "GET sobjects/Contact/describe",
    ]


def changed(embedded: Embedded) -> tuple[datetime, list[str]]:
    """A moment, and the ids of an account that was made after it and of one that was deleted after it."""
    (gone,) = embedded.seed("Account", [{"Name": "gone"}])
    now = datetime.fromisoformat(embedded.do("clock", {"seconds": 60})["now"])
    (made,) = embedded.seed("Account", [{"Name": "made"}])
    embedded.delete(gone)
    return now - timedelta(seconds=1), [made, gone]


def test_a_look_shows_what_changed_and_was_deleted_in_the_same_call(embedded: Embedded, org: SalesforceOrg) -> None:
    since, ids = changed(embedded)
    fields = ("Id", "IsDeleted", "SystemModstamp")
    seen = org.look(["Account", "User"], [Window("Account", fields, since), Window("User", ("Id",), since)])
    accounts = org.snapshot("Account", fields, since=since, seen=seen)
    rows = [row for page in accounts.pages for row in page.to_pylist()]
    assert {row["Id"]: row["IsDeleted"] for row in rows} == dict(zip(ids, (False, True), strict=True))
    assert next(org.snapshot("User", ("Id",), since=since, seen=seen).pages).num_rows == 0
    assert timedelta(0) <= embedded.now() - accounts.taken_at < timedelta(seconds=3)
    assert (embedded.calls()[-1], org.calls) == ("POST composite", 1)


def test_a_window_of_what_is_gone_asks_for_no_description(embedded: Embedded, org: SalesforceOrg) -> None:
    since, (_, gone) = changed(embedded)
    master, loser = embedded.seed("Account", [{"Name": name} for name in ("master", "loser")])
    embedded.do("records/merge", {"sobject": "Account", "master": master, "losers": [loser]})
    window = Window("Account", ("Id", "IsDeleted", "MasterRecordId"), since, gone=True)
    seen = org.look(["User"], [window])
    rows = [row for page in seen.snapshots[window].pages for row in page.to_pylist()]
    assert {row["Id"]: row["MasterRecordId"] for row in rows} == {gone: None, loser: master}
    assert all(row["IsDeleted"] for row in rows)
    assert (list(seen.objects), embedded.calls()[-1], org.calls) == (["User"], "POST composite", 1)


def test_what_a_look_shows_of_many_records_goes_on_page_by_page(embedded: Embedded, org: SalesforceOrg) -> None:
    since, _ = changed(embedded)
    embedded.seed("Contact", [{"LastName": f"p{place}"} for place in range(4_500)])
    seen = org.look(["Contact"], [Window("Contact", ("Id",), since)])
    pages = org.snapshot("Contact", ("Id",), since=since, seen=seen).pages
    assert len({one for page in pages for one in page["Id"].to_pylist()}) == 4_500
    assert org.calls == 3


def test_a_window_that_cannot_be_looked_through_is_missing_and_tells_why_by_itself(
    embedded: Embedded, org: SalesforceOrg
) -> None:
    since, _ = changed(embedded)
    embedded.do("permissions", {"sobject": "Account", "field": "Phone", "rights": {"read": False}})
    seen = org.look(["Account", "User"], [Window("Account", ("Id", "Phone"), since), Window("User", ("Id",), since)])
    assert "Phone" not in seen.objects["Account"].fields
    assert [window.sobject for window in seen.snapshots] == ["User"]
    with pytest.raises(SystemicError, match=r"no Phone on Account"):
        org.snapshot("Account", ("Id", "Phone"), since=since, seen=seen)


def test_windows_beyond_those_that_one_call_takes_are_asked_for_by_themselves(
    embedded: Embedded, org: SalesforceOrg
) -> None:
    since, _ = changed(embedded)
    windows = [Window("User", ("Id",), since - timedelta(seconds=place)) for place in range(6)]
    seen = org.look(["User"], windows)
    assert (len(seen.snapshots), org.calls) == (5, 1)
    assert list(org.snapshot("User", ("Id",), since=windows[-1].since, seen=seen).pages)
    assert org.calls == 2


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
