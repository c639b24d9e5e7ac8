"""Faults on demand, as a client meets them."""

from __future__ import annotations

import time

import pytest
import requests

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest


def test_the_nth_matching_call_is_answered_with_the_status(rest: Rest, admin: Administrator) -> None:
    admin.set_faults(
        {"path": "/limits$", "method": "GET", "action": "status", "nth": 2, "headers": {"Retry-After": "1"}}
    )

    answers = [rest("GET", "limits") for _ in range(3)]

    assert [a.status_code for a in answers] == [200, 503, 200]
    assert answers[1].headers["Retry-After"] == "1"
    assert answers[1].json()[0]["errorCode"] == "SERVER_UNAVAILABLE"


def test_a_dropped_call_changes_nothing(rest: Rest, admin: Administrator, key: str) -> None:
    admin.set_faults({"path": "/sobjects/Account$", "action": "drop"})

    with pytest.raises(requests.ConnectionError):
        rest("POST", "sobjects/Account", json={"Name": "A", "Source_Key__c": key})

    assert rest("GET", f"sobjects/Account/Source_Key__c/{key}").status_code == 404


def test_a_connection_closed_after_the_write_leaves_the_write(rest: Rest, admin: Administrator, key: str) -> None:
    admin.set_faults({"path": "/sobjects/Account$", "action": "close-after-write"})

    with pytest.raises(requests.ConnectionError):
        rest("POST", "sobjects/Account", json={"Name": "A", "Source_Key__c": key})

    assert rest("GET", f"sobjects/Account/Source_Key__c/{key}").status_code == 200
    assert [(c["method"], c["status"]) for c in admin.calls()] == [("POST", 0), ("GET", 200)]


def test_a_session_expires_in_the_middle(rest: Rest, admin: Administrator) -> None:
    admin.set_faults({"path": "/limits", "action": "expire", "nth": 2})

    assert [rest("GET", "limits").status_code for _ in range(3)] == [200, 401, 401]


def test_a_delayed_call_is_answered_late(rest: Rest, admin: Administrator) -> None:
    admin.set_faults({"path": "/limits", "action": "delay", "seconds": 0.3})
    started = time.monotonic()

    assert rest("GET", "limits").status_code == 200
    assert time.monotonic() - started >= 0.3


def test_a_rule_that_cannot_be_is_refused(admin: Administrator) -> None:
    with pytest.raises(ValueError, match="no action 'explode'"):
        admin.set_faults({"path": "/", "action": "explode"})
