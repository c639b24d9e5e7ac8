"""What is read of an org: describe, snapshots by both routes, records by id and key."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pyarrow as pa
import pytest

from pipelines.ports.crm import Crm
from pipelines.ports.world import SystemicError
from resources.salesforce.org import SalesforceOrg
from tests.resources.salesforce.embedded import Embedded

FIELDS = ("Id", "Name", "Source_Key__c", "NumberOfEmployees", "Do_Not_Update__c", "Source_Synced_At__c")


def keys(number: int) -> list[str]:
    """So many keys that no other test has."""
    stem = uuid4().hex
    return [f"{stem}-{place}" for place in range(number)]


def all_rows(pages: object) -> list[dict[str, object]]:
    assert not isinstance(pages, list)
    return [row for page in pages for row in page.to_pylist()]  # type: ignore[attr-defined]


def test_an_org_is_a_crm_and_does_nothing_before_it_is_asked(org: SalesforceOrg) -> None:
    crm: Crm = org
    assert crm.calls == 0


def test_an_object_is_described_once(org: SalesforceOrg) -> None:
    account = org.describe("Account")
    assert org.describe("account") is account
    assert org.calls == 1
    key = account.fields["Source_Key__c"]
    assert (key.label, key.type, key.unique, key.external_id, key.createable) == (
        "Source Key",
        "string",
        True,
        True,
        True,
    )
    assert account.fields["ParentId"].reference_to == ("Account",)
    assert account.fields["NumberOfEmployees"].precision == 8
    assert not account.fields["SystemModstamp"].updateable
    assert account.createable
    assert account.updateable


def test_values_are_read_in_their_types(embedded: Embedded, org: SalesforceOrg) -> None:
    (key,) = keys(1)
    row = {
        "Name": "Łódź 🦉\nAnnex",
        "Source_Key__c": key,
        "NumberOfEmployees": 42,
        "Do_Not_Update__c": True,
        "Source_Synced_At__c": "2026-01-31T08:15:00.000Z",
    }
    (record_id,) = embedded.seed("Account", [row])
    (read,) = org.read("Account", FIELDS, "Source_Key__c", [key]).to_pylist()
    assert read == {
        **row,
        "Id": record_id,
        "Source_Synced_At__c": datetime(2026, 1, 31, 8, 15),  # noqa: DTZ001
    }


def test_a_snapshot_has_the_columns_asked_for_and_costs_one_call(embedded: Embedded, org: SalesforceOrg) -> None:
    now = datetime.fromisoformat(embedded.do("clock", {"seconds": 60})["now"])
    embedded.seed("Account", [{"Name": "x"}])
    org.describe("Account")
    snapshot = org.snapshot("Account", ["id", "NAME", "LastActivityDate"], since=now)
    (page,) = snapshot.pages
    assert page.schema == pa.schema([("id", pa.string()), ("NAME", pa.string()), ("LastActivityDate", pa.date32())])
    assert org.calls == 2
    assert timedelta(0) <= embedded.now() - snapshot.taken_at < timedelta(seconds=3)


def test_an_incremental_snapshot_has_what_changed_and_what_was_deleted(embedded: Embedded, org: SalesforceOrg) -> None:
    old, new, gone = embedded.seed("Account", [{"Name": name} for name in ("old", "new", "gone")])
    now = datetime.fromisoformat(embedded.do("clock", {"seconds": 60})["now"])
    org.update("Account", [{"Id": new, "Phone": "1"}])
    embedded.delete(gone)
    calls = org.calls
    fields = ["Id", "IsDeleted", "MasterRecordId", "SystemModstamp"]
    rows = all_rows(org.snapshot("Account", fields, since=now - timedelta(seconds=1)).pages)
    found = {row["Id"]: row["IsDeleted"] for row in rows}
    assert found == {new: False, gone: True}
    assert old not in found
    assert org.calls == calls + 1


def test_a_full_snapshot_leaves_out_the_deleted(embedded: Embedded, org: SalesforceOrg) -> None:
    kept, gone = embedded.seed("Account", [{"Name": "kept"}, {"Name": "gone"}])
    embedded.delete(gone)
    ids = {row["Id"] for row in all_rows(org.snapshot("Account", ["Id"], since=None).pages)}
    assert kept in ids
    assert gone not in ids


def test_a_few_pages_are_paged(embedded: Embedded, org: SalesforceOrg) -> None:
    embedded.seed("Contact", [{"LastName": f"p{place}"} for place in range(5_000)])
    pages = list(org.snapshot("Contact", ["Id", "LastName"], since=None).pages)
    ids = [one for page in pages for one in page["Id"].to_pylist()]
    assert len(ids) == len(set(ids)) >= 5_000
    assert not any("jobs" in call for call in embedded.calls())
    assert org.calls == 1 + len(pages)


def test_records_are_read_by_id_with_one_call_for_two_thousand(embedded: Embedded, org: SalesforceOrg) -> None:
    ids = embedded.seed("Account", [{"Name": f"n{place}"} for place in range(2_000)])
    embedded.delete(ids[7])
    read = org.read("Account", ["Id", "Name"], "Id", [*ids, ids[0]])
    assert read["Id"].to_pylist() == [one for one in ids if one != ids[7]]
    assert org.calls == 2


def test_records_are_read_by_key_with_one_call_for_two_hundred(embedded: Embedded, org: SalesforceOrg) -> None:
    wanted = keys(200)
    embedded.seed("Account", [{"Name": "n", "Source_Key__c": key} for key in wanted])
    assert set(org.read("Account", ["Source_Key__c"], "Source_Key__c", wanted)["Source_Key__c"].to_pylist()) == set(
        wanted
    )
    assert org.calls == 2


def test_many_keys_are_shared_out_over_calls(embedded: Embedded, org: SalesforceOrg) -> None:
    wanted = keys(1_000)
    embedded.seed("Account", [{"Name": "n", "Source_Key__c": key} for key in wanted[:990]])
    assert org.read("Account", ["Id"], "Source_Key__c", wanted).num_rows == 990
    assert 3 <= org.calls <= 6


def test_a_key_with_quotes_is_found(embedded: Embedded, org: SalesforceOrg) -> None:
    (key,) = keys(1)
    key += """ O'Hara "x" \\ %_ & é 🦉"""
    embedded.seed("Account", [{"Name": "n", "Source_Key__c": key}])
    assert org.read("Account", ["Source_Key__c"], "Source_Key__c", [key])["Source_Key__c"].to_pylist() == [key]


def test_nothing_asked_costs_nothing(org: SalesforceOrg) -> None:
    org.describe("Account")
    empty = org.read("Account", ["Id", "CreatedDate"], "Id", [])
    assert (empty.num_rows, org.calls) == (0, 1)
    assert empty.schema.field("CreatedDate").type == pa.timestamp("ms")


def test_a_date_is_read_as_one(embedded: Embedded, org: SalesforceOrg) -> None:
    (record_id,) = embedded.seed("Contact", [{"LastName": "x", "Birthdate": "1990-12-31"}])
    read = org.read("Contact", ["Birthdate"], "Id", [record_id])
    assert read["Birthdate"].to_pylist() == [date(1990, 12, 31)]


def test_an_unknown_object_is_told(org: SalesforceOrg) -> None:
    with pytest.raises(SystemicError, match="shows this user no object Acount") as caught:
        org.describe("Acount")
    assert caught.value.code == "OBJECT_NOT_VISIBLE"


def test_a_hidden_field_is_told_with_every_other_that_is_missing(embedded: Embedded, org: SalesforceOrg) -> None:
    embedded.do("permissions", {"sobject": "Account", "field": "Phone", "rights": {"read": False}})
    with pytest.raises(SystemicError, match=r"no Phone, Fon__c on Account\. Create the field") as caught:
        org.snapshot("Account", ["Id", "Phone", "Name", "Fon__c"], since=None)
    assert caught.value.code == "FIELD_NOT_VISIBLE"
    assert "Phone" not in org.describe("Account").fields


def test_a_field_that_disappears_in_mid_run_is_told_by_the_org(embedded: Embedded, org: SalesforceOrg) -> None:
    org.describe("Account")
    embedded.do("permissions", {"sobject": "Account", "field": "Phone", "rights": {"read": False}})
    with pytest.raises(SystemicError, match="No such column 'Phone' on entity 'Account'") as caught:
        org.snapshot("Account", ["Id", "Phone"], since=None)
    assert caught.value.code == "INVALID_FIELD"


def test_a_compound_field_is_refused(org: SalesforceOrg) -> None:
    with pytest.raises(SystemicError, match="BillingAddress on Account has parts"):
        org.snapshot("Account", ["BillingAddress"], since=None)
