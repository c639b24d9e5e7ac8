"""The proxy for clients whose login host is fixed: hosts of Salesforce lead to the sandbox, all others nowhere."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from resources.sandbox.launch import Connection, running
from resources.sandbox.tunnels import leads_to_sandbox


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with running(tmp_path_factory.mktemp("org") / "org", proxy=0) as served:
        yield served


@pytest.fixture
def http(connection: Connection) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = connection.ca_file
        session.proxies = {"https": connection.proxy}
        yield session


@pytest.mark.parametrize("host", ["login.salesforce.com", "test.salesforce.com", "acme.my.salesforce.com"])
def test_a_login_at_salesforce_ends_at_the_sandbox(connection: Connection, http: requests.Session, host: str) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": connection.client_id,
        "client_secret": connection.client_secret,
    }
    session = http.post(f"https://{host}/services/oauth2/token", data=form, timeout=30).json()
    own = host if "my" in host else session["instance_url"].removeprefix("https://")
    assert own.endswith(".my.salesforce.com")
    assert session["instance_url"] == f"https://{own}"
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    found = http.get(f"{session['instance_url']}/services/data/v62.0/limits", headers=headers, timeout=30)
    assert found.status_code == 200


@pytest.mark.parametrize(
    "host",
    ["example.com", "salesforce.com", "my.salesforce.com", "a.b.my.salesforce.com", "login.salesforce.com.example.com"],
)
def test_any_other_host_is_refused(http: requests.Session, host: str) -> None:
    with pytest.raises(requests.exceptions.ProxyError, match="403 Forbidden"):
        http.get(f"https://{host}/", timeout=30)
    assert not leads_to_sandbox(host)


def test_another_port_of_salesforce_is_refused(http: requests.Session) -> None:
    with pytest.raises(requests.exceptions.ProxyError, match="403 Forbidden"):
        http.get("https://login.salesforce.com:8443/", timeout=30)


def test_a_call_that_is_no_tunnel_is_refused(connection: Connection, http: requests.Session) -> None:
    assert http.get(f"{connection.proxy}/", timeout=30).status_code == 405


def test_the_proxy_listens_on_loopback_alone(connection: Connection) -> None:
    assert connection.proxy.startswith("http://127.0.0.1:")


def test_a_client_that_goes_away_leaves_the_proxy_unharmed(connection: Connection, http: requests.Session) -> None:
    port = int(connection.proxy.rpartition(":")[2])
    for sent in (b"", b"CONNECT login", b"\x16\x03\x01 nonsense", b"CONNECT login.salesforce.com:443 HTTP/1.1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
            client.sendall(sent)
    assert http.get("https://login.salesforce.com/services/data", timeout=30).status_code == 200


def test_an_idle_tunnel_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with running(tmp_path / "org", proxy=0) as served:
        port = int(served.proxy.rpartition(":")[2])
        idle = socket.create_connection(("127.0.0.1", port), timeout=30)
        idle.sendall(b"CONNECT login.salesforce.com:443 HTTP/1.1\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1 200")
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 5
    idle.close()


def test_there_is_no_proxy_unless_asked_for(tmp_path: Path) -> None:
    with running(tmp_path / "org") as served:
        assert served.proxy == ""
