"""Several calls in one, where later ones use what earlier ones answered."""

from __future__ import annotations

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
