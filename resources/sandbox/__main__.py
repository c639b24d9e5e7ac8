"""`python -m resources.sandbox --state DIR`: serves the org in that directory until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from .beside import Neighbour, opened, specification, told
from .doorkeeper import HOST, Doorkeeper, listen
from .launch import Connection, connection_file
from .limits import DAILY_CALLS
from .org import Org
from .people import INTEGRATION
from .protocol import Protocol
from .server import application
from .state_lock import StateInUse
from .tls import ca_file, server_files
from .tunnels import Tunnels


@dataclass(frozen=True, slots=True)
class Doors:
    """The sockets on which we listen."""

    org: socket.socket
    proxy: socket.socket | None

    @property
    def port(self) -> int:
        return int(self.org.getsockname()[1])


def main() -> int:
    options = _options()
    os.umask(0o077)  # whatever the org keeps is its owner's alone
    # The server lets a signal through once it has shut down; the way out must then still be an orderly one.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        org = Org(options.state.resolve(), daily_limit=options.daily_limit)
    except StateInUse as error:
        sys.stderr.write(f"{error}\n")
        return 2
    with org, listen(options.port) as listener, ExitStack() as stack:
        if options.until_stdin_closes:
            threading.Thread(target=_stop_when_stdin_closes, daemon=True).start()
        proxy = None if options.proxy is None else stack.enter_context(listen(options.proxy))
        beside = {
            name: stack.enter_context(closing(opened(name, factory, org.state))) for name, factory in options.beside
        }
        _serve(org, Doors(listener, proxy), beside, as_json=options.json)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m resources.sandbox", description="A Salesforce org on this machine."
    )
    parser.add_argument("--state", type=Path, required=True, help="directory that holds the org; made if there is none")
    parser.add_argument("--port", type=int, default=0, help="port on loopback (default: a free one)")
    parser.add_argument(
        "--daily-limit", type=int, default=DAILY_CALLS, help="API calls in 24 hours (default: %(default)s)"
    )
    parser.add_argument(
        "--proxy", type=int, help="also a CONNECT proxy on that loopback port, for clients whose login host is fixed"
    )
    parser.add_argument(
        "--beside", type=specification, action="append", default=[], metavar="NAME=MODULE:FACTORY",
        help="another service, served below /NAME of the same port (may be given again)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the connection as one line of JSON")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when standard input closes")
    return parser.parse_args()


def _serve(org: Org, doors: Doors, beside: Mapping[str, Neighbour], *, as_json: bool) -> None:
    connection = _connection(org, doors, beside)
    certificate, key = server_files(org.state)
    doorkeeper = Doorkeeper()
    config = uvicorn.Config(
        application(
            org, doorkeeper, beside={name: neighbour.app for name, neighbour in beside.items()},
            on_ready=lambda: _announce(connection, as_json=as_json),
        ),
        http=Protocol, ssl_certfile=certificate, ssl_keyfile=key, log_level="warning", access_log=False,
        date_header=False,
        timeout_keep_alive=75, timeout_graceful_shutdown=5,
    )  # fmt: skip
    server = uvicorn.Server(config)
    doorkeeper.watch(server)
    try:
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_until_stopped(server, doors))
    finally:
        connection_file(org.state).unlink(missing_ok=True)


async def _until_stopped(server: uvicorn.Server, doors: Doors) -> None:
    if doors.proxy is None:
        await server.serve([doors.org])
        return
    async with Tunnels(doors.port).serving(doors.proxy):
        await server.serve([doors.org])


def _connection(org: Org, doors: Doors, beside: Mapping[str, Neighbour]) -> Connection:
    url = f"https://localhost:{doors.port}"
    integration = org.user_named(INTEGRATION)
    return Connection(
        url=url,
        token_url=f"{url}/services/oauth2/token",
        ca_file=str(ca_file(org.state)),
        client_id=org.identity.client_id,
        client_secret=org.identity.client_secret,
        refresh_token=org.sessions.refresh_token(integration.id) if integration else "",
        username=INTEGRATION,
        org_id=org.identity.org_id,
        admin_url=f"{url}/sandbox",
        admin_token=org.identity.admin_token,
        state=str(org.state),
        pid=os.getpid(),
        proxy="" if doors.proxy is None else f"http://{HOST}:{doors.proxy.getsockname()[1]}",
        beside={name: told(name, neighbour, url) for name, neighbour in beside.items()},
    )


def _announce(connection: Connection, *, as_json: bool) -> None:
    connection.publish()
    if as_json:
        shown = connection.as_json().decode().replace("\n", "")
    else:
        shown = (
            f"Sandbox org at {connection.url}\n"
            f"  CA file        {connection.ca_file}\n"
            f"  client id      {connection.client_id}\n"
            f"  client secret  {connection.client_secret}"
            + (f"\n  proxy          {connection.proxy}" if connection.proxy else "")
            + "".join(f"\n  {name:<14} {one.url}, token {one.token}" for name, one in connection.beside.items())
        )
    sys.stdout.write(f"{shown}\n")
    sys.stdout.flush()


def _stop_when_stdin_closes() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
