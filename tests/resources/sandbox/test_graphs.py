"""What graphs may be. Evidence: "Composite Graph Limits", "Using Composite Graphs"; the words of refusals are ours."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resources.sandbox.conftest import Rest

ROOT = "/services/data/v62.0"


def node(reference: str, url: str = "sobjects/Account", method: str = "POST", **body: object) -> dict[str, Any]:
    told = {"url": f"{ROOT}/{url}", "method": method, "referenceId": reference}
    return told | ({"body": body or {"Name": "G"}} if method in ("POST", "PATCH") else {})


def chain(length: int) -> list[dict[str, Any]]:
    """Accounts, each the child of the one before it."""
    children = [node(f"n{n}", Name="G", ParentId=f"@{{n{n - 1}.id}}") for n in range(1, length)]
    return [node("n0"), *children]


def kinds(count: int) -> list[dict[str, Any]]:
    """So many nodes of which no two are of one API version."""
    return [node(f"n{n}") | {"url": f"/services/data/v{50 + n}.0/sobjects/Account"} for n in range(count)]


def graph(*nodes: dict[str, Any], name: str = "g") -> dict[str, Any]:
    return {"graphId": name, "compositeRequest": list(nodes)}


def asked(rest: Rest, *graphs: dict[str, Any]) -> Any:
    return rest("POST", "composite/graph", json={"graphs": graphs})


@pytest.mark.parametrize(
    "graphs, told",
    [
        ([graph(node("q", "query?q=SELECT+Id+FROM+Account", "GET"))], "about a record or creates one"),
        ([graph(node("l", "limits", "GET"))], "about a record or creates one"),
        ([graph(node("d", "sobjects/Account/describe", "GET"))], "about a record or creates one"),
        ([graph(node("d", "sobjects/Account", "GET"))], "about a record or creates one"),
        ([graph(node("a")), graph(node("b"))], "graphId g is used twice"),
        ([graph(node("a"), name="_a")], "graphId _a cannot be"),
        ([graph(node("a"), name="a.b")], "graphId a.b cannot be"),
        ([graph(node("a"), name="a" * 40)], "has less than 40 characters"),
        ([graph(node("a")) | {"graphId": 1}], "graphId 1 cannot be"),
        ([graph(*chain(16))], "graph g is deeper than 15"),
        ([graph(*kinds(16))], "at most 15 different nodes"),
        ([graph(*[node(f"n{n}") for n in range(501)])], "at most 75 graphs with 500 nodes"),
        ([graph(name=f"g{n}") for n in range(76)], "at most 75 graphs with 500 nodes"),
    ],
    ids=[
        "a query", "limits", "a describe", "basic information", "a name twice", "underscore first", "a period",
        "a long name", "a number", "depth", "kinds", "nodes", "graphs",
    ],
)  # fmt: skip
def test_graphs_that_cannot_be_are_refused(rest: Rest, graphs: list[dict[str, Any]], told: str) -> None:
    answer = asked(rest, *graphs)
    assert (answer.status_code, told in answer.text) == (400, True), answer.text


@pytest.mark.parametrize("nodes", [chain(15), kinds(15)], ids=["depth", "kinds"])
def test_graphs_may_be_as_large_as_the_limits_say(rest: Rest, nodes: list[dict[str, Any]]) -> None:
    [told] = asked(rest, graph(*nodes)).json()["graphs"]
    assert told["isSuccessful"] is True, told


def test_after_fifteen_failures_the_graphs_that_are_left_are_halted(rest: Rest, key: str) -> None:
    bad = [graph(node("a", Name=None), name=f"bad{n}") for n in range(15)]
    told = asked(rest, *bad, graph(node("a", Name="G", Source_Key__c=key), name="left")).json()["graphs"]
    [left] = told[15]["graphResponse"]["compositeResponse"]
    assert (told[15]["isSuccessful"], left["body"][0]["errorCode"]) == (False, "PROCESSING_HALTED")
    assert rest("GET", f"sobjects/Account/Source_Key__c/{key}").status_code == 404


def test_fourteen_failures_halt_nothing(rest: Rest) -> None:
    bad = [graph(node("a", Name=None), name=f"bad{n}") for n in range(14)]
    told = asked(rest, *bad, graph(node("a"), name="left")).json()["graphs"]
    assert [one["isSuccessful"] for one in told] == [False] * 14 + [True]
