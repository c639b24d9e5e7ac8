"""Doors that are open: on loopback alone, and nobody comes in without a token."""

from __future__ import annotations

import sys

import pytest
import requests

from resources.sandbox.launch import Connection
from tests.security.listening import addresses, session_of

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@linux
def test_the_sandbox_and_its_admin_door_listen_on_loopback_alone(connection: Connection) -> None:
    assert addresses(session_of(connection.pid)) == {"127.0.0.1"}


@pytest.mark.parametrize("token", [None, "", "wrong", "client secret", "session"])
def test_the_admin_door_opens_to_its_own_token_alone(connection: Connection, token: str | None) -> None:
    known = {"client secret": connection.client_secret, "session": connection.refresh_token}
    headers = {} if token is None else {"Authorization": f"Bearer {known.get(token, token)}"}
    answer = requests.get(f"{connection.admin_url}/calls", headers=headers, verify=connection.ca_file, timeout=30)
    assert answer.status_code == 401
    assert "calls" not in answer.json()
