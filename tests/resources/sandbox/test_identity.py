"""Whose session it is: userinfo and identity URLs. Evidence: recorded answers in other clients' tests,
"Using Identity URLs", and `Bad_OAuth_Token`, which jsforce, nforce and restforce look for.
"""

from __future__ import annotations

from typing import Any

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.launch import Connection
from resources.sandbox.people import INTEGRATION, ORDINARY
from tests.resources.sandbox.conftest import Rest

USERINFO = "/services/oauth2/userinfo"
RECORDED = {
    "id", "asserted_user", "user_id", "organization_id", "username", "nick_name", "display_name", "email",
    "email_verified", "first_name", "last_name", "timezone", "photos", "addr_street", "addr_city",
    "addr_state", "addr_country", "addr_zip", "mobile_phone", "mobile_phone_verified",
    "is_lightning_login_user", "status", "urls", "active", "user_type", "language", "locale", "utcOffset",
    "last_modified_date", "is_app_installed",
}  # fmt: skip


def identity(connection: Connection, admin: Administrator, username: str) -> str:
    return f"/id/{connection.org_id}/{admin.user_id(username)}"


def asked(rest: Rest, path: str, **query: str) -> dict[str, Any]:
    answer = rest.root("GET", path, params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_an_identity_has_the_members_that_were_recorded(
    connection: Connection, admin: Administrator, rest: Rest
) -> None:
    told = asked(rest, identity(connection, admin, INTEGRATION))
    assert told.keys() == RECORDED
    assert (told["asserted_user"], told["username"], told["display_name"]) == (True, INTEGRATION, "Data Integration")
    assert told["urls"]["query"] == f"{connection.url}/services/data/v{{version}}/query/"


def test_an_identity_is_that_of_the_user_in_its_path(connection: Connection, admin: Administrator, rest: Rest) -> None:
    told = asked(rest, identity(connection, admin, ORDINARY))
    assert (told["asserted_user"], told["username"], told["first_name"]) == (False, ORDINARY, "Pat")


def test_the_version_of_the_urls_can_be_asked_for(connection: Connection, admin: Administrator, rest: Rest) -> None:
    path = identity(connection, admin, INTEGRATION)
    assert [asked(rest, path, version=v)["urls"]["rest"].split("/")[-2] for v in ("62.0", "latest")] == [
        "v62.0",
        "v66.0",
    ]


@pytest.mark.parametrize(
    "zone, hours", [("America/Los_Angeles", -8), ("Pacific/Auckland", 12), ("Asia/Kolkata", 5.5), ("GMT", 0)]
)
def test_a_users_time_zone_is_told_as_it_is_in_winter(
    connection: Connection, admin: Administrator, rest: Rest, zone: str, hours: float
) -> None:
    """Recorded: -28800000 for Los Angeles, on a day in summer time."""
    user = {"Username": INTEGRATION}
    admin.do("records/touch", sobject="User", where=user, fields={"TimeZoneSidKey": zone})
    told = [asked(rest, identity(connection, admin, INTEGRATION)), asked(rest, USERINFO)]
    admin.do("records/touch", sobject="User", where=user, fields={"TimeZoneSidKey": "GMT"})
    assert (told[0]["timezone"], told[1]["zoneinfo"]) == (zone, zone)
    assert {one["utcOffset"] for one in told} == {int(hours * 3_600_000)}


def test_a_user_has_no_time_zone_that_is_none(admin: Administrator, rest: Rest) -> None:
    user = admin.user_id(ORDINARY)
    [error] = rest("PATCH", f"sobjects/User/{user}", json={"TimeZoneSidKey": "Mars/X"}).json()
    assert error["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_a_bad_session_is_refused_in_a_word_of_plain_text(connection: Connection, admin: Administrator) -> None:
    nobody = Rest(connection.url, connection.ca_file, "00D000000000000!nothing")
    for path in (USERINFO, identity(connection, admin, INTEGRATION)):
        answer = nobody.root("GET", path)
        assert (answer.status_code, answer.text) == (403, "Bad_OAuth_Token")


@pytest.mark.parametrize(
    "path, status, word",
    [
        ("/id/00D000000000000AAA/{user}", 403, "Wrong_Org"),
        ("/id/{org}/005000000000000AAA", 404, "Bad_Id"),
        ("/id/{org}/nobody", 404, "Bad_Id"),
    ],
)
def test_who_is_not_of_the_org_has_no_identity(
    connection: Connection, admin: Administrator, rest: Rest, path: str, status: int, word: str
) -> None:
    answer = rest.root("GET", path.format(org=connection.org_id, user=admin.user_id(INTEGRATION)))
    assert (answer.status_code, answer.text) == (status, word)


def test_other_formats_of_an_identity_are_not_emulated(
    connection: Connection, admin: Administrator, rest: Rest
) -> None:
    answer = rest.root("GET", identity(connection, admin, INTEGRATION), params={"format": "xml"})
    assert (answer.status_code, "not emulated" in answer.text) == (404, True)
