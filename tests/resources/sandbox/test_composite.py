"""Several calls in one, where later ones use what earlier ones answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.resources.sandbox.conftest import Rest

ROOT = "/services/data/v66.0"


def post(sobject: str, reference: str, **body: object) -> dict[str, Any]:
    return {"method": "POST", "url": f"{ROOT}/sobjects/{sobject}", "referenceId": reference, "body": body}


def test_a_later_call_uses_the_id_that_an_earlier_one_made(rest: Rest, key: str) -> None:
    calls = [
        post("Account", "parent", Name="P", Source_Key__c=key),
        post("Contact", "child", LastName="C", AccountId="@{parent.id}"),
        {"method": "GET", "url": f"{ROOT}/sobjects/Contact/@{{child.id}}?fields=AccountId", "referenceId": "read"},
    ]

    parent, child, read = rest("POST", "composite", json={"compositeRequest": calls}).json()["compositeResponse"]

    assert [one["httpStatusCode"] for one in (parent, child, read)] == [201, 201, 200]
    assert parent["httpHeaders"]["Location"] == f"{ROOT}/sobjects/Account/{parent['body']['id']}"
    assert read["body"]["AccountId"] == parent["body"]["id"]


def test_all_or_none_undoes_the_others_when_one_fails(rest: Rest, key: str) -> None:
    calls = [
        post("Account", "good", Name="P", Source_Key__c=key),
        post("Account", "bad"),
        post("Account", "never", Name="N"),
    ]

    answer = rest("POST", "composite", json={"allOrNone": True, "compositeRequest": calls}).json()["compositeResponse"]

    assert [one["body"][0]["errorCode"] for one in answer] == [
        "PROCESSING_HALTED",
        "REQUIRED_FIELD_MISSING",
        "PROCESSING_HALTED",
    ]
    assert rest("GET", f"sobjects/Account/Source_Key__c/{key}").status_code == 404


def test_all_or_none_is_true_or_false(rest: Rest, key: str) -> None:
    calls = [post("Account", "good", Name="P", Source_Key__c=key)]

    answer = rest("POST", "composite", json={"allOrNone": 1, "compositeRequest": calls})

    assert answer.status_code == 400
    assert "Cannot deserialize instance of boolean from VALUE_NUMBER_INT value 1" in answer.json()[0]["message"]
    assert rest("GET", f"sobjects/Account/Source_Key__c/{key}").status_code == 404


def test_without_all_or_none_a_failure_stands_alone(rest: Rest, key: str) -> None:
    calls = [
        post("Account", "bad"),
        post("Contact", "orphan", LastName="C", AccountId="@{bad.id}"),
        post("Account", "good", Name="P", Source_Key__c=key),
    ]

    answer = rest("POST", "composite", json={"compositeRequest": calls}).json()["compositeResponse"]

    assert [one["httpStatusCode"] for one in answer] == [400, 400, 201]
    assert answer[1]["body"][0]["errorCode"] == "PROCESSING_HALTED"


def test_more_than_25_calls_are_refused(rest: Rest) -> None:
    calls = [post("Account", f"r{n}", Name="A") for n in range(26)]

    assert rest("POST", "composite", json={"compositeRequest": calls}).json()[0]["errorCode"] == "LIMIT_EXCEEDED"


def test_more_than_five_queries_and_collections_are_refused(rest: Rest) -> None:
    data = "/services/data/v62.0"
    url = {"query": "query?q=SELECT+Id+FROM+User", "collection": "composite/sobjects/User?ids=x&fields=Id"}
    kinds = ["query", "query", "query", "collection", "collection", "collection"]
    calls = [{"method": "GET", "url": f"{data}/{url[kind]}", "referenceId": f"r{n}"} for n, kind in enumerate(kinds)]

    assert rest("POST", "composite", json={"compositeRequest": calls}).json()[0]["errorCode"] == "LIMIT_EXCEEDED"
    told = rest("POST", "composite", json={"compositeRequest": calls[:5]}).json()["compositeResponse"]
    assert [one["httpStatusCode"] for one in told[:3]] == [200, 200, 200]


def test_a_composite_call_counts_as_one(rest: Rest, key: str) -> None:
    calls = [post("Account", f"r{n}", Name="A") for n in range(3)]
    before, after = (
        int(answer.headers["Sforce-Limit-Info"].removeprefix("api-usage=").split("/")[0])
        for answer in (rest("GET", "limits"), rest("POST", "composite", json={"compositeRequest": calls}))
    )

    assert after == before + 1


def collection(method: str, reference: str, *records: Mapping[str, object]) -> dict[str, Any]:
    rows = [{"attributes": {"type": "Account"}, **record} for record in records]
    body = {"allOrNone": False, "records": rows}
    return {"method": method, "url": f"{ROOT}/composite/sobjects", "referenceId": reference, "body": body}


def test_collections_share_a_call_and_each_row_has_its_answer(rest: Rest, key: str) -> None:
    kept = rest("POST", "sobjects/Account", json={"Name": "Old", "Source_Key__c": key}).json()["id"]
    calls = [
        collection("POST", "new", {"Name": "A"}, {"Source_Key__c": key, "Name": "twice"}),
        collection("PATCH", "changed", {"Id": kept, "Name": "New"}, {"Id": "001000000000000AAA", "Name": "?"}),
    ]

    answer = rest("POST", "composite", json={"allOrNone": False, "compositeRequest": calls}).json()["compositeResponse"]

    assert [(one["referenceId"], one["httpStatusCode"]) for one in answer] == [("new", 200), ("changed", 200)]
    assert [[row["success"] for row in one["body"]] for one in answer] == [[True, False], [True, False]]
    assert answer[0]["body"][1]["errors"][0]["statusCode"] == "DUPLICATE_VALUE"
    assert rest("GET", f"sobjects/Account/Source_Key__c/{key}").json()["Name"] == "New"


def test_a_collection_that_is_refused_as_a_whole_leaves_the_other(rest: Rest, key: str) -> None:
    calls = [
        collection("POST", "too_many", *[{"Name": "A", "Source_Key__c": key}] * 201),
        collection("POST", "good", {"Name": "A", "Source_Key__c": key}),
    ]

    refused, good = rest("POST", "composite", json={"compositeRequest": calls}).json()["compositeResponse"]

    assert (refused["httpStatusCode"], refused["body"][0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")
    assert good["body"][0]["success"]


def test_a_subrequest_has_headers_of_its_own(rest: Rest) -> None:
    for _ in range(2):
        rest("POST", "composite/sobjects", json=collection("POST", "x", *[{"Name": "A"}] * 101)["body"])
    small = {"Sforce-Query-Options": "batchSize=200"}
    plain = {"method": "GET", "url": f"{ROOT}/query?q=SELECT+Id+FROM+Account", "referenceId": "plain"}
    paged = {**plain, "referenceId": "paged", "httpHeaders": small}

    told = rest("POST", "composite", json={"compositeRequest": [plain, paged]}, headers=small).json()
    first, second = [len(one["body"]["records"]) for one in told["compositeResponse"]]

    assert (first > 200, second) == (True, 200), "what the call itself has is not inherited"


def test_a_subrequest_may_not_say_who_asks(rest: Rest) -> None:
    query = {"method": "GET", "url": f"{ROOT}/query?q=SELECT+Id+FROM+User", "referenceId": "one"}
    asked = {**query, "httpHeaders": {"Authorization": "Bearer of somebody else"}}

    assert rest("POST", "composite", json={"compositeRequest": [query, asked]}).status_code == 400
