"""Up to 200 records in one call."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.launch import Connection
from tests.resources.sandbox.conftest import Rest


def accounts(count: int, key: str, **more: object) -> list[dict[str, object]]:
    return [
        {"attributes": {"type": "Account"}, "Name": f"n{n}", "Source_Key__c": f"{key}-{n}", **more}
        for n in range(count)
    ]


def test_records_are_created_each_with_its_own_outcome(rest: Rest, key: str) -> None:
    records = [*accounts(2, key), {"attributes": {"type": "Account"}, "Phone": "1"}]

    first, second, bad = rest("POST", "composite/sobjects", json={"records": records}).json()

    assert first["success"]
    assert first["errors"] == []
    assert first["id"] != second["id"]
    assert bad == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [Name]",
                "fields": ["Name"],
            }
        ],
    }


def test_records_of_two_kinds_may_be_created_together(rest: Rest, key: str) -> None:
    records = [*accounts(1, key), {"attributes": {"type": "Contact"}, "LastName": "A"}]

    made = rest("POST", "composite/sobjects", json={"records": records}).json()

    assert [one["id"][:3] for one in made] == ["001", "003"]


def test_all_or_none_holds_across_kinds(rest: Rest, key: str) -> None:
    records = [*accounts(1, key), {"attributes": {"type": "Contact"}, "FirstName": "A"}]

    answer = rest("POST", "composite/sobjects", json={"allOrNone": True, "records": records}).json()

    assert [one["errors"][0]["statusCode"] for one in answer] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "REQUIRED_FIELD_MISSING",
    ]
    assert rest("GET", f"sobjects/Account/Source_Key__c/{key}-0").status_code == 404


@pytest.mark.parametrize(
    "method, path",
    [("POST", "composite/sobjects"), ("PATCH", "composite/sobjects"), ("PATCH", "composite/sobjects/Account/Id")],
    ids=["create", "update", "upsert"],
)
def test_all_or_none_is_true_or_false(rest: Rest, key: str, method: str, path: str) -> None:
    answer = rest(method, path, json={"allOrNone": "yes", "records": accounts(1, key)})

    message = (
        "Cannot deserialize instance of boolean from VALUE_STRING value yes or request may be missing a required field"
    )
    assert (answer.status_code, answer.json()) == (400, [{"errorCode": "JSON_PARSER_ERROR", "message": message}])
    assert rest("GET", f"sobjects/Account/Source_Key__c/{key}-0").status_code == 404


def test_all_or_none_in_quotes_is_no_less_true(rest: Rest, key: str) -> None:
    records = [*accounts(1, key), {"attributes": {"type": "Account"}}]

    first, _ = rest("POST", "composite/sobjects", json={"allOrNone": "true", "records": records}).json()

    assert first["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"


@pytest.mark.parametrize("ids", [None, "", " , "], ids=["none", "empty", "commas alone"])
def test_a_deletion_names_its_records(rest: Rest, ids: str | None) -> None:
    answer = rest("DELETE", "composite/sobjects", params={} if ids is None else {"ids": ids})

    assert (answer.status_code, answer.json()[0]["message"]) == (400, "ids must be specified")


def test_an_upsert_says_of_each_record_whether_it_is_new(rest: Rest, key: str) -> None:
    rest("PATCH", "composite/sobjects/Account/Source_Key__c", json={"records": accounts(1, key)})

    answer = rest("PATCH", "composite/sobjects/Account/Source_Key__c", json={"records": accounts(2, key)}).json()

    assert [one["created"] for one in answer] == [False, True]


def test_an_upsert_by_id_takes_empty_ids(rest: Rest, key: str) -> None:
    records = accounts(1, key, Id=None)

    assert rest("PATCH", "composite/sobjects/Account/Id", json={"records": records}).json()[0]["created"]


def test_records_are_updated_and_deleted_by_id(rest: Rest, key: str) -> None:
    made = [one["id"] for one in rest("POST", "composite/sobjects", json={"records": accounts(2, key)}).json()]
    changes = [{"attributes": {"type": "Account"}, "id": record_id, "Phone": "7"} for record_id in made]

    updated = rest("PATCH", "composite/sobjects", json={"records": changes}).json()
    assert updated == [{"id": record_id, "success": True, "errors": []} for record_id in made]
    assert rest("GET", f"sobjects/Account/{made[1]}").json()["Phone"] == "7"

    deleted = rest(
        "DELETE", "composite/sobjects", params={"ids": ",".join([*made, made[0]]), "allOrNone": "false"}
    ).json()
    assert [one["success"] for one in deleted] == [True, True, False]


def test_retrieved_records_come_in_the_asked_order_with_null_for_a_missing_one(rest: Rest, key: str) -> None:
    made = [one["id"] for one in rest("POST", "composite/sobjects", json={"records": accounts(2, key)}).json()]
    asked = {"ids": [made[1], "001000000000000", made[0]], "fields": ["Name"]}

    answer = rest("POST", "composite/sobjects/Account", json=asked).json()

    assert [one and one["Name"] for one in answer] == ["n1", None, "n0"]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_more_than_200_records_are_refused(rest: Rest, key: str, method: str) -> None:
    answer = rest(method, "composite/sobjects", json={"records": accounts(201, key)})

    assert answer.status_code == 400
    assert answer.json()[0] == {
        "errorCode": "EXCEEDED_ID_LIMIT",
        "message": "record limit reached. cannot submit more than 200 records into this call",
    }


def test_more_than_ten_changes_of_kind_are_refused(rest: Rest, key: str) -> None:
    mixed = [
        r for n in range(6) for r in (accounts(1, f"{key}{n}")[0], {"attributes": {"type": "Contact"}, "LastName": "A"})
    ]

    answer = rest("POST", "composite/sobjects", json={"records": mixed})

    assert answer.status_code == 400
    assert "10 chunks" in answer.json()[0]["message"]


def test_clients_that_upsert_the_same_keys_at_once_make_each_record_once(
    connection: Connection, rest: Rest, key: str
) -> None:
    token = str(rest.session.headers["Authorization"]).removeprefix("Bearer ")

    def upsert(_: int) -> list[dict[str, object]]:
        with Rest(connection.url, connection.ca_file, token).session as session:
            url = f"{connection.url}/services/data/v66.0/composite/sobjects/Account/Source_Key__c"
            answer: list[dict[str, object]] = session.patch(url, json={"records": accounts(50, key)}, timeout=30).json()
            return answer

    with ThreadPoolExecutor(6) as clients:
        results = [one for answer in clients.map(upsert, range(12)) for one in answer]

    assert all(one["success"] for one in results)
    assert sum(bool(one["created"]) for one in results) == 50
    assert len({one["id"] for one in results}) == 50


def test_a_call_of_200_records_takes_at_most_100_ms(rest: Rest, key: str, admin: Administrator) -> None:
    texts = ("Phone", "Fax", "Website", "Site", "BillingStreet", "BillingCity", "BillingState", "BillingCountry")
    records = accounts(200, key, **dict.fromkeys(texts, "some text"), NumberOfEmployees=7)
    seconds = []
    for _ in range(4):
        started = time.perf_counter()
        answer = rest("PATCH", "composite/sobjects/Account/Source_Key__c", json={"records": records})
        seconds.append(time.perf_counter() - started)
        assert all(one["success"] for one in answer.json())

    assert min(seconds) <= 0.1
