"""Faults on demand, as a client meets them."""

from __future__ import annotations

import pytest
import requests

from resources.engage_sandbox.administration import EngageAdministrator
from tests.resources.engage_sandbox.conftest import Client

ROWS = [{"id": f"p{n}", "updated_at": f"2026-01-0{n}T00:00:00.000Z"} for n in range(1, 7)]


@pytest.mark.parametrize(
    "action, status, retry_after",
    [("too-many-requests", 429, "1"), ("unavailable", 503, None), ("unauthorized", 401, None)],
)
def test_a_status_goes_by_its_name(
    client: Client, admin: EngageAdministrator, action: str, status: int, retry_after: str | None
) -> None:
    admin.set_faults({"path": "profiles", "action": action, "nth": 2})
    sound, faulty = client("profiles"), client("profiles")
    assert (sound.status_code, faulty.status_code) == (200, status)
    assert faulty.headers.get("Retry-After") == retry_after
    assert [call["fault"] for call in admin.calls()] == ["", action]


def test_an_expired_token_stays_expired_and_a_busy_service_does_not(client: Client, admin: EngageAdministrator) -> None:
    admin.set_faults({"path": "/", "action": "unauthorized"})
    assert [client("profiles").status_code for _ in range(3)] == [401, 401, 401]
    admin.set_faults({"path": "/", "action": "too-many-requests"})
    assert [client("profiles").status_code for _ in range(3)] == [429, 200, 200]
    assert [(rule["seen"], rule["met"]) for rule in admin.faults()] == [(3, 1)]


def test_an_answer_may_be_anything(client: Client, admin: EngageAdministrator) -> None:
    admin.set_faults({"path": "/", "action": "answer", "status": 418, "body": '{"data": 5}', "headers": {"X-Y": "z"}})
    answer = client("profiles")
    assert (answer.status_code, answer.json(), answer.headers["X-Y"]) == (418, {"data": 5}, "z")
    admin.set_faults({"path": "/", "action": "not-json"})
    with pytest.raises(requests.JSONDecodeError):
        client("profiles").json()


@pytest.mark.parametrize("action", ["cut", "truncate"])
def test_a_connection_ends_before_the_answer_does(client: Client, admin: EngageAdministrator, action: str) -> None:
    admin.put("profiles", ROWS)
    admin.set_faults({"path": "/", "action": action})
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client("profiles")
    assert client("profiles").status_code == 200


def test_an_answer_takes_its_time(client: Client, admin: EngageAdministrator) -> None:
    admin.set_faults({"path": "/", "action": "delay", "seconds": 0.3})
    client("profiles")
    assert admin.calls()[0]["seconds"] >= 0.3


def test_a_cursor_repeats_for_ever(client: Client, admin: EngageAdministrator) -> None:
    admin.put("profiles", ROWS)
    admin.set_faults({"path": "/", "action": "same-cursor"})
    cursor = client("profiles", limit=2).json()["next_cursor"]
    for _ in range(3):
        assert client("profiles", limit=2, cursor=cursor).json()["next_cursor"] == cursor


def test_pages_overlap(client: Client, admin: EngageAdministrator) -> None:
    admin.put("profiles", ROWS)
    admin.set_faults({"path": "/", "action": "overlap", "nth": 2})
    assert [row["id"] for row in client.everything("profiles", limit=4)] == ["p1", "p2", "p3", "p4", "p4", "p5", "p6"]


def test_something_happens_in_between(client: Client, admin: EngageAdministrator) -> None:
    admin.put("profiles", ROWS)
    change = {"collection": "profiles", "rows": [{"id": "p1", "title": "Dr."}]}
    admin.set_faults({"path": "/", "action": "meanwhile", "nth": 2, "door": "patch", "with_body": change})
    rows = client.everything("profiles", limit=4)
    assert [(row["id"], row.get("title")) for row in rows if row["id"] == "p1"] == [("p1", None), ("p1", "Dr.")]


def test_a_rate_strikes_the_same_calls_for_the_same_seed(client: Client, admin: EngageAdministrator) -> None:
    def struck(seed: int) -> list[bool]:
        admin.set_faults({"path": "/", "action": "unavailable", "rate": 0.3, "seed": seed})
        return [client("profiles").status_code == 503 for _ in range(25)]

    first = struck(1)
    assert 2 <= sum(first) <= 16
    assert struck(1) == first
    assert struck(2) != first
