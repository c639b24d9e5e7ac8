"""Faults of the connection and of the answer, as a client meets them. Evidence: HTTP and TCP themselves."""

from __future__ import annotations

import time

import pytest
import requests

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest

ACCOUNTS = "/sobjects/Account$"


def made(rest: Rest, key: str) -> bool:
    return rest("GET", f"sobjects/Account/Source_Key__c/{key}").status_code == 200


@pytest.mark.parametrize(
    "action, worked_off",
    [
        ("drop", False),
        ("close-after-write", True),
        ("reset-before", False),
        ("reset-after", True),
        ("truncate", True),
        ("refuse", False),
    ],
)
def test_a_connection_ends_before_or_after_the_write(
    rest: Rest, admin: Administrator, key: str, action: str, *, worked_off: bool
) -> None:
    admin.set_faults({"path": ACCOUNTS, "action": action, "seconds": 0.2})

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        rest("POST", "sobjects/Account", json={"Name": "A", "Source_Key__c": key})

    time.sleep(0.3 if action == "refuse" else 0)
    assert made(rest, key) is worked_off
    assert admin.calls()[0]["fault"] == action


def test_an_org_that_is_away_refuses_new_connections_and_comes_back(rest: Rest, admin: Administrator) -> None:
    admin.set_faults({"path": "/limits", "action": "refuse", "seconds": 0.5})
    with pytest.raises(requests.ConnectionError):
        rest("GET", "limits")

    with pytest.raises(requests.ConnectionError, match="refused"):
        rest("GET", "limits")
    time.sleep(0.7)

    assert rest("GET", "limits").status_code == 200


def test_an_answer_that_does_not_come_leaves_the_write(rest: Rest, admin: Administrator, key: str) -> None:
    admin.set_faults({"path": ACCOUNTS, "action": "drop-answer", "seconds": 30})

    with pytest.raises(requests.Timeout):
        rest.session.post(
            f"{rest.url}/services/data/v66.0/sobjects/Account", json={"Name": "A", "Source_Key__c": key}, timeout=0.3
        )

    assert made(rest, key)


def test_a_garbled_answer_is_no_json_whatever_its_status_says(rest: Rest, admin: Administrator, key: str) -> None:
    admin.set_faults({"path": ACCOUNTS, "action": "garble"})

    answer = rest("POST", "sobjects/Account", json={"Name": "A", "Source_Key__c": key})

    assert answer.status_code == 201
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert made(rest, key)


@pytest.mark.parametrize(
    "action, status, code, retry_after",
    [
        ("unauthorized", 401, "INVALID_SESSION_ID", None),
        ("limit-exceeded", 403, "REQUEST_LIMIT_EXCEEDED", None),
        ("too-many-requests", 429, "REQUEST_LIMIT_EXCEEDED", "1"),
        ("unavailable", 503, "SERVER_UNAVAILABLE", "1"),
        ("results-gone", 404, "NOT_FOUND", None),
    ],
)
def test_a_status_goes_by_its_name_once(
    rest: Rest, admin: Administrator, action: str, status: int, code: str, retry_after: str | None
) -> None:
    admin.set_faults({"path": "/limits$", "action": action})

    faulty, sound = rest("GET", "limits"), rest("GET", "limits")

    assert (faulty.status_code, faulty.json()[0]["errorCode"]) == (status, code)
    assert faulty.headers.get("Retry-After") == retry_after
    assert sound.status_code == 200


def test_a_rate_strikes_the_same_calls_for_the_same_seed(rest: Rest, admin: Administrator) -> None:
    def struck(seed: int) -> list[bool]:
        admin.set_faults({"path": "/limits$", "action": "unavailable", "rate": 0.3, "seed": seed})
        return [rest("GET", "limits").status_code == 503 for _ in range(30)]

    first = struck(1)

    assert 3 <= sum(first) <= 18
    assert struck(1) == first
    assert struck(2) != first


@pytest.mark.parametrize(
    "rule, told",
    [
        ({"action": "drop"}, "needs a path"),
        ({"path": "/", "action": "drop", "colour": "red"}, "a fault has no 'colour'; it has path, action"),
        ({"path": "(", "action": "drop"}, "no regular expression"),
        ({"path": 7, "action": "drop"}, "path is 7, but must be a regular expression"),
        ({"path": "/", "action": "drop", "method": "get"}, "method is 'get', but must be .*in capitals"),
        ({"path": "/", "action": "drop", "nth": 0}, "nth is 0, but must be a whole number from 1"),
        ({"path": "/", "action": "drop", "nth": 1.5}, "nth is 1.5, but must be a whole number from 1"),
        ({"path": "/", "action": "drop", "nth": "2"}, "nth is '2', but must be a whole number from 1"),
        ({"path": "/", "action": "drop", "times": True}, "times is True, but must be a whole number from 1"),
        ({"path": "/", "action": "drop", "rate": 2}, "from 0 to 1"),
        ({"path": "/", "action": "drop", "rate": 0.5, "seed": None}, "seed is None, but must be a whole number"),
        ({"path": "/", "action": "delay", "seconds": "x"}, "seconds is 'x', but must be a number from 0 to 86400"),
        ({"path": "/", "action": "delay", "seconds": -1}, "seconds is -1, but must be a number from 0 to 86400"),
        ({"path": "/", "action": "status", "status": "503"}, "status is '503', but must be the status of an answer"),
        ({"path": "/", "action": "status", "status": 99}, "from 200 to 599"),
        ({"path": "/", "action": "status", "status": 204}, "no body"),
        ({"path": "/", "action": "status", "headers": "x"}, "headers is 'x', but must be an object"),
        ({"path": "/", "action": "status", "headers": {"A": "1\r\nB: 2"}}, "texts of one line"),
        ({"path": "/", "action": "row-errors", "rows": -1}, "rows is -1, but must be a whole number from 0"),
        ({"path": "/", "action": "meanwhile", "door": "clock", "after": "no"}, "must be true or false"),
        ({"path": "/", "action": "drop", "method": "JOB"}, "drop happens to calls, not to jobs"),
        ({"path": "/", "action": "drop", "method": "NOPE"}, "must be one of GET, HEAD, POST, PUT, PATCH, DELETE, JOB"),
        ({"path": "/", "action": "meanwhile"}, "needs a door"),
        ({"path": "/", "action": "meanwhile", "door": "clocks"}, "there is no door 'clocks'; there are seed, .*clock"),
        (
            {"path": "/", "action": "meanwhile", "door": "clock", "body": {"second": 1}},
            "'seconds' is missing; 'second' is not known; the door clock asks for: {seconds}",
        ),
    ],
)
def test_a_rule_that_cannot_be_says_why(admin: Administrator, rule: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        admin.set_faults(rule)
