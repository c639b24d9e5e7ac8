"""Twenty requests in one call, each answered for itself; limits of a mailbox; faults on demand."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import requests

from resources.graph_sandbox.administration import GraphAdministrator
from tests.resources.graph_sandbox.conftest import ADA, Client, below, code

JSON = {"Content-Type": "application/json"}


def new(client: Client, title: str, **more: object) -> dict[str, Any]:
    content = {"title": title}
    return {"method": "POST", "url": below(client, client.tasks), "headers": JSON, "body": content, **more}


def test_each_request_is_answered_for_itself(client: Client, admin: GraphAdministrator) -> None:
    made = client.make(client.tasks, title="x")
    place = below(client, f"{client.tasks}/{made['id']}")
    answers = client.batch(
        new(client, "a"),
        {"method": "PATCH", "url": place, "headers": {**JSON, "If-Match": 'W/"old"'}, "body": {"title": "b"}},
        {"method": "GET", "url": f"/v1.0{place}?$select=title"},
        {"method": "DELETE", "url": place},
        {"method": "GET", "url": "/users/nobody@example.com/contacts"},
    )
    assert [answer["status"] for answer in answers] == [201, 412, 200, 204, 404]
    assert answers[2]["body"]["title"] == "x"
    assert "body" not in answers[3]
    assert answers[4]["body"]["error"]["code"] == "ErrorInvalidUser"
    assert admin.counts() == {"calls": 2, "parts": 5, "writes": 3, "tokens": 0}


def test_what_depends_on_a_failure_is_not_done(client: Client) -> None:
    answers = client.batch(
        {"method": "DELETE", "url": below(client, f"{client.tasks}/x")},
        new(client, "a", dependsOn=["0"]),
        new(client, "b", dependsOn=["1"]),
        new(client, "c"),
    )
    assert [answer["status"] for answer in answers] == [404, 424, 424, 201]
    assert [row["title"] for row in client(client.tasks).json()["value"]] == ["c"]


@pytest.mark.parametrize(
    "requests_told",
    [
        [{"id": str(n), "method": "GET", "url": "/users"} for n in range(21)],
        [{"id": "a", "method": "GET", "url": "/users"}, {"id": "A", "method": "GET", "url": "/users"}],
        [{"id": "a", "method": "GET"}],
        [],
        [{"id": "a", "method": "POST", "url": "/users", "body": {}}],
        [{"id": "a", "method": "GET", "url": "/users", "dependsOn": ["b"]}],
    ],
    ids=["twenty-one", "twice", "no address", "none", "no content type", "unknown"],
)
def test_what_is_no_batch_is_refused_whole(client: Client, requests_told: list[dict[str, Any]]) -> None:
    wanted = "MaximumValueExceeded" if len(requests_told) > 20 else "BadRequest"
    assert code(client("/$batch", "POST", {"requests": requests_told})) == (400, wanted)


def test_the_part_over_the_limit_answers_429_inside_a_200(client: Client, admin: GraphAdministrator) -> None:
    admin.set_limits(requests=3, seconds=600)
    answers = client.batch(*(new(client, str(n)) for n in range(5)))
    assert [answer["status"] for answer in answers] == [201, 201, 201, 429, 429]
    assert answers[4]["body"]["error"]["code"] == "ApplicationThrottled"
    assert 590 <= int(answers[4]["headers"]["Retry-After"]) <= 600
    admin.advance_clock(601)
    assert client(client.tasks).status_code == 200


def test_a_limit_is_of_one_mailbox_and_not_of_another(client: Client, admin: GraphAdministrator) -> None:
    admin.user("bob@example.com")
    admin.set_limits(requests=2)
    assert [client("contacts").status_code for _ in range(3)] == [200, 200, 429]
    assert client("/users/bob@example.com/contacts").status_code == 200
    with pytest.raises(ValueError, match="there are requests, seconds, concurrent"):
        admin.set_limits(calls=5)


def test_a_mailbox_serves_so_many_at_one_time(client: Client, admin: GraphAdministrator) -> None:
    admin.set_limits(concurrent=1)
    html = {"content": "<p>word</p>" * 100_000, "contentType": "html"}
    slow = threading.Thread(target=client, args=(client.tasks, "POST", {"title": "slow", "body": html}))
    slow.start()
    met = set()
    with requests.Session() as other:
        other.trust_env = False
        other.verify = client.session.verify
        other.headers["Authorization"] = str(client.session.headers["Authorization"])
        while slow.is_alive():
            met.add(other.get(client.address("mailboxSettings"), timeout=10).status_code)
    slow.join()
    assert 429 in met


@pytest.mark.parametrize(
    "action, status, retry_after",
    [("too-many-requests", 429, "1"), ("unavailable", 503, None), ("unauthorized", 401, None)],
)
def test_a_status_goes_by_its_name(
    client: Client, admin: GraphAdministrator, action: str, status: int, retry_after: str | None
) -> None:
    admin.set_faults({"path": "/contacts", "action": action, "nth": 2})
    sound, faulty = client("contacts"), client("contacts")
    assert (sound.status_code, faulty.status_code) == (200, status)
    assert faulty.headers.get("Retry-After") == retry_after
    assert [call["fault"] for call in admin.calls()] == ["", action]


def test_a_part_meets_its_own_fault(client: Client, admin: GraphAdministrator) -> None:
    admin.set_faults({"path": "/tasks$", "method": "POST", "action": "too-many-requests", "nth": 2})
    assert [answer["status"] for answer in client.batch(*(new(client, str(n)) for n in range(3)))] == [201, 429, 201]
    admin.set_faults({"path": "/tasks$", "action": "answer", "status": 504, "body": "<html>"})
    (answer,) = client.batch(new(client, "x"))
    assert (answer["status"], answer["body"]) == (504, "<html>")


@pytest.mark.parametrize("action, done", [("lost", 2), ("truncate", 2), ("cut", 0)])
def test_a_connection_ends_after_the_work_or_before_it(
    client: Client, admin: GraphAdministrator, action: str, done: int
) -> None:
    admin.set_faults({"path": "batch", "action": action})
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.batch(new(client, "a"), new(client, "b"))
    assert len(admin.rows(ADA, "tasks")) == done


def test_something_happens_in_between(client: Client, admin: GraphAdministrator) -> None:
    made = client.make(client.tasks, title="mine")
    change = {"user": ADA, "collection": "tasks", "rows": [{"id": made["id"], "title": "hers"}]}
    admin.set_faults({"path": made["id"], "action": "meanwhile", "door": "patch", "with_body": change})
    answer = client(f"{client.tasks}/{made['id']}", "PATCH", {"title": "x"}, If_Match=made["@odata.etag"])
    assert answer.status_code == 412
    assert admin.row(ADA, "tasks", made["id"])["title"] == "hers"


def test_a_rate_strikes_the_same_calls_for_the_same_seed(client: Client, admin: GraphAdministrator) -> None:
    def struck(seed: int) -> list[bool]:
        admin.set_faults({"path": "/", "action": "unavailable", "rate": 0.3, "seed": seed})
        return [client("mailboxSettings").status_code == 503 for _ in range(25)]

    first = struck(1)
    assert 2 <= sum(first) <= 16
    assert struck(1) == first
    assert struck(2) != first
