"""Starting a sandbox as a process of its own, finding one that runs, and what a client needs to know of it."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

import orjson

from .files import growing_private, write_private
from .limits import DAILY_CALLS
from .state_lock import StateInUse, in_use

START_SECONDS = 60.0
STOP_SECONDS = 15.0


class DidNotStart(Exception):
    """The server process ended, or said nothing, before it served."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Where a service beside the org is, and the tokens of client and administrator."""

    url: str
    token: str
    admin_url: str
    admin_token: str


@dataclass(frozen=True, slots=True)
class Connection:
    """A sandbox that serves: where it is, which CA to trust, and the credentials of client and administrator.

    `proxy` is for clients whose login host is fixed, empty if none was asked for. `beside` has the services that are
    served beside the org, by name.
    """

    url: str
    token_url: str
    ca_file: str
    client_id: str
    client_secret: str
    refresh_token: str
    username: str
    org_id: str
    admin_url: str
    admin_token: str
    state: str
    pid: int
    proxy: str = ""
    beside: Mapping[str, Beside] = field(default_factory=dict)

    @property
    def instance(self) -> str:
        """Host and port, as simple-salesforce wants them."""
        return self.url.removeprefix("https://")

    def as_json(self) -> bytes:
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)

    @classmethod
    def from_json(cls, content: bytes) -> Connection:
        told = orjson.loads(content)
        beside = {name: Beside(**where) for name, where in told.pop("beside", {}).items()}
        return cls(**told, beside=beside)

    def publish(self) -> None:
        """Whoever may read the state directory can find this server."""
        write_private(connection_file(Path(self.state)), self.as_json())


def connection_file(state: Path) -> Path:
    return state / "connection.json"


def attach(state: Path) -> Connection | None:
    """The live server of that state directory, or None. One that is about to serve is waited for."""
    if not state.is_dir():
        return None
    published = connection_file(state)
    deadline = time.monotonic() + START_SECONDS
    while in_use(state):
        if published.exists():
            connection = Connection.from_json(published.read_bytes())
            if _lives(connection.pid):
                return connection
        if time.monotonic() > deadline:
            raise DidNotStart(f"the sandbox in {state} does not say where it serves; see {state / 'server.log'}")
        time.sleep(0.1)
    return None


def _lives(pid: int) -> bool:
    """What a killed server said of itself is no longer true."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def running(
    state: Path,
    *,
    port: int = 0,
    daily_limit: int = DAILY_CALLS,
    proxy: int | None = None,
    beside: Mapping[str, str] | None = None,
) -> Iterator[Connection]:
    """A sandbox on that state directory serves while the block runs, in a process that ends with it (or with ours).

    StateInUse if another one has that directory. With a `proxy` port (0 takes a free one) it also has a proxy. The
    services `beside` it are `MODULE:FACTORY` by name (see the module `beside`).
    """
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    if in_use(state):
        raise StateInUse(f"the sandbox state in {state} is already in use by a running sandbox")
    command = [sys.executable, "-m", __package__, "--state", str(state), "--port", str(port)]
    command += ["--daily-limit", str(daily_limit), "--json", "--until-stdin-closes"]
    command += [] if proxy is None else ["--proxy", str(proxy)]
    for name, factory in (beside or {}).items():
        command += ["--beside", f"{name}={factory}"]
    with growing_private(state / "server.log") as log:
        # A session of its own: Ctrl-C is for us, who may still have something to finish with the org.
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=_environment(),
            start_new_session=True,
        )
    try:
        yield Connection.from_json(_first_line(process, state))
    finally:
        _stop(process)


def _environment() -> dict[str, str]:
    """Ours, so that the child finds this package wherever it was started from."""
    root = str(Path(__file__).parents[2])
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def _first_line(process: subprocess.Popen[bytes], state: Path) -> bytes:
    lines: queue.Queue[bytes] = queue.Queue()
    output = process.stdout
    if output is not None:
        threading.Thread(target=_pass_on, args=(output, lines), daemon=True).start()
    try:
        line = lines.get(timeout=START_SECONDS)
    except queue.Empty:
        line = b""
    if not line:
        raise DidNotStart(f"the sandbox did not start; see {state / 'server.log'}")
    return line


def _pass_on(output: IO[bytes], lines: queue.Queue[bytes]) -> None:
    lines.put(output.readline())


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
