"""Sessions by password, looked into and ended."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from resources.sandbox.launch import Connection
from tests.resources.sandbox.conftest import Rest


def token(connection: Connection, **form: str) -> requests.Response:
    client = {"client_id": connection.client_id, "client_secret": connection.client_secret}
    return requests.post(connection.token_url, data={**client, **form}, verify=connection.ca_file, timeout=30)


def password(connection: Connection, secret: str) -> requests.Response:
    return token(connection, grant_type="password", username=connection.username, password=secret)


@pytest.mark.parametrize("security_token", [False, True], ids=["password alone", "with the security token"])
def test_a_user_logs_in_with_a_password(connection: Connection, *, security_token: bool) -> None:
    answer = password(connection, connection.client_secret + (connection.org_id if security_token else ""))
    assert answer.status_code == 200
    assert answer.json()["instance_url"] == connection.url


def test_a_wrong_password_is_refused(connection: Connection) -> None:
    answer = password(connection, "wrong")
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "invalid_grant", "error_description": "authentication failure"},
    )


def introspected(rest: Rest, connection: Connection, examined: str) -> dict[str, Any]:
    form = {"token": examined, "client_id": connection.client_id, "client_secret": connection.client_secret}
    told: dict[str, Any] = rest.root("POST", "/services/oauth2/introspect", data=form).json()
    return told


def test_a_revoked_session_is_good_no_more(rest: Rest, connection: Connection) -> None:
    session = password(connection, connection.client_secret).json()["access_token"]
    known = introspected(rest, connection, session)
    assert (known["active"], known["username"]) == (True, connection.username)
    assert rest.root("POST", "/services/oauth2/revoke", data={"token": session}).status_code == 200
    assert introspected(rest, connection, session) == {"active": False}
    refused = rest("GET", "limits", headers={"Authorization": f"Bearer {session}"})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


def test_what_is_no_token_cannot_be_revoked(rest: Rest) -> None:
    assert rest.root("POST", "/services/oauth2/revoke", data={"token": "00D!x"}).status_code == 400


def test_only_the_client_may_look_into_a_session(rest: Rest) -> None:
    assert rest.root("POST", "/services/oauth2/introspect", data={"token": "x", "client_id": "y"}).status_code == 401
