"""What happens between two calls of a client: other people's edits, rights that go, clocks that differ, locked rows."""

from __future__ import annotations

from datetime import UTC, datetime

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest


def test_a_permission_is_gone_from_the_nth_call_on(rest: Rest, admin: Administrator, key: str) -> None:
    closed = {"sobject": "Account", "field": "Fax", "rights": {"edit": False}}
    admin.set_faults(
        {"path": "/sobjects/Account", "nth": 2, "action": "meanwhile", "door": "permissions", "body": closed}
    )

    first, second = (rest("POST", "sobjects/Account", json={"Name": "A", "Fax": "1"}) for _ in range(2))

    assert first.status_code == 201
    assert second.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_the_orgs_clock_is_behind_once_a_call_was_made(rest: Rest, admin: Administrator) -> None:
    admin.set_faults(
        {"path": "/limits", "action": "meanwhile", "door": "clock", "body": {"seconds": -3600}, "after": True}
    )
    rest("GET", "limits")

    record = rest("POST", "sobjects/Account", json={"Name": "A"}).json()["id"]
    stamped = datetime.fromisoformat(rest("GET", f"sobjects/Account/{record}").json()["SystemModstamp"])
    admin.advance_clock(3600)

    assert 3590 < (datetime.now(UTC) - stamped).total_seconds() < 3610


def test_a_door_that_refuses_is_told_to_client_and_administrator(rest: Rest, admin: Administrator) -> None:
    admin.set_faults({"path": "/limits", "action": "meanwhile", "door": "clock", "body": {"seconds": 1e300}})

    answer = rest("GET", "limits")

    assert answer.status_code == 500
    assert "'meanwhile' could not be carried out" in answer.json()[0]["message"]
    assert "the org's clock goes from 1970 to 2400" in admin.faults()[0]["problem"]


def test_a_late_commit_is_stamped_before_it_can_be_seen(rest: Rest, admin: Administrator) -> None:
    admin.set_faults({"path": "/sobjects/Account", "method": "POST", "action": "late-commit", "seconds": 90})

    late, next_one = (rest("POST", "sobjects/Account", json={"Name": "A"}).json()["id"] for _ in range(2))
    stamps = [
        datetime.fromisoformat(rest("GET", f"sobjects/Account/{record}").json()["SystemModstamp"])
        for record in (late, next_one)
    ]

    assert 88 <= (stamps[1] - stamps[0]).total_seconds() <= 92


def test_some_rows_of_a_call_are_refused(rest: Rest, admin: Administrator) -> None:
    admin.set_faults({"path": "composite/sobjects", "action": "row-locks", "rows": 1})
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in "AB"]

    first, second = rest("POST", "composite/sobjects", json={"records": records}).json()

    message = "unable to obtain exclusive access to this record"
    assert first["errors"] == [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": message, "fields": []}]
    assert second["success"] is True
