"""Which records changed, and which went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest


def span(before: timedelta, after: timedelta = timedelta(minutes=2)) -> dict[str, str]:
    now = datetime.now(UTC)
    return {"start": (now - before).isoformat(timespec="seconds"), "end": (now + after).isoformat(timespec="seconds")}


def test_changed_and_deleted_records_are_listed_apart(rest: Rest, key: str) -> None:
    kept, gone = (rest("POST", "sobjects/Account", json={"Name": "A"}).json()["id"] for _ in range(2))
    rest("DELETE", f"sobjects/Account/{gone}")

    updated = rest("GET", "sobjects/Account/updated/", params=span(timedelta(hours=1))).json()
    deleted = rest("GET", "sobjects/Account/deleted/", params=span(timedelta(hours=1))).json()

    assert kept in updated["ids"]
    assert gone not in updated["ids"]
    assert gone in {one["id"] for one in deleted["deletedRecords"]}
    assert kept not in {one["id"] for one in deleted["deletedRecords"]}
    assert deleted["latestDateCovered"].endswith("+0000")


def test_what_changed_outside_the_span_is_not_listed(rest: Rest, admin: Administrator) -> None:
    past = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    (old,) = admin.seed("Account", [{"Name": "A", "CreatedDate": past}])

    assert old not in rest("GET", "sobjects/Account/updated", params=span(timedelta(days=1))).json()["ids"]
    assert old in rest("GET", "sobjects/Account/updated", params=span(timedelta(days=4))).json()["ids"]


@pytest.mark.parametrize(
    "resource, asked",
    [
        ("updated", span(timedelta(days=31))),
        ("deleted", span(timedelta(days=16))),
        ("updated", span(timedelta(hours=1), timedelta(hours=-2))),
        ("updated", {"start": "yesterday", "end": "today"}),
        ("updated", {}),
    ],
    ids=["updated too long ago", "deleted too long ago", "end before start", "no dates", "nothing"],
)
def test_a_span_that_cannot_be_is_refused(rest: Rest, resource: str, asked: dict[str, str]) -> None:
    answer = rest("GET", f"sobjects/Account/{resource}", params=asked)

    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "INVALID_REPLICATION_DATE"
