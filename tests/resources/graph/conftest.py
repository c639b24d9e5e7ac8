"""Our client of Microsoft Graph, and the embedded one that it speaks to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from resources.graph.batch import Request
from resources.graph.client import Graph
from resources.graph.delta import Changes, tasks_of
from resources.graph.paths import task_path
from resources.graph.settings import GraphAccount
from resources.graph_sandbox import CLIENT_ID, TENANT
from resources.graph_sandbox.administration import GraphAdministrator
from resources.route import Route
from resources.salesforce.patience import Patience
from resources.sandbox.launch import Connection, running

ADA, BERLIN = "ada@example.com", "W. Europe Standard Time"


@dataclass
class Office:
    """Ada's mailbox, its administrator, and clients of it; `pauses` are the seconds that retries waited."""

    admin: GraphAdministrator
    account: GraphAccount
    list_id: str = ""
    pauses: list[float] = field(default_factory=list)
    opened: list[Graph] = field(default_factory=list)

    def client(self, **other: Any) -> Graph:
        """A client with short patience; of another account if told."""
        patience = Patience(connect=2, read=2, write=2, attempts=3, pause=0.5, longest=30, sleep=self.pauses.append)
        made = Graph(replace(self.account, **other), patience)
        self.opened.append(made)
        return made

    def tasks(self, graph: Graph, link: str | None = None) -> Changes:
        """What changed among Ada's tasks."""
        (found,) = graph.changes([tasks_of(ADA, self.list_id, BERLIN, link)])
        return found

    def new(self, title: str) -> Request:
        return Request("POST", task_path(ADA, self.list_id), {"title": title})

    def titles(self) -> list[str]:
        return sorted(row["title"] for row in self.admin.rows(ADA, "tasks"))


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    beside = {"graph": "resources.graph_sandbox:service"}
    with running(tmp_path_factory.mktemp("org") / "state", beside=beside) as served:
        yield served


@pytest.fixture
def office(connection: Connection) -> Iterator[Office]:
    where = connection.beside["graph"]
    admin = GraphAdministrator(where.admin_url, where.admin_token, connection.ca_file)
    admin.clear()
    admin.user(ADA, timeZone=BERLIN, displayName="Ada Noether")
    admin.forget_calls()
    route = Route(Path(connection.ca_file))
    account = GraphAccount(where.url, where.url, TENANT, CLIENT_ID, SecretStr(where.token), route)
    made = Office(admin, account, admin.lists(ADA)[0]["id"])
    yield made
    for graph in made.opened:
        graph.__exit__()
    admin.set_faults()
    admin.set_lifetime(3599)


@pytest.fixture
def graph(office: Office) -> Graph:
    return office.client()
