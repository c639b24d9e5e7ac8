"""A sandbox that serves for the whole session, and an org in process for what needs no HTTP.

The server is shared: a test makes its own records and finds them by its own `key`, and what it changes through `admin`
is put right again afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce

from resources.sandbox.administration import Administrator
from resources.sandbox.dml import Dml
from resources.sandbox.launch import Connection, running
from resources.sandbox.limits import DAILY_CALLS
from resources.sandbox.org import Org
from resources.sandbox.people import INTEGRATION

VERSION = "66.0"


class Rest:
    """Calls to the data API as any HTTP client makes them; paths are below /services/data/v66.0/."""

    def __init__(self, url: str, ca_file: str, token: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = ca_file
        self.session.headers["Authorization"] = f"Bearer {token}"

    def __call__(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.session.request(method, f"{self.url}/services/data/v{VERSION}/{path}", timeout=30, **more)

    def root(self, method: str, path: str, **more: Any) -> requests.Response:
        """A call to a path of the server itself."""
        return self.session.request(method, f"{self.url}{path}", timeout=30, **more)


def log_in(connection: Connection) -> str:
    """An access token of the integration user."""
    form = {
        "grant_type": "client_credentials",
        "client_id": connection.client_id,
        "client_secret": connection.client_secret,
    }
    answer = requests.post(connection.token_url, data=form, verify=connection.ca_file, timeout=30)
    token: str = answer.json()["access_token"]
    return token


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with running(tmp_path_factory.mktemp("sandbox")) as served:
        yield served


@pytest.fixture
def admin(connection: Connection) -> Iterator[Administrator]:
    administrator = Administrator(connection)
    administrator.forget_calls()
    yield administrator
    administrator.set_faults()
    administrator.allow_everything()
    administrator.set_usage(daily=DAILY_CALLS)


@pytest.fixture
def rest(connection: Connection) -> Iterator[Rest]:
    client = Rest(connection.url, connection.ca_file, log_in(connection))
    with client.session:
        yield client


@pytest.fixture
def salesforce(connection: Connection, rest: Rest) -> Salesforce:
    token = str(rest.session.headers["Authorization"]).removeprefix("Bearer ")
    return Salesforce(instance=connection.instance, session_id=token, session=rest.session, version=VERSION)


@pytest.fixture
def key() -> str:
    """A source key that no other test has."""
    return f"key-{secrets.token_hex(6)}"


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with Org(tmp_path / "org") as opened:
        yield opened


@pytest.fixture
def dml(org: Org) -> Dml:
    user = org.user_named(INTEGRATION)
    assert user is not None
    return Dml(org, user)


@pytest.fixture
def stored(org: Org) -> Callable[[str, str], dict[str, Any]]:
    """Reads a record as the store keeps it: `stored("Account", id)`."""

    def read(sobject: str, record_id: str) -> dict[str, Any]:
        with org.store.read() as db:
            cursor = db.execute(f'select * from "{sobject}" where "Id" = ?', (record_id,))
            return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))

    return read
