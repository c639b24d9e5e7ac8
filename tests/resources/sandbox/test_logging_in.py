"""Tokens: how a client gets one, and when it is no longer good."""

from __future__ import annotations

import re
import time
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from resources.sandbox.administration import Administrator
from resources.sandbox.launch import Connection
from resources.sandbox.oauth import JWT_BEARER
from resources.sandbox.people import ADMINISTRATOR, INTEGRATION, ORDINARY
from tests.resources.sandbox.conftest import Rest, log_in


def ask(connection: Connection, **form: str) -> requests.Response:
    return requests.post(connection.token_url, data=form, verify=connection.ca_file, timeout=30)


@pytest.fixture(scope="module")
def key_pair() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_of_public(key: rsa.RSAPrivateKey) -> str:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, kind).decode()


def assertion(key: rsa.RSAPrivateKey, connection: Connection, **changes: Any) -> str:
    claims = {
        "iss": connection.client_id,
        "sub": ORDINARY,
        "aud": "https://login.salesforce.com",
        "exp": time.time() + 180,
    }
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return jwt.encode({**claims, **changes}, private, algorithm="RS256")


def test_client_credentials_give_a_session_of_the_integration_user(connection: Connection, rest: Rest) -> None:
    answer = ask(
        connection,
        grant_type="client_credentials",
        client_id=connection.client_id,
        client_secret=connection.client_secret,
    ).json()

    assert re.match(r"(00D\w{12,15})![.\w]*$", answer["access_token"])
    assert answer["instance_url"] == connection.url
    assert answer["token_type"] == "Bearer"
    assert rest.root("GET", "/services/oauth2/userinfo").json()["preferred_username"] == INTEGRATION


def test_a_session_ends_two_hours_later_by_the_orgs_clock(rest: Rest, admin: Administrator) -> None:
    statuses = []
    for seconds in (7000, 300):
        admin.advance_clock(seconds)
        statuses.append(rest("GET", "limits").status_code)
    admin.advance_clock(-7300)
    assert statuses == [200, 401]


def test_client_credentials_may_come_in_the_header(connection: Connection) -> None:
    answer = requests.post(
        connection.token_url,
        data={"grant_type": "client_credentials"},
        auth=(connection.client_id, connection.client_secret),
        verify=connection.ca_file,
        timeout=30,
    )

    assert answer.status_code == 200


def test_a_signed_assertion_gives_a_session_of_its_subject(
    connection: Connection, admin: Administrator, key_pair: rsa.RSAPrivateKey
) -> None:
    admin.trust(pem_of_public(key_pair))

    token = ask(connection, grant_type=JWT_BEARER, assertion=assertion(key_pair, connection)).json()["access_token"]

    whoami = Rest(connection.url, connection.ca_file, token).root("GET", "/services/oauth2/userinfo").json()
    assert whoami["preferred_username"] == ORDINARY
    assert whoami["organization_id"] == connection.org_id


@pytest.mark.parametrize(
    "changes, error, description",
    [
        ({"sub": "nobody@x.org"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"iss": "somebody else"}, "invalid_client_id", "client identifier invalid"),
        ({"aud": "https://elsewhere.example"}, "invalid_grant", "audience is invalid"),
        ({"exp": 1}, "invalid_grant", "expired authorization code"),
    ],
    ids=["unknown user", "unknown client", "wrong audience", "expired"],
)
def test_a_wrong_assertion_is_refused(
    connection: Connection,
    admin: Administrator,
    key_pair: rsa.RSAPrivateKey,
    changes: dict[str, Any],
    error: str,
    description: str,
) -> None:
    admin.trust(pem_of_public(key_pair))

    answer = ask(connection, grant_type=JWT_BEARER, assertion=assertion(key_pair, connection, **changes))

    assert (answer.status_code, answer.json()) == (400, {"error": error, "error_description": description})


def test_an_assertion_signed_by_a_stranger_is_refused(connection: Connection) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    answer = ask(connection, grant_type=JWT_BEARER, assertion=assertion(stranger, connection))

    assert answer.json()["error"] == "invalid_grant"


def test_a_refresh_token_gives_a_session_to_any_client(connection: Connection) -> None:
    answer = ask(
        connection, grant_type="refresh_token", refresh_token=connection.refresh_token, client_id="some other client"
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "form, error",
    [
        ({"grant_type": "client_credentials", "client_id": "wrong", "client_secret": "wrong"}, "invalid_client_id"),
        ({"grant_type": "refresh_token", "refresh_token": "wrong"}, "invalid_grant"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({}, "unsupported_grant_type"),
    ],
)
def test_wrong_credentials_are_refused(connection: Connection, form: dict[str, str], error: str) -> None:
    answer = ask(connection, **form)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_wrong_secret_is_refused(connection: Connection) -> None:
    answer = ask(connection, grant_type="client_credentials", client_id=connection.client_id, client_secret="guess")

    assert answer.json() == {"error": "invalid_client", "error_description": "invalid client credentials"}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic eDp5"])
def test_without_a_session_a_call_is_refused(rest: Rest, header: str) -> None:
    answer = rest("GET", "sobjects", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_a_forged_token_is_refused(rest: Rest) -> None:
    token = str(rest.session.headers["Authorization"])
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")

    assert rest("GET", "sobjects", headers={"Authorization": forged}).status_code == 401


def test_expired_sessions_are_refused_and_a_new_one_is_good(
    connection: Connection, rest: Rest, admin: Administrator
) -> None:
    admin.expire_sessions()

    assert rest("GET", "sobjects").status_code == 401
    assert Rest(connection.url, connection.ca_file, log_in(connection))("GET", "sobjects").status_code == 200


def test_the_administrator_can_act_as_anybody(connection: Connection, admin: Administrator, key: str) -> None:
    as_person = Rest(connection.url, connection.ca_file, admin.session(ADMINISTRATOR))

    made = as_person("POST", "sobjects/Account", json={"Name": "A", "Source_Key__c": key}).json()["id"]

    owner = as_person("GET", f"sobjects/Account/{made}").json()["OwnerId"]
    assert as_person("GET", f"sobjects/User/{owner}").json()["Username"] == ADMINISTRATOR


def test_the_administrators_door_is_closed_to_clients(rest: Rest) -> None:
    assert rest.root("POST", "/sandbox/sessions/expire", json={}).status_code == 401
