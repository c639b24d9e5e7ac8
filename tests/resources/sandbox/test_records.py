"""Single records over HTTPS, with simple-salesforce as any program would use it."""

from __future__ import annotations

import gzip
import json
from urllib.parse import quote

import pytest
from simple_salesforce.api import Salesforce, SFType
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

from tests.resources.sandbox.conftest import Rest

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def accounts(salesforce: Salesforce) -> SFType:
    found = salesforce.Account
    assert isinstance(found, SFType)
    return found


def test_a_record_is_created_read_changed_and_deleted(accounts: SFType, key: str) -> None:
    made = accounts.create({"Name": "Högskola", "Source_Key__c": key, "BillingCity": "Umeå"})
    assert made["success"]

    accounts.update(made["id"], {"Phone": "1"})
    record = accounts.get(made["id"])
    assert record["attributes"] == {"type": "Account", "url": f"/services/data/v66.0/sobjects/Account/{made['id']}"}
    assert (record["Name"], record["Phone"], record["IsDeleted"]) == ("Högskola", "1", False)
    assert record["BillingAddress"]["city"] == "Umeå"
    assert record["ShippingAddress"] is None
    assert record["CreatedDate"].endswith(".000+0000")

    accounts.delete(made["id"])
    with pytest.raises(SalesforceResourceNotFound, match="ENTITY_IS_DELETED"):
        accounts.get(made["id"])


def test_an_upsert_by_external_id_says_what_it_did(rest: Rest, key: str) -> None:
    path = f"sobjects/Account/Source_Key__c/{key}"

    created, updated = (rest("PATCH", path, json={"Name": name}) for name in ("A", "B"))

    assert (created.status_code, updated.status_code) == (201, 200)
    assert created.json() == {"id": created.json()["id"], "success": True, "errors": [], "created": True}
    assert updated.json() == {**created.json(), "created": False}


def test_a_key_with_any_character_is_found(rest: Rest, key: str) -> None:
    odd = f"{key}/ä ?&#%2F+"
    path = f"sobjects/Account/Source_Key__c/{quote(odd, safe='')}"

    assert rest("PATCH", path, json={"Name": "odd"}).status_code == 201
    assert rest("GET", path).json()["Source_Key__c"] == odd


def test_a_key_of_several_records_answers_their_urls(rest: Rest, key: str) -> None:
    email = f"{key}@x.org"
    ids = [rest("POST", "sobjects/Contact", json={"LastName": "A", "Email": email}).json()["id"] for _ in range(2)]

    answer = rest("GET", f"sobjects/Contact/Email/{email}")

    assert answer.status_code == 300
    assert answer.json() == [f"/services/data/v66.0/sobjects/Contact/{i}" for i in ids]


def test_only_asked_fields_are_answered(rest: Rest, key: str) -> None:
    made = rest("POST", "sobjects/Account", json={"Name": "A", "Source_Key__c": key}).json()["id"]

    answer = rest("GET", f"sobjects/Account/{made}?fields=name,Source_Key__c").json()

    assert {k: v for k, v in answer.items() if k != "attributes"} == {"Id": made, "Name": "A", "Source_Key__c": key}


@pytest.mark.parametrize(
    "method, path, body, status, code, message",
    [
        (
            "POST", "sobjects/Account", {"Nme": "A"}, 400, "INVALID_FIELD",
            "No such column 'Nme' on sobject of type Account",
        ),
        ("POST", "sobjects/Account", {}, 400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]"),
        ("POST", "sobjects/Nothing", {}, 404, "NOT_FOUND", "The requested resource does not exist"),
        ("GET", "sobjects/Account/001000000000000", None, 404, "NOT_FOUND", "The requested resource does not exist"),
        ("PATCH", "sobjects/Account/001000000000000", {}, 404, "NOT_FOUND", "The requested resource does not exist"),
        ("DELETE", "sobjects/Account/001000000000000", None, 404, "NOT_FOUND", "The requested resource does not exist"),
        (
            "PATCH", "sobjects/Account/001000000000000", {"Id": "001000000000000"}, 400, "INVALID_FIELD",
            "The Id field should not be specified in the sobject data.",
        ),
        (
            "PATCH", "sobjects/Account/rid/1", {"Name": "A"}, 404, "NOT_FOUND",
            "Provided external ID field does not exist or is not accessible: rid",
        ),
        ("PUT", "sobjects", None, 405, "METHOD_NOT_ALLOWED", "HTTP Method 'PUT' not allowed. Allowed are GET,HEAD"),
        (
            "GET", "analytics/reports", None, 404, "NOT_FOUND",
            "The requested resource does not exist "
            "(GET /services/data/v66.0/analytics/reports is not emulated by this sandbox)",
        ),
    ],
)  # fmt: skip
def test_a_refusal_has_status_code_and_text(
    rest: Rest, method: str, path: str, body: object, status: int, code: str, message: str
) -> None:
    answer = rest(method, path, json=body)

    assert answer.status_code == status
    assert (answer.json()[0]["errorCode"], answer.json()[0]["message"]) == (code, message)


def test_simple_salesforce_sees_the_fields_of_an_error(accounts: SFType) -> None:
    with pytest.raises(SalesforceMalformedRequest) as caught:
        accounts.create({"Phone": "1"})

    content: object = caught.value.content
    assert content == [
        {
            "message": "Required fields are missing: [Name]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["Name"],
        }
    ]


def test_a_body_that_is_no_json_is_told_where(rest: Rest) -> None:
    answer = rest("POST", "sobjects/Account", data=b'{"Name": jam}', headers=JSON)

    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "JSON_PARSER_ERROR"
    assert "[line:1, column:10]" in answer.json()[0]["message"]


def test_a_body_may_come_compressed(rest: Rest, key: str) -> None:
    body = gzip.compress(json.dumps({"Name": "zipped", "Source_Key__c": key}).encode())

    assert rest("POST", "sobjects/Account", data=body, headers={**JSON, "Content-Encoding": "gzip"}).status_code == 201


def test_an_answer_is_compressed_only_when_asked(rest: Rest) -> None:
    plain = rest("GET", "sobjects/Account/describe", headers={"Accept-Encoding": "identity"})
    zipped = rest("GET", "sobjects/Account/describe", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.json() == plain.json()


def test_letter_case_and_a_trailing_slash_of_a_path_do_not_matter(rest: Rest) -> None:
    assert rest("GET", "SObjects/account/Describe/").json()["name"] == "Account"


def test_before_version_46_an_updating_upsert_answers_nothing(rest: Rest, key: str) -> None:
    path = f"/services/data/v45.0/sobjects/Account/Source_Key__c/{key}"

    answers = [rest.root("PATCH", path, json={"Name": "A"}) for _ in range(2)]

    assert [(a.status_code, bool(a.content)) for a in answers] == [(201, True), (204, False)]


def test_update_only_creates_nothing(rest: Rest, key: str) -> None:
    answer = rest("PATCH", f"sobjects/Account/Source_Key__c/{key}?updateOnly=true", json={"Name": "A"})

    assert answer.status_code == 404


@pytest.mark.parametrize("parent", ["nonsense", 5, [], True], ids=repr)
def test_a_parent_that_is_no_object_is_refused(rest: Rest, parent: object) -> None:
    answer = rest("POST", "sobjects/Contact", json={"LastName": "A", "Account": parent})

    message = "The value provided for foreign key reference Account is not a nested SObject"
    assert (answer.status_code, answer.json()) == (400, [{"message": message, "errorCode": "INVALID_FIELD"}])
