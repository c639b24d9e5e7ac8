"""`concord ui`: the sandbox org (if no org is set), Dagster's web pages and its daemon, together until stopped.

All of it on loopback: the web pages have no login, and whoever reaches them may start runs.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from assets.making.interruption import interruptible

if TYPE_CHECKING:
    from resources.settings import Settings

HOST = "127.0.0.1"
WORKSPACE = Path(__file__).parents[1] / "workspace.yaml"
START_SECONDS = 90.0
STOP_SECONDS = 20.0


class UiError(Exception):
    """The web pages could not be served; the text says where to look."""


def serve(settings: Settings, port: int = 3000, tell: Callable[[str], None] = print) -> None:
    """Serves until Ctrl-C or SIGTERM, which end everything that was started; `tell` gets the address when it answers.

    Raises UiError when one of the processes does not start or ends by itself.
    """
    from assets.instance import dagster_home, instance
    from resources.world import at_org

    _check_free(port)
    home = dagster_home(settings)
    logs = home / "logs"
    logs.mkdir(exist_ok=True, mode=0o700)
    with instance(settings):
        pass  # the database exists, and runs that were killed are no longer shown as running
    with ExitStack() as stack:
        stack.enter_context(interruptible())
        if settings.uses_sandbox:
            org = stack.enter_context(at_org(settings))
            tell(f"sandbox org   {org.salesforce_instance_url}")
        processes = {
            name: stack.enter_context(_started(command, _environment(settings, home), logs / f"{name}.log"))
            for name, command in _commands(port).items()
        }
        address = f"http://{HOST}:{port}"
        _wait_for(address, processes, logs)
        tell(f"dagster       {address}")
        tell("Ctrl-C ends both." if settings.uses_sandbox else "Ctrl-C ends it.")
        try:
            while not _ended(processes):
                time.sleep(0.5)
        except KeyboardInterrupt:
            tell("ending …")
            for process in processes.values():
                os.killpg(process.pid, signal.SIGINT)  # all at once; then each is waited for
            return
        raise UiError(_told(processes, logs))


def _check_free(port: int) -> None:
    """UiError when somebody listens there: dagster-webserver would quietly take another port."""
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise UiError(f"port {port} is taken: end what listens there, or take another with --port")


def _commands(port: int) -> dict[str, list[str]]:
    workspace = ["-w", str(WORKSPACE)]
    return {
        "webserver": [sys.executable, "-m", "dagster_webserver", "-h", HOST, "-p", str(port), *workspace],
        "daemon": [sys.executable, "-m", "dagster._daemon", "run", *workspace],
    }


def _environment(settings: Settings, home: Path) -> dict[str, str]:
    """Ours, with the paths made absolute: runs start in folders of their own."""
    root = str(WORKSPACE.parent)
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    feeds = settings.concord_feeds
    return {
        **os.environ,
        "DAGSTER_HOME": str(home),
        "CONCORD_HOME": str(settings.concord_home.absolute()),
        "CONCORD_FEEDS": feeds if "://" in feeds else str(Path(feeds).absolute()),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }


@contextmanager
def _started(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process runs in a group of its own, and the whole group is ended with the block."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """SIGINT lets runs write down how far they came; what does not end by that is ended less gently."""
    for number, patience in ((signal.SIGINT, STOP_SECONDS), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _wait_for(address: str, processes: dict[str, subprocess.Popen[bytes]], logs: Path) -> None:
    opener = build_opener(ProxyHandler({}))  # a proxy is for the world outside
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if _ended(processes):
            raise UiError(_told(processes, logs))
        try:
            opener.open(f"{address}/server_info", timeout=5).close()
        except (URLError, OSError):
            time.sleep(0.3)
        else:
            return
    raise UiError(f"the web pages did not answer at {address} within {START_SECONDS:.0f} seconds; see {logs}")


def _ended(processes: dict[str, subprocess.Popen[bytes]]) -> list[str]:
    return [name for name, process in processes.items() if process.poll() is not None]


def _told(processes: dict[str, subprocess.Popen[bytes]], logs: Path) -> str:
    return "; ".join(f"the {name} ended by itself: see {logs / name}.log" for name in _ended(processes))
