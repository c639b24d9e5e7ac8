"""HTTP connections that can be found again and cut: for faults, and for a quick end."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORTS: dict[tuple[str, int], asyncio.Transport] = {}


class Protocol(HttpToolsProtocol):
    """HTTP whose connections can be found by the client's address, so that a fault can close one without an answer."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self.client is not None:
            TRANSPORTS[self.client] = transport

    def shutdown(self) -> None:
        super().shutdown()
        # An orderly TLS close waits for the client, and a pooled connection that idles there never answers.
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client is not None:
            TRANSPORTS.pop(self.client, None)
        super().connection_lost(exc)
