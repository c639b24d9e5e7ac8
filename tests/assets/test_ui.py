"""Sandbox, web pages and daemon are served together, on loopback, and end together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from resources.sandbox.launch import attach
from tests.runs.place import ROOT
from tests.security.listening import addresses, session_of

SERVES = """
import sys
from pathlib import Path
from assets.ui import serve
from resources.settings import read_settings
settings = read_settings(env_file=None, concord_home=Path(sys.argv[1]))
serve(settings, int(sys.argv[2]), lambda text: print(text, flush=True))
"""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


@contextmanager
def serving(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", SERVES, str(home), str(port)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


@pytest.mark.slow
def test_everything_is_served_until_stopped_and_nothing_stays_behind(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(3)]
        assert told[1].endswith(f"http://127.0.0.1:{port}\n")
        assert attach(tmp_path / "sandbox") is not None
        query = {"query": "{ assetNodes { assetKey { path } } }"}
        found = requests.post(f"http://127.0.0.1:{port}/graphql", json=query, timeout=60).json()["data"]["assetNodes"]
        if sys.platform == "linux":
            assert addresses(session_of(process.pid)) == {"127.0.0.1"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert {node["assetKey"]["path"][0] for node in found} >= {"accounts", "accounts_plan"}
    assert attach(tmp_path / "sandbox") is None
    assert _of_home(tmp_path) == []


@pytest.mark.slow
def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = subprocess.run(
            [sys.executable, "-c", SERVES, str(tmp_path), str(taken.getsockname()[1])],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            timeout=90,
        )
    assert told.returncode == 1
    assert "is taken" in told.stderr


def _of_home(home: Path) -> list[str]:
    """Processes whose environment still names the home."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name != str(os.getpid()):
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue  # it has ended meanwhile
            if f"CONCORD_HOME={home}".encode() in environment:
                found.append((entry / "cmdline").read_text(encoding="utf-8", errors="replace"))
    return found
