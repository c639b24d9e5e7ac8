"""The state directory: kept over restarts and kills, one server at a time, private to its owner."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from resources.sandbox.administration import Administrator
from resources.sandbox.launch import attach, connection_file, running
from resources.sandbox.org import Org
from resources.sandbox.state_lock import StateInUse, lock_state
from tests.resources.sandbox.conftest import Rest, log_in

ROOT = Path(__file__).parents[3]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "org"


def test_records_secrets_sessions_and_ca_outlive_the_server(state: Path) -> None:
    with running(state) as first:
        token = log_in(first)
        ids = Administrator(first).seed("Account", [{"Name": "A"}])
        authority = Path(first.ca_file).read_bytes()

    with running(state) as second:
        assert Rest(second.url, second.ca_file, token)("GET", f"sobjects/Account/{ids[0]}").json()["Name"] == "A"
        assert (second.client_id, second.client_secret) == (first.client_id, first.client_secret)
        assert Path(second.ca_file).read_bytes() == authority


def test_what_was_answered_survives_a_kill(state: Path) -> None:
    with running(state) as first:
        made = Rest(first.url, first.ca_file, log_in(first))("POST", "sobjects/Account", json={"Name": "A"}).json()[
            "id"
        ]
        os.kill(first.pid, signal.SIGKILL)

    assert connection_file(state).exists()
    assert attach(state) is None
    with Org(state) as org, org.store.read() as db:
        assert db.execute('select "Name" from "Account" where "Id" = ?', (made,)).fetchone() == ("A",)


def test_a_live_server_is_found_and_a_second_one_refused(state: Path) -> None:
    with running(state) as served:
        assert attach(state) == served
        with pytest.raises(StateInUse, match=f"{state} is already in use"), running(state):
            pytest.fail("a second server must not start")
        with pytest.raises(StateInUse):
            Org(state)

    assert attach(state) is None


def test_a_server_about_to_serve_is_waited_for_whatever_a_killed_one_said(state: Path) -> None:
    with running(state) as killed:
        os.kill(killed.pid, signal.SIGKILL)
    serves = replace(killed, pid=os.getpid(), url="https://127.0.0.1:1")
    with lock_state(state):
        threading.Timer(0.3, serves.publish).start()
        assert attach(state) == serves


def test_an_empty_directory_has_no_server(state: Path) -> None:
    assert attach(state) is None


def test_stopping_takes_no_longer_for_an_idle_client(state: Path) -> None:
    with running(state) as served, Rest(served.url, served.ca_file, log_in(served)).session as session:
        session.get(f"{served.url}/services/data/")
        started = time.monotonic()

    assert time.monotonic() - started < 3


def test_a_server_does_not_outlive_the_process_that_started_it(state: Path) -> None:
    program = (
        "import sys, time, pathlib; from resources.sandbox.launch import running\n"
        "with running(pathlib.Path(sys.argv[1])) as served: print(served.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(state)], stdout=subprocess.PIPE, cwd=ROOT) as starter:
        assert starter.stdout is not None
        starter.stdout.readline()
        assert attach(state) is not None
        starter.kill()

    deadline = time.monotonic() + 10
    while attach(state) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert attach(state) is None


def test_only_the_owner_can_read_what_is_secret(state: Path) -> None:
    with running(state):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.iterdir() if path.is_file()}

    private = {"connection.json", "org.json", "ca.key", "server.key", "org.db"}
    assert {name: modes[name] for name in private} == dict.fromkeys(private, 0o600)
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_a_client_that_does_not_trust_the_ca_is_not_served(state: Path) -> None:
    with running(state) as served, pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{served.url}/services/data/", timeout=10)
