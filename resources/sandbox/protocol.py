"""HTTP connections that can be found again and cut: for faults, and for a quick end."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .request_size import LONGEST

TRANSPORTS: dict[tuple[str, int], asyncio.Transport] = {}


class Protocol(HttpToolsProtocol):
    """HTTP whose connections can be found by the client's address, so that a fault can close one without an answer."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self.client is not None:
            TRANSPORTS[self.client] = transport

    def on_headers_complete(self) -> None:
        # The parser fails at an address of 64 KB; its beginning is enough for the org to refuse it.
        if self.url.startswith(b"/services/"):
            self.url = self.url[: 2 * LONGEST]
        super().on_headers_complete()

    def shutdown(self) -> None:
        super().shutdown()
        # An orderly TLS close waits for the client, and a pooled connection that idles there never answers.
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client is not None:
            TRANSPORTS.pop(self.client, None)
        super().connection_lost(exc)
