"""The org of `inside` behind a real port of this process: HTTPS, its administrator's door, and a doorkeeper."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from resources.sandbox.doorkeeper import Doorkeeper, listen
from resources.sandbox.launch import Connection
from resources.sandbox.org import Org
from resources.sandbox.people import INTEGRATION
from resources.sandbox.protocol import Protocol
from resources.sandbox.server import application
from resources.sandbox.tls import ca_file, server_files


@contextmanager
def behind_a_port(org: Org) -> Iterator[Connection]:
    """Clients and the administrator reach the org while the block runs."""
    certificate, key = server_files(org.state)
    doorkeeper, listener = Doorkeeper(), listen(0)
    config = uvicorn.Config(
        application(org, doorkeeper),
        http=Protocol,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_level="critical",
        date_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    doorkeeper.watch(server)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the org is not served"
            time.sleep(0.005)
        yield _connection(org, listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def _connection(org: Org, port: int) -> Connection:
    url, who = f"https://localhost:{port}", org.identity
    return Connection(
        url=url,
        token_url=f"{url}/services/oauth2/token",
        ca_file=str(ca_file(org.state)),
        client_id=who.client_id,
        client_secret=who.client_secret,
        refresh_token="",
        username=INTEGRATION,
        org_id=who.org_id,
        admin_url=f"{url}/sandbox",
        admin_token=who.admin_token,
        state=str(org.state),
        pid=os.getpid(),
    )
