"""Tokens, what is asked again and what is not, and the count of calls."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from pipelines.ports.world import LostAnswer, SourceError, SystemicError
from resources.graph.batch import LostRows
from resources.graph.client import Graph
from resources.route import Route
from tests.resources.graph.conftest import ADA, Office


def test_one_token_serves_many_calls(office: Office, graph: Graph) -> None:
    for _ in range(3):
        graph.users()
    assert graph.calls == 3
    assert office.admin.counts() == {"calls": 3, "parts": 0, "writes": 0, "tokens": 1}


def test_users_are_told_from_all_pages(office: Office, graph: Graph) -> None:
    office.admin.users(*({"userPrincipalName": f"u{n}@example.com", "mail": None} for n in range(1_100)))
    found = graph.users()
    assert len(found) == 1_101
    assert found[0].keys() == {"id", "userPrincipalName", "mail", "displayName"}
    assert graph.calls == 2


def test_a_token_that_ended_is_replaced_at_once(office: Office, graph: Graph) -> None:
    graph.users()
    office.admin.expire_bearers()
    assert graph.write([office.new("x")])[0].success
    assert office.titles() == ["x"]
    assert office.pauses == []
    assert office.admin.counts()["tokens"] == 2


def test_a_new_token_that_is_refused_is_not_replaced_for_ever(office: Office, graph: Graph) -> None:
    office.admin.set_faults({"path": "/users", "action": "unauthorized", "times": 0})
    with pytest.raises(SystemicError, match="refuses the token"):
        graph.users()
    assert (graph.calls, office.admin.counts()["tokens"]) == (2, 2)


def test_a_token_is_not_used_up_to_its_last_second(office: Office, graph: Graph) -> None:
    office.admin.set_lifetime(0)
    with pytest.raises(SystemicError):
        graph.users()  # each new token has ended already
    office.admin.set_lifetime(1)
    assert len(graph.users()) == 1


@pytest.mark.parametrize(
    "other, named",
    [
        ({"client_secret": SecretStr("x")}, "GRAPH_CLIENT_SECRET"),
        ({"client_id": "x"}, "GRAPH_CLIENT_ID"),
        ({"tenant": "x"}, "GRAPH_TENANT"),
    ],
    ids=["secret", "client", "tenant"],
)
def test_a_refused_login_names_the_setting(office: Office, other: dict[str, object], named: str) -> None:
    with pytest.raises(SystemicError, match=named) as error:
        office.client(**other).users()
    assert error.value.code == "graph_token"


def test_a_certificate_that_is_not_trusted_names_the_setting(office: Office) -> None:
    with pytest.raises(SystemicError, match="GRAPH_CA_FILE") as error:
        office.client(route=Route()).users()
    assert error.value.code == "graph_tls"


@pytest.mark.parametrize("action", ["too-many-requests", "unavailable", "cut", "truncate", "lost", "not-json"])
def test_a_read_is_asked_again(office: Office, graph: Graph, action: str) -> None:
    office.admin.set_faults({"path": "/users", "action": action, "times": 2})
    assert len(graph.users()) == 1
    assert len(office.pauses) == 2
    assert graph.calls == 3


def test_retry_after_is_waited_for_and_no_longer_than_patience_allows(office: Office, graph: Graph) -> None:
    office.admin.set_faults({"path": "/users", "action": "too-many-requests", "headers": {"Retry-After": "17"}})
    graph.users()
    assert office.pauses == [17]
    office.admin.set_faults({"path": "/users", "action": "too-many-requests", "headers": {"Retry-After": "600"}})
    with pytest.raises(SourceError, match="429"):
        graph.users()
    assert office.pauses == [17]


def test_a_read_that_never_succeeds_is_told_in_the_end(office: Office, graph: Graph) -> None:
    office.admin.set_faults({"path": "/users", "action": "unavailable", "times": 0})
    with pytest.raises(SourceError, match="503") as error:
        graph.users()
    assert error.value.code == "graph_failed"
    assert graph.calls == 3


@pytest.mark.parametrize("action", ["too-many-requests", "unavailable", "unauthorized"])
def test_a_write_that_surely_did_nothing_is_sent_again(office: Office, graph: Graph, action: str) -> None:
    office.admin.set_faults({"path": "batch", "action": action})
    assert graph.write([office.new("x")])[0].success
    assert office.titles() == ["x"]


@pytest.mark.parametrize("action", ["lost", "truncate", "cut", "not-json"])
def test_a_write_of_unknown_fate_is_never_sent_again(office: Office, graph: Graph, action: str) -> None:
    office.admin.set_faults({"path": "batch", "action": action})
    with pytest.raises(LostAnswer) as error:
        graph.write([office.new("x"), office.new("y")])
    assert isinstance(error.value, LostRows)
    assert error.value.results == [None, None]
    assert office.titles() == (["x", "y"] if action in ("lost", "truncate") else [])
    assert (graph.calls, office.pauses) == (1, [])


def test_a_service_that_is_not_there_is_told_apart_from_a_lost_answer(office: Office) -> None:
    graph = office.client(url="https://localhost:1", login_url=office.account.login_url)
    results = graph.write([office.new("x")])
    assert [result.code for result in results] == ["unsent"]
    assert results[0].may_go_well_later


def test_no_text_of_an_error_has_a_secret_or_a_name(office: Office, graph: Graph) -> None:
    office.admin.set_faults({"path": "/users", "action": "cut", "times": 0})
    with pytest.raises(SourceError) as error:
        graph.users()
    told = f"{error.value} {error.value.__cause__} {error.value.__context__}"
    assert office.account.client_secret.get_secret_value() not in told
    assert ADA not in told
