"""`python -m resources.sandbox --state DIR`: serves the org in that directory until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import uvicorn

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


def main() -> int:
    options = _options()
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
        _serve(org, listener, proxy, as_json=options.json)
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
    parser.add_argument("--json", action="store_true", help="print the connection as one line of JSON")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when standard input closes")
    return parser.parse_args()


def _serve(org: Org, listener: socket.socket, proxy: socket.socket | None, *, as_json: bool) -> None:
    connection = _connection(org, listener.getsockname()[1], proxy)
    certificate, key = server_files(org.state)
    doorkeeper = Doorkeeper()
    config = uvicorn.Config(
        application(org, doorkeeper, on_ready=lambda: _announce(connection, as_json=as_json)),
        http=Protocol, ssl_certfile=certificate, ssl_keyfile=key, log_level="warning", access_log=False,
        timeout_keep_alive=75, timeout_graceful_shutdown=5,
    )  # fmt: skip
    server = uvicorn.Server(config)
    doorkeeper.watch(server)
    try:
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_until_stopped(server, listener, proxy))
    finally:
        connection_file(org.state).unlink(missing_ok=True)


async def _until_stopped(server: uvicorn.Server, listener: socket.socket, proxy: socket.socket | None) -> None:
    if proxy is None:
        await server.serve([listener])
        return
    async with Tunnels(listener.getsockname()[1]).serving(proxy):
        await server.serve([listener])


def _connection(org: Org, port: int, proxy: socket.socket | None) -> Connection:
    url = f"https://localhost:{port}"
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
        proxy="" if proxy is None else f"http://{HOST}:{proxy.getsockname()[1]}",
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
        )
    sys.stdout.write(f"{shown}\n")
    sys.stdout.flush()


def _stop_when_stdin_closes() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
