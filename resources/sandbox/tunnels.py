"""A CONNECT proxy for clients whose login host is fixed: hosts of Salesforce end at the sandbox, all others nowhere.

The client must trust the sandbox's CA; its certificate carries those names (see `tls`).
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from .tls import SALESFORCE_HOSTS

_LONGEST_HEAD = 16 * 1024
_CHUNK = 64 * 1024
_CONNECT = re.compile(rb"CONNECT ([\w.-]+):(\d+) HTTP/1\.[01]\r\n", re.IGNORECASE)
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Tunnels:
    """The proxy for the sandbox that listens on that loopback port."""

    def __init__(self, sandbox_port: int) -> None:
        self._sandbox_port = sandbox_port
        self._clients: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def serving(self, listener: socket.socket) -> AsyncIterator[None]:
        """The proxy accepts the connections of that listener inside; afterwards every tunnel is cut."""
        server = await asyncio.start_server(self._accept, sock=listener, limit=_LONGEST_HEAD)
        try:
            yield
        finally:
            server.close()
            for client in self._clients:
                client.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            refusal = await self._tunnel(reader, writer)
            if refusal is not None:
                writer.write(refusal)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client went away, or never spoke HTTP
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes | None:
        """Carries the tunnel until either side closes; or the refusal of a call that is none to Salesforce."""
        head = await reader.readuntil(b"\r\n\r\n")
        asked = _CONNECT.match(head)
        if asked is None:
            return _refusal(405, "This proxy takes CONNECT alone")
        host, port = asked[1].decode().lower(), int(asked[2])
        if port != 443 or not leads_to_sandbox(host):
            return _refusal(403, f"{host}:{port} is no host of Salesforce: this proxy leads to the sandbox alone")
        there, back = await asyncio.open_connection("127.0.0.1", self._sandbox_port)
        writer.write(_ESTABLISHED)
        await asyncio.gather(_carry(reader, back), _carry(there, writer))
        return None


def leads_to_sandbox(host: str) -> bool:
    """True for the names that the certificate of the sandbox carries; a star stands for one label."""
    return any(
        host == name or (name.startswith("*.") and host.partition(".")[2] == name[2:]) for name in SALESFORCE_HOSTS
    )


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await source.read(_CHUNK):
            target.write(chunk)
            await target.drain()
    with suppress(ConnectionError):
        target.close()


def _refusal(status: int, text: str) -> bytes:
    reason = {403: "Forbidden", 405: "Method Not Allowed"}[status]
    body = f"{text}\n".encode()
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body
