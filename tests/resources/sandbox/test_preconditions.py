"""Calls that set a condition. Evidence: "Conditional Request Headers": 412, 304, and 400 for a PATCH without a date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest

CHANGED = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
BEFORE, THEN = CHANGED - timedelta(seconds=1), CHANGED


@pytest.fixture
def account(admin: Administrator) -> str:
    row = {"Name": "A", "CreatedDate": CHANGED.isoformat(), "LastModifiedDate": CHANGED.isoformat()}
    [made] = admin.seed("Account", [row])
    return f"sobjects/Account/{made}"


@pytest.mark.parametrize(
    "method, header, moment, status",
    [
        ("GET", "If-Unmodified-Since", THEN, 200),
        ("GET", "If-Unmodified-Since", BEFORE, 412),
        ("PATCH", "If-Unmodified-Since", THEN, 204),
        ("PATCH", "If-Unmodified-Since", BEFORE, 412),
        ("GET", "If-Modified-Since", THEN, 304),
        ("GET", "If-Modified-Since", BEFORE, 200),
        ("PATCH", "If-Modified-Since", THEN, 204),
        ("DELETE", "If-Unmodified-Since", BEFORE, 204),
    ],
)
def test_a_record_is_asked_for_on_condition(
    rest: Rest, account: str, method: str, header: str, moment: datetime, status: int
) -> None:
    headers = {header: format_datetime(moment, usegmt=True)}
    body = {"json": {"Name": "B"}} if method == "PATCH" else {}
    assert rest(method, account, headers=headers, **body).status_code == status


def test_a_condition_that_is_not_met_leaves_the_record_alone(rest: Rest, account: str) -> None:
    rest("PATCH", account, json={"Name": "B"}, headers={"If-Unmodified-Since": format_datetime(BEFORE, usegmt=True)})
    assert rest("GET", account).json()["Name"] == "A"


def test_what_is_no_date_refuses_a_write_alone(rest: Rest, account: str) -> None:
    headers = {"If-Unmodified-Since": "yesterday"}
    assert rest("GET", account, headers=headers).status_code == 200
    assert rest("PATCH", account, headers=headers, json={"Name": "B"}).status_code == 400


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
def test_entity_tags_of_records_are_not_emulated(rest: Rest, account: str, header: str) -> None:
    answer = rest("GET", account, headers={header: '"x"'})
    assert (answer.status_code, "not emulated" in answer.text) == (404, True)


def test_conditions_for_a_record_named_by_a_key_are_not_emulated(rest: Rest, key: str) -> None:
    headers = {"If-Unmodified-Since": format_datetime(BEFORE, usegmt=True)}
    answer = rest("PATCH", f"sobjects/Account/Source_Key__c/{key}", json={"Name": "B"}, headers=headers)
    assert (answer.status_code, "not emulated" in answer.text) == (404, True)
