"""What the platform refuses in a row, with code, text and fields as a real org gives them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from resources.sandbox.dml import Dml, RowResult
from resources.sandbox.errors import ApiError
from resources.sandbox.ids import to15
from resources.sandbox.org import Org


def refusal(result: RowResult) -> tuple[str, str, tuple[str, ...]]:
    assert not result.success
    assert len(result.errors) == 1
    error = result.errors[0]
    return error.code, error.message, error.fields


@pytest.mark.parametrize(
    "sobject, row, code, message, fields",
    [
        pytest.param(
            "Account", {"Phone": "1"}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", ("Name",),
            id="required field absent",
        ),
        pytest.param(
            "Contact", {"FirstName": "A", "LastName": "  "}, "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [LastName]", ("LastName",), id="required field blank",
        ),
        pytest.param(
            "Account", {"Name": "x" * 256}, "STRING_TOO_LONG",
            f"Account Name: data value too large: {'x' * 256} (max length=255)", ("Name",), id="text too long",
        ),
        pytest.param(
            "Contact", {"LastName": "A", "Email": "not an email"}, "INVALID_EMAIL_ADDRESS",
            "Email: invalid email address: not an email", ("Email",), id="e-mail address that is none",
        ),
        pytest.param(
            "Account", {"Name": "A", "BillingGeocodeAccuracy": "Roughly"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Billing Geocode Accuracy: bad value for restricted picklist field: Roughly", ("BillingGeocodeAccuracy",),
            id="value outside a restricted picklist",
        ),
        pytest.param(
            "Account", {"Name": "A", "NumberOfEmployees": 100_000_000}, "NUMBER_OUTSIDE_VALID_RANGE",
            "Employees: value outside of valid range on numeric field: 100000000", ("NumberOfEmployees",),
            id="number with too many digits",
        ),
        pytest.param(
            "Contact", {"LastName": "A", "AccountId": "001"}, "MALFORMED_ID",
            "Account ID: id value of incorrect type: 001", ("AccountId",), id="reference that is no id",
        ),
        pytest.param(
            "Contact", {"LastName": "A", "AccountId": "001000000000000"}, "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id", (), id="reference to nobody",
        ),
        pytest.param(
            "Contact", {"LastName": "A", "AccountId": "003000000000000AAA"}, "FIELD_INTEGRITY_EXCEPTION",
            "Account ID: id value of incorrect type: 003000000000000AAA", ("AccountId",),
            id="reference to the wrong kind",
        ),
        pytest.param(
            "Contact", {"LastName": "A", "Account": {"Source_Key__c": "0116"}}, "INVALID_FIELD",
            "Foreign key external ID: 0116 not found for field Source_Key__c in entity Account", (),
            id="parent key of nobody",
        ),
        pytest.param(
            "Account", {"Name": "A", "CreatedDate": "2020-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: CreatedDate. Please check the security settings of this field and verify "
            "that it is read/write for your profile or permission set.", ("CreatedDate",),
            id="field that nobody may write",
        ),
        pytest.param(
            "Account", {"Name": "A", "Id": "001000000000000"}, "INVALID_FIELD_FOR_INSERT_UPDATE",
            "cannot specify Id in an insert call", ("Id",), id="id of a new record",
        ),
    ],
)  # fmt: skip
def test_an_insert_is_refused(
    dml: Dml, sobject: str, row: Mapping[str, object], code: str, message: str, fields: tuple[str, ...]
) -> None:
    assert refusal(dml.insert(sobject, [row])[0]) == (code, message, fields)


@pytest.mark.parametrize(
    "name, value, kind",
    [
        ("NumberOfEmployees", "many", "int"),
        ("NumberOfEmployees", 1.5, "int"),
        ("AnnualRevenue", "a lot", "double"),
        ("AnnualRevenue", "NaN", "double"),
        ("Source_Synced_At__c", "yesterday", "datetime"),
        ("Source_Synced_At__c", "2020-13-01T00:00:00Z", "datetime"),
        ("Do_Not_Update__c", "perhaps", "boolean"),
        ("Name", ["A"], "string"),
    ],
)
def test_json_of_the_wrong_type_refuses_the_call(dml: Dml, name: str, value: object, kind: str) -> None:
    with pytest.raises(ApiError, match=f"Cannot deserialize instance of {kind}") as caught:
        dml.insert("Account", [{"Name": "sound"}, {"Name": "A", name: value}])

    assert caught.value.code == "JSON_PARSER_ERROR"


def test_text_of_the_wrong_type_refuses_its_row_only(dml: Dml) -> None:
    rows = [{"Name": "A", "NumberOfEmployees": "many"}, {"Name": "B", "NumberOfEmployees": "7"}]

    results = dml.insert("Account", rows, text=True)

    assert refusal(results[0])[0] == "INVALID_TYPE_ON_FIELD_IN_RECORD"
    assert results[1].success


def test_an_unknown_field_refuses_the_call_and_writes_nothing(dml: Dml, org: Org) -> None:
    with pytest.raises(ApiError, match="No such column 'Nmae' on sobject of type Account"):
        dml.insert("Account", [{"Name": "A"}, {"Nmae": "B"}])

    with org.store.read() as db:
        assert db.execute('select count(*) from "Account"').fetchone() == (0,)


def test_a_value_that_another_record_has_names_that_record(dml: Dml) -> None:
    holder = dml.insert("Account", [{"Name": "A", "Source_Key__c": "k1"}])[0].id

    result = dml.insert("Account", [{"Name": "B", "Source_Key__c": "K1"}])[0]

    message = f"duplicate value found: Source_Key__c duplicates value on record with id: {to15(str(holder))}"
    assert refusal(result) == ("DUPLICATE_VALUE", message, ())


def test_of_two_new_records_with_one_value_the_first_wins(dml: Dml) -> None:
    first, second = dml.insert("Account", [{"Name": "A", "Source_Key__c": "k"}, {"Name": "B", "Source_Key__c": "k"}])

    assert first.success
    assert refusal(second)[0] == "DUPLICATE_VALUE"


def test_two_rows_with_one_key_in_one_upsert_are_both_refused(dml: Dml) -> None:
    rows = [
        {"Source_Key__c": "K1", "Name": "A"},
        {"Source_Key__c": "K2", "Name": "B"},
        {"Source_Key__c": "k1", "Name": "C"},
    ]

    first, other, second = dml.upsert("Account", "Source_Key__c", rows)

    assert refusal(first) == ("DUPLICATE_VALUE", "Duplicate external id specified: K1", ())
    assert refusal(second) == ("DUPLICATE_VALUE", "Duplicate external id specified: k1", ())
    assert other.success


def test_a_key_that_several_records_have_is_refused_and_lists_them(dml: Dml) -> None:
    twins = [r.id for r in dml.insert("Contact", [{"LastName": n, "Email": "same@x.org"} for n in "AB"])]

    result = dml.upsert("Contact", "Email", [{"Email": "same@x.org", "Title": "T"}])[0]

    message = f"Email: more than one record found for external id field: [{twins[0]}, {twins[1]}]"
    assert refusal(result) == ("DUPLICATE_EXTERNAL_ID", message, ())


def test_an_upsert_without_key_is_refused(dml: Dml) -> None:
    result = dml.upsert("Account", "Source_Key__c", [{"Name": "A"}])[0]

    assert refusal(result) == ("MISSING_ARGUMENT", "Source_Key__c not specified", ("Source_Key__c",))


@pytest.mark.parametrize(
    "record_id, code",
    [
        ("003000000000000AAA", "MALFORMED_ID"),
        ("nonsense", "MALFORMED_ID"),
        ("001000000000000", "INVALID_CROSS_REFERENCE_KEY"),
    ],
)
def test_an_update_of_nobody_is_refused(dml: Dml, record_id: str, code: str) -> None:
    assert refusal(dml.update("Account", [{"Id": record_id, "Name": "A"}])[0])[0] == code


def test_a_deleted_record_can_be_neither_changed_nor_pointed_to(dml: Dml) -> None:
    gone = dml.insert("Account", [{"Name": "A"}])[0].id
    assert gone is not None
    dml.delete("Account", [gone])

    changed = dml.update("Account", [{"Id": gone, "Name": "B"}])[0]
    pointing = dml.insert("Contact", [{"LastName": "C", "AccountId": gone}])[0]

    assert refusal(changed) == ("ENTITY_IS_DELETED", "entity is deleted", ())
    assert refusal(pointing) == ("ENTITY_IS_DELETED", "entity is deleted", ())


def test_a_required_field_cannot_be_cleared(dml: Dml) -> None:
    made = dml.insert("Account", [{"Name": "A"}])[0].id

    assert refusal(dml.update("Account", [{"Id": made, "Name": None}])[0])[0] == "REQUIRED_FIELD_MISSING"


def test_all_or_none_saves_nothing_if_one_row_is_bad(dml: Dml, org: Org) -> None:
    results = dml.insert("Account", [{"Name": "A"}, {"Phone": "1"}, {"Name": "C"}], all_or_none=True)

    assert [refusal(r)[0] for r in results] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING", "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    ]  # fmt: skip
    with org.store.read() as db:
        assert db.execute('select count(*) from "Account"').fetchone() == (0,)


def test_one_bad_row_does_not_keep_the_others_from_being_saved(dml: Dml) -> None:
    results = dml.insert("Account", [{"Name": "A"}, {"Phone": "1"}, {"Name": "C"}])

    assert [r.success for r in results] == [True, False, True]
