"""What a write leaves in the store: normalised values, stamps, computed names, and records found by their keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from resources.sandbox.dml import Dml
from resources.sandbox.org import Org
from resources.sandbox.people import INTEGRATION

Stored = Callable[[str, str], dict[str, Any]]


def made(dml: Dml, sobject: str, **row: object) -> str:
    result = dml.insert(sobject, [row])[0]
    assert result.id is not None, result.errors
    return result.id


@pytest.mark.parametrize(
    "name, sent, kept",
    [
        pytest.param("Name", "  Zoë's \t", "Zoë's", id="blanks around text go"),
        pytest.param("Phone", "", None, id="empty text is null"),
        pytest.param("Phone", "  ", None, id="blank text is null"),
        pytest.param("Phone", 123, "123", id="a number sent for text is its text"),
        pytest.param("Name", "\u00a0A", "\u00a0A", id="a no-break space stays"),
        pytest.param("BillingStreet", "1 Road\nFloor 2", "1 Road\r\nFloor 2", id="line breaks become CRLF"),
        pytest.param("BillingStreet", "1 Road\r\nFloor 2", "1 Road\r\nFloor 2", id="CRLF stays"),
        pytest.param("AnnualRevenue", 12.5, 13.0, id="a number is rounded half up to its scale"),
        pytest.param("AnnualRevenue", "12", 12.0, id="a number may be sent as text"),
        pytest.param("NumberOfEmployees", 12.0, 12, id="a whole float is an int"),
        pytest.param("BillingLatitude", 48.85661234567891, 48.85661234567891, id="fifteen decimals are kept"),
        pytest.param("Do_Not_Update__c", None, 0, id="a cleared checkbox is unchecked"),
        pytest.param("Do_Not_Update__c", "true", 1, id="a checkbox may be sent as text"),
        pytest.param("Source_Synced_At__c", "2024-03-01T01:30:00.987+02:00", "2024-02-29T23:30:00.000Z", id="UTC"),
        pytest.param("Source_Synced_At__c", "2024-03-01T01:30:00+0000", "2024-03-01T01:30:00.000Z", id="no colon"),
        pytest.param("Source_Synced_At__c", "2024-03-01", "2024-03-01T00:00:00.000Z", id="a date is its midnight"),
        pytest.param("Source_Status__c", "Z", "Z", id="an unrestricted picklist takes any value"),
        pytest.param("Name", "=1+1 \U0001f600 \"q\"", "=1+1 \U0001f600 \"q\"", id="formulas, emoji and quotes stay"),
    ],
)  # fmt: skip
def test_a_value_is_normalised(dml: Dml, stored: Stored, name: str, sent: object, kept: object) -> None:
    record_id = made(dml, "Account", **{"Name": "A", name: sent})

    assert stored("Account", record_id)[name] == kept


def test_an_email_address_is_kept_in_lower_case(dml: Dml, stored: Stored) -> None:
    assert stored("Contact", made(dml, "Contact", LastName="A", Email=" Zoe@X.Org "))["Email"] == "zoe@x.org"


def test_an_id_of_15_characters_is_kept_as_18(dml: Dml, stored: Stored) -> None:
    parent = made(dml, "Account", Name="P")

    assert stored("Contact", made(dml, "Contact", LastName="A", AccountId=parent[:15]))["AccountId"] == parent


def test_in_bulk_text_an_empty_cell_leaves_alone_and_the_null_sign_clears(dml: Dml, stored: Stored) -> None:
    record_id = made(dml, "Account", Name="A", Phone="1", Fax="2", Do_Not_Update__c=True)

    row = {"Id": record_id, "Name": "", "Phone": "", "Fax": "#N/A", "Do_Not_Update__c": "#N/A"}
    assert dml.update("Account", [row], text=True)[0].success

    kept = stored("Account", record_id)
    assert (kept["Name"], kept["Phone"], kept["Fax"], kept["Do_Not_Update__c"]) == ("A", "1", None, 0)


def test_rows_may_speak_of_different_fields(dml: Dml, stored: Stored) -> None:
    first, second = made(dml, "Account", Name="A", Phone="1"), made(dml, "Account", Name="B", Phone="2")

    dml.update("Account", [{"Id": first, "Name": "A2"}, {"Id": second, "phone": None}])

    assert [(stored("Account", i)["Name"], stored("Account", i)["Phone"]) for i in (first, second)] == [
        ("A2", "1"),
        ("B", None),
    ]


def test_the_name_of_a_person_is_put_together_by_the_org(dml: Dml, stored: Stored) -> None:
    record_id = made(dml, "Contact", FirstName="Ada", LastName="King")
    assert stored("Contact", record_id)["Name"] == "Ada King"

    dml.update("Contact", [{"Id": record_id, "LastName": "Lovelace"}])
    assert stored("Contact", record_id)["Name"] == "Ada Lovelace"

    dml.update("Contact", [{"Id": record_id, "FirstName": None, "Title": "Countess"}])
    assert stored("Contact", record_id)["Name"] == "Lovelace"


def test_a_record_bears_the_stamps_of_who_made_and_changed_it(tmp_path: Path) -> None:
    today = [datetime(2024, 1, 1, tzinfo=UTC)]
    with Org(tmp_path, clock=lambda: today[0]) as org:
        user = org.user_named(INTEGRATION)
        assert user is not None
        dml = Dml(org, user)
        record_id = made(dml, "Account", Name="A")
        today[0] = datetime(2024, 1, 2, tzinfo=UTC)
        dml.update("Account", [{"Id": record_id, "Name": "B"}])
        with org.store.read() as db:
            columns = (
                '"CreatedDate", "LastModifiedDate", "SystemModstamp", "CreatedById", "LastModifiedById", "OwnerId"'
            )
            row = db.execute(f'select {columns} from "Account"').fetchone()

    created, changed = "2024-01-01T00:00:00.000Z", "2024-01-02T00:00:00.000Z"
    assert row == (created, changed, changed, user.id, user.id, user.id)


def test_an_upsert_creates_what_is_not_there_and_changes_what_is(dml: Dml, stored: Stored) -> None:
    record_id = made(dml, "Account", Name="A", Source_Key__c="K1", Phone="1")

    old, new = dml.upsert(
        "Account", "source_key__c", [{"Source_Key__c": "k1", "Name": "A2"}, {"Source_Key__c": "k2", "Name": "B"}]
    )

    assert (old.id, old.created, new.created) == (record_id, False, True)
    kept = stored("Account", record_id)
    assert (kept["Name"], kept["Phone"], kept["Source_Key__c"]) == ("A2", "1", "K1")


def test_an_upsert_by_id_creates_where_the_id_is_empty(dml: Dml) -> None:
    record_id = made(dml, "Account", Name="A")

    rows: list[dict[str, object]] = [{"Id": record_id, "Name": "A2"}, {"Id": None, "Name": "B"}]
    old, new = dml.upsert("Account", "Id", rows)

    assert (old.id, old.created, new.created) == (record_id, False, True)


def test_the_key_of_a_deleted_record_is_free_again(dml: Dml) -> None:
    gone = made(dml, "Account", Name="A", Source_Key__c="k")
    dml.delete("Account", [gone])

    result = dml.upsert("Account", "Source_Key__c", [{"Source_Key__c": "k", "Name": "B"}])[0]

    assert result.created
    assert result.id != gone


def test_a_parent_is_found_by_its_key(dml: Dml, stored: Stored) -> None:
    parent = made(dml, "Account", Name="P", Source_Key__c="p1")

    nested = made(dml, "Contact", LastName="A", Account={"Source_Key__c": "P1"})
    dotted = dml.insert("Contact", [{"LastName": "B", "Account.Source_Key__c": "p1"}], text=True)[0].id

    assert stored("Contact", nested)["AccountId"] == parent
    assert stored("Contact", str(dotted))["AccountId"] == parent


def test_rows_of_a_later_chunk_see_parents_of_an_earlier_one(dml: Dml) -> None:
    rows: list[dict[str, object]] = [{"Source_Key__c": f"d{n}", "Name": f"District {n}"} for n in range(200)]
    rows.append({"Source_Key__c": "s1", "Name": "School", "Parent": {"Source_Key__c": "d7"}})

    assert dml.upsert("Account", "Source_Key__c", rows)[-1].success


def test_a_parent_in_the_same_chunk_is_not_there_yet(dml: Dml) -> None:
    rows: list[dict[str, object]] = [
        {"Source_Key__c": "d1", "Name": "District"},
        {"Source_Key__c": "s1", "Name": "School", "Parent": {"Source_Key__c": "d1"}},
    ]

    assert [r.success for r in dml.upsert("Account", "Source_Key__c", rows)] == [True, False]


def test_a_record_named_twice_in_one_update_ends_as_the_last_row_says(dml: Dml, stored: Stored) -> None:
    record_id = made(dml, "Account", Name="A")

    dml.update("Account", [{"Id": record_id, "Phone": "1"}, {"Id": record_id[:15], "Name": "B"}])

    kept = stored("Account", record_id)
    assert (kept["Name"], kept["Phone"]) == ("B", "1")


def test_deleting_an_account_deletes_its_contacts(dml: Dml, stored: Stored) -> None:
    account = made(dml, "Account", Name="A")
    contact = made(dml, "Contact", LastName="C", AccountId=account)

    assert dml.delete("Account", [account])[0].success

    assert stored("Account", account)["IsDeleted"] == 1
    assert stored("Contact", contact)["IsDeleted"] == 1


def test_results_come_in_the_order_of_the_rows_however_many_there_are(dml: Dml, org: Org) -> None:
    made(dml, "Account", Name="old", Source_Key__c="k300")
    rows: list[dict[str, object]] = [
        {"Source_Key__c": f"k{n}", "Name": f"n{n}" if n % 7 else None} for n in range(1000)
    ]

    results = dml.upsert("Account", "Source_Key__c", rows)

    assert [r.success for r in results] == [n % 7 != 0 for n in range(1000)]
    with org.store.read() as db:
        kept = dict(db.execute('select "Source_Key__c", "Id" from "Account" where "Name" <> ?', ("old",)))
    assert all(kept[f"k{n}"] == r.id for n, r in enumerate(results) if n % 7)
