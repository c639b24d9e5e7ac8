"""The two kinds of org that these tests talk to: a scripted server, and the sandbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.route import Route
from resources.salesforce.auth import ClientCredentials
from resources.salesforce.org import SalesforceOrg
from resources.salesforce.patience import Patience
from resources.salesforce.session import OrgSession
from resources.sandbox.launch import running
from tests.resources.salesforce.embedded import Embedded
from tests.resources.salesforce.scripted import Scripted

HASTY = Patience(connect=2, read=1, write=1, attempts=3, pause=0.01, longest=2)
HASTY_ORG = Patience(attempts=3, pause=0.01, longest=2)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scripted]:
    with Scripted(tmp_path_factory.mktemp("certificates")) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.released.set()
        server.shutdown()


@pytest.fixture
def wire(server: Scripted) -> Scripted:
    """The server with nothing scripted and nothing seen."""
    for told in (server.script, server.token_script, server.seen, server.tokens):
        told.clear()
    server.expired.clear()
    return server


@pytest.fixture
def session(wire: Scripted) -> Iterator[OrgSession]:
    login = ClientCredentials(wire.url, "key", "word")
    with OrgSession(login, version="62.0", route=Route(wire.ca_file), patience=HASTY) as session:
        yield session


@pytest.fixture
def nowhere() -> str:
    """An address at which nobody listens."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return f"https://localhost:{port}"


@pytest.fixture
def foreign_ca(tmp_path: Path) -> Path:
    """The certificate of an authority that signed nothing here."""
    import trustme

    file = tmp_path / "foreign.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    return file


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("org")) as connection:
        yield Embedded(connection)


@pytest.fixture
def embedded(served: Embedded) -> Embedded:
    """The sandbox, with nothing wrong in it; its records are those of all tests so far."""
    served.reset()
    return served


@pytest.fixture
def org(embedded: Embedded) -> Iterator[SalesforceOrg]:
    with SalesforceOrg(embedded.settings(), HASTY_ORG) as org:
        yield org
