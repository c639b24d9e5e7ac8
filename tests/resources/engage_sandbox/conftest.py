"""The profile service beside a sandbox that serves for the whole session, its client and its administrator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from resources.engage_sandbox.administration import EngageAdministrator
from resources.sandbox.launch import Beside, Connection, running

ENGAGE = {"engage": "resources.engage_sandbox:service"}


class Client:
    """Asks for pages as any HTTP client does."""

    def __init__(self, where: Beside, ca_file: str) -> None:
        self.url = where.url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = ca_file
        self.session.headers["Authorization"] = f"Bearer {where.token}"

    def __call__(self, path: str, **query: object) -> requests.Response:
        return self.session.get(f"{self.url}/v1/{path}", params={k: str(v) for k, v in query.items()}, timeout=10)

    def everything(self, path: str, **query: object) -> list[dict[str, Any]]:
        """The rows of all pages."""
        rows: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            told = self(path, **query, **cursor).json()
            rows += told["data"]
            if told["next_cursor"] is None:
                return rows
            cursor = {"cursor": told["next_cursor"]}


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with running(tmp_path_factory.mktemp("org") / "state", beside=ENGAGE) as served:
        yield served


@pytest.fixture
def admin(connection: Connection) -> Iterator[EngageAdministrator]:
    where = connection.beside["engage"]
    administrator = EngageAdministrator(where.admin_url, where.admin_token, connection.ca_file)
    administrator.clear()
    administrator.forget_calls()
    yield administrator
    administrator.set_faults()


@pytest.fixture
def client(connection: Connection, admin: EngageAdministrator) -> Iterator[Client]:
    made = Client(connection.beside["engage"], connection.ca_file)
    with made.session:
        yield made
