"""Microsoft Graph beside a sandbox that serves for the whole session, its client and its administrator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from resources.graph_sandbox import CLIENT_ID, TENANT
from resources.graph_sandbox.administration import GraphAdministrator
from resources.sandbox.launch import Beside, Connection, running

ADA, BERLIN = "ada@example.com", "W. Europe Standard Time"
DEFAULT_SCOPE = "https://graph.microsoft.com/.default"


class Client:
    """Asks as any HTTP client does. Paths are below the mailbox of Ada unless they begin with `/`."""

    def __init__(self, where: Beside, ca_file: str) -> None:
        self.url = where.url
        self.secret = where.token
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = ca_file
        self.user = ""
        self.list = ""

    def token(self, tenant: str = TENANT, **other: str) -> requests.Response:
        form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": self.secret}
        form |= {"scope": DEFAULT_SCOPE, **other}
        return self.session.post(f"{self.url}/{tenant}/oauth2/v2.0/token", data=form, timeout=10)

    def log_in(self) -> None:
        self.session.headers["Authorization"] = f"Bearer {self.token().json()['access_token']}"

    def address(self, path: str) -> str:
        if path.startswith("https://"):
            return path
        return f"{self.url}/v1.0{path}" if path.startswith("/") else f"{self.url}/v1.0/users/{self.user}/{path}"

    def __call__(self, path: str, method: str = "GET", json: object = None, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.session.request(method, self.address(path), json=json, headers=named, timeout=10)

    @property
    def tasks(self) -> str:
        """Where the tasks of the default list are."""
        return f"todo/lists/{self.list}/tasks"

    def make(self, path: str, **fields: object) -> dict[str, Any]:
        """A new item, as Graph tells it."""
        answer = self(path, "POST", fields)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def round(self, path: str, size: int = 100) -> tuple[list[dict[str, Any]], str]:
        """The rows of all pages of a delta, and the link to the next round."""
        rows: list[dict[str, Any]] = []
        while True:
            told = self(path, Prefer=f"odata.maxpagesize={size}").json()
            rows += told["value"]
            if "@odata.deltaLink" in told:
                return rows, str(told["@odata.deltaLink"])
            path = told["@odata.nextLink"]

    def batch(self, *parts: dict[str, Any]) -> list[dict[str, Any]]:
        """The answers to these requests, in their order."""
        told = [{"id": str(number), **part} for number, part in enumerate(parts)]
        answer = self("/$batch", "POST", {"requests": told})
        assert answer.status_code == 200, answer.text
        by_id = {part["id"]: part for part in answer.json()["responses"]}
        return [by_id[str(number)] for number in range(len(parts))]


def code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def day(text: str, zone: str = BERLIN) -> dict[str, str]:
    return {"dateTime": f"{text}T09:30:00", "timeZone": zone}


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    beside = {"graph": "resources.graph_sandbox:service"}
    with running(tmp_path_factory.mktemp("org") / "state", beside=beside) as served:
        yield served


@pytest.fixture
def admin(connection: Connection) -> Iterator[GraphAdministrator]:
    where = connection.beside["graph"]
    administrator = GraphAdministrator(where.admin_url, where.admin_token, connection.ca_file)
    administrator.clear()
    administrator.forget_calls()
    yield administrator
    administrator.set_faults()
    administrator.set_lifetime(3599)


@pytest.fixture
def client(connection: Connection, admin: GraphAdministrator) -> Iterator[Client]:
    """Ada's mailbox is empty; the client has a token."""
    made = Client(connection.beside["graph"], connection.ca_file)
    made.user = admin.user(ADA, timeZone=BERLIN, displayName="Ada Noether")
    made.list = admin.lists(ADA)[0]["id"]
    with made.session:
        made.log_in()
        admin.forget_calls()
        yield made


def below(client: Client, path: str) -> str:
    """The same path as a batch tells it."""
    return f"/users/{client.user}/{path}"
