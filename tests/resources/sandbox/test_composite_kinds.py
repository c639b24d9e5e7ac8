"""The other calls that are made of calls: batch, graph and tree."""

from __future__ import annotations

from typing import Any

from tests.resources.sandbox.conftest import Rest


def posted(rest: Rest, path: str, body: object, status: int = 200) -> Any:
    answer = rest("POST", path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def count(rest: Rest, key: str, sobject: str = "Account") -> int:
    soql = f"SELECT COUNT() FROM {sobject} WHERE Source_Key__c LIKE '{key}%'"
    return int(rest("GET", "query", params={"q": soql}).json()["totalSize"])


def test_a_batch_runs_every_call_whatever_becomes_of_the_others(rest: Rest, key: str) -> None:
    requests = [
        {"method": "POST", "url": "v62.0/sobjects/Account", "richInput": {"Name": "B", "Source_Key__c": key}},
        {"method": "GET", "url": "v62.0/sobjects/Nope/describe"},
        {"method": "GET", "url": f"/services/data/v62.0/sobjects/Account/Source_Key__c/{key}?fields=Name"},
    ]
    told = posted(rest, "composite/batch", {"batchRequests": requests})
    assert told["hasErrors"] is True
    assert [result["statusCode"] for result in told["results"]] == [201, 404, 200]
    assert told["results"][2]["result"]["Name"] == "B"


def test_a_batch_that_halts_answers_412_for_the_rest(rest: Rest) -> None:
    requests = [{"method": "GET", "url": "v62.0/sobjects/Nope/describe"}, {"method": "GET", "url": "v62.0/limits"}]
    told = posted(rest, "composite/batch", {"batchRequests": requests, "haltOnError": True})
    assert [result["statusCode"] for result in told["results"]] == [404, 412]


def test_whether_a_batch_halts_is_true_or_false(rest: Rest) -> None:
    requests = [{"method": "GET", "url": "v62.0/limits"}]
    told = posted(rest, "composite/batch", {"batchRequests": requests, "haltOnError": "yes"}, 400)
    assert told[0]["errorCode"] == "JSON_PARSER_ERROR"


def test_every_call_of_a_batch_counts(rest: Rest) -> None:
    def used() -> int:
        return int(rest("GET", "limits").headers["Sforce-Limit-Info"].partition("=")[2].partition("/")[0])

    before = used()
    posted(rest, "composite/batch", {"batchRequests": [{"method": "GET", "url": "v62.0/limits"}] * 3})
    assert used() - before == 4


def test_a_batch_takes_25_calls(rest: Rest) -> None:
    requests = [{"method": "GET", "url": "v62.0/limits"}] * 26
    assert posted(rest, "composite/batch", {"batchRequests": requests}, 400)[0]["errorCode"] == "LIMIT_EXCEEDED"


def account(name: str, key: str) -> dict[str, object]:
    body = {"Name": name, "Source_Key__c": key}
    return {"method": "POST", "url": "/services/data/v62.0/sobjects/Account", "referenceId": "made", "body": body}


def test_a_graph_fails_as_a_whole_and_alone(rest: Rest, key: str) -> None:
    child = {
        "method": "POST",
        "url": "/services/data/v62.0/sobjects/Contact",
        "referenceId": "child",
        "body": {"LastName": "C", "AccountId": "@{made.id}", "Source_Key__c": key},
    }
    bad = {**child, "body": {"FirstName": "nameless"}}
    graphs = [
        {"graphId": "good", "compositeRequest": [account("Good", f"{key}1"), child]},
        {"graphId": "bad", "compositeRequest": [account("Bad", f"{key}2"), bad]},
    ]
    told = posted(rest, "composite/graph", {"graphs": graphs})["graphs"]
    assert [(graph["graphId"], graph["isSuccessful"]) for graph in told] == [("good", True), ("bad", False)]
    statuses = [answer["httpStatusCode"] for answer in told[0]["graphResponse"]["compositeResponse"]]
    assert statuses == [201, 201]
    assert (count(rest, key), count(rest, key, "Contact")) == (1, 1)


def tree(key: str, contact: dict[str, object]) -> dict[str, object]:
    child = {"attributes": {"type": "Contact", "referenceId": "child"}, "Source_Key__c": key, **contact}
    parent = {"attributes": {"type": "Account", "referenceId": "parent"}, "Name": "Tree", "Source_Key__c": key}
    return {"records": [{**parent, "Contacts": {"records": [child]}}]}


def test_a_tree_is_created_with_its_children(rest: Rest, key: str) -> None:
    told = posted(rest, "composite/tree/Account", tree(key, {"LastName": "Leaf"}), 201)
    assert (told["hasErrors"], [result["referenceId"] for result in told["results"]]) == (False, ["parent", "child"])
    soql = f"SELECT Account.Name FROM Contact WHERE Source_Key__c = '{key}'"
    [leaf] = rest("GET", "query", params={"q": soql}).json()["records"]
    assert leaf["Account"]["Name"] == "Tree"


def test_one_bad_leaf_undoes_the_tree(rest: Rest, key: str) -> None:
    told = posted(rest, "composite/tree/Account", tree(key, {"FirstName": "nameless"}), 400)
    [result] = told["results"]
    assert (told["hasErrors"], result["referenceId"]) == (True, "child")
    assert result["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert count(rest, key) == 0


def test_a_child_below_an_unknown_relationship_is_refused(rest: Rest) -> None:
    body = {"records": [{"attributes": {"type": "Account", "referenceId": "a"}, "Nopes": {"records": []}}]}
    assert posted(rest, "composite/tree/Account", body, 400)[0]["errorCode"] == "INVALID_FIELD"
