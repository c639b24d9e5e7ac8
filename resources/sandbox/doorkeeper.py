"""The server's listening socket: closed for a while it lets nobody in, as an org that is away."""

from __future__ import annotations

import asyncio
import socket

import uvicorn

from .fault_effects import reset_on_close
from .protocol import TRANSPORTS

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """A socket on loopback that listens already: a client that comes before the server loop waits for it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(128)
    return listener


class Doorkeeper:
    """Closes and opens the door of one server, which is `watch`ed once it exists."""

    def __init__(self) -> None:
        self._server: uvicorn.Server | None = None
        self._opening: asyncio.Task[None] | None = None

    def watch(self, server: uvicorn.Server) -> None:
        self._server = server

    async def away(self, seconds: float) -> None:
        """Every connection is reset, and for so long new ones are refused; returns once the door is closed."""
        server = self._server
        if server is None or self._opening is not None:
            return
        ports = [s.getsockname()[1] for one in server.servers for s in one.sockets]
        for one in server.servers:
            one.close()
        for transport in list(TRANSPORTS.values()):
            reset_on_close(transport)
            transport.abort()
        self._opening = asyncio.create_task(self._open_again(server, ports[0], seconds))

    async def _open_again(self, server: uvicorn.Server, port: int, seconds: float) -> None:
        await asyncio.sleep(seconds)
        config = server.config

        def protocol() -> asyncio.Protocol:
            kind = config.http_protocol_class
            return kind(config=config, server_state=server.server_state, app_state=server.lifespan.state)  # type: ignore[call-arg]

        loop = asyncio.get_running_loop()
        server.servers = [await loop.create_server(protocol, sock=listen(port), ssl=config.ssl, backlog=config.backlog)]
        self._opening = None
