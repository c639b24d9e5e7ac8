"""What an org is set to: time zones of its people, person accounts off, the scale of numbers and currencies.

Evidence: the SOQL reference on date literals ("in the user's time zone"), the describe of an org without person
accounts, the field reference on scale. That numbers are rounded half up is common knowledge of the platform.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.people import INTEGRATION
from tests.resources.sandbox.conftest import Rest


@pytest.fixture
def zoned(admin: Administrator) -> Iterator[Administrator]:
    yield admin
    live_in(admin, "GMT")


def live_in(admin: Administrator, zone: str) -> None:
    admin.do("records/touch", sobject="User", where={"Username": INTEGRATION}, fields={"TimeZoneSidKey": zone})


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/New_York", "Pacific/Pago_Pago"])
def test_today_begins_at_the_users_midnight(rest: Rest, zoned: Administrator, key: str, zone: str) -> None:
    live_in(zoned, zone)
    today = datetime.now(ZoneInfo(zone)).date()
    midnight = datetime.combine(today, time(), ZoneInfo(zone))
    rows = [
        {"Name": f"{key} {n}", "CreatedDate": (midnight + timedelta(minutes=minutes)).isoformat()}
        for n, minutes in enumerate((-30, 30))
    ]
    zoned.seed("Account", rows)

    soql = f"SELECT Name FROM Account WHERE CreatedDate = TODAY AND Name LIKE '{key}%'"
    found = rest("GET", "query", params={"q": soql}).json()["records"]

    assert [record["Name"] for record in found] == [f"{key} 1"]


def test_there_are_no_person_accounts(rest: Rest) -> None:
    answer = rest("GET", "query", params={"q": "SELECT IsPersonAccount FROM Account LIMIT 1"})

    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "INVALID_FIELD"
    assert "No such column 'IsPersonAccount' on entity 'Account'" in answer.json()[0]["message"]


@pytest.mark.parametrize(
    "kind, scale, sent, stored",
    [("currency", 2, 10.005, 10.01), ("double", 3, "1.23456", 1.235), ("currency", 0, 2.5, 3.0)],
)
def test_numbers_are_rounded_to_the_scale_of_their_field(
    rest: Rest, admin: Administrator, kind: str, scale: int, sent: object, stored: float
) -> None:
    field = {"name": "Amount__c", "kind": kind, "precision": 18, "scale": scale}
    admin.do("fields", sobject="Account", field=field)

    made = rest("POST", "sobjects/Account", json={"Name": "A", "Amount__c": sent}).json()["id"]
    told = rest("GET", f"sobjects/Account/{made[:15]}").json()["Amount__c"]
    admin.do("fields/remove", sobject="Account", field="Amount__c")

    assert told == stored
