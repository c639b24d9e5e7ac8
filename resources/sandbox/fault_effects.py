"""A fault carried out on one call: what happens before it is worked off, after it, and to the answer's connection.

What faults do to rows is in `circumstances`, to bulk jobs in `ingest_processing`.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from starlette.types import Receive, Scope, Send

from .circumstances import under
from .endpoint import Answer
from .faults import Fault
from .org import Org
from .protocol import TRANSPORTS

Away = Callable[[float], Awaitable[None]]
"""Nothing listens for that many seconds."""

_UNDONE = frozenset({"drop", "reset-before", "refuse"})
_CUT = frozenset({"drop", "close-after-write", "drop-answer", "reset-before", "reset-after", "refuse"})
_PAGE = (
    b"<html><head><title>502 Bad Gateway</title></head><body>An error occurred while reading the answer</body></html>"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to the client: an answer, and the fault that befalls it on its way; no answer is none at all."""

    answer: Answer | None
    fault: Fault | None = None


def worked_off(
    org: Org, fault: Fault, work: Callable[[], Answer], door: Callable[[str, object], None]
) -> Answer | None:
    """The answer of a call that meets the fault, or None if the client gets none; `door` is the administrator's."""
    if fault.action in _UNDONE:
        return None
    if fault.action == "delay":
        time.sleep(fault.seconds)
    if fault.action == "expire":
        org.sessions.expire_all()
    if fault.action == "meanwhile" and not fault.after:
        door(fault.door, fault.body)
    with under(fault):
        answer = work()
    if fault.action == "meanwhile" and fault.after:
        door(fault.door, fault.body)
    if fault.action == "garble":
        return _garbled(answer)
    return None if fault.action in _CUT else answer


def _garbled(answer: Answer) -> Answer:
    content = answer.content()
    return replace(answer, body=content[: len(content) // 2] + _PAGE)


async def cut(scope: Scope, receive: Receive, fault: Fault, away: Away) -> None:
    """The connection ends as the fault says, without an answer."""
    if fault.action == "drop-answer":
        # The client hangs up first if its patience is shorter.
        with suppress(TimeoutError):
            async with asyncio.timeout(fault.seconds):
                await receive()
    if fault.action == "refuse":
        await away(fault.seconds)
    transport = TRANSPORTS.get(scope["client"])
    if transport is None:
        return
    if fault.action.startswith("reset") or fault.action == "refuse":
        reset_on_close(transport)
    transport.abort()
    await receive()  # until the connection is gone: a call that ends earlier is answered with a 500


async def send_half(scope: Scope, receive: Receive, send: Send, answer: Answer) -> None:
    """Half of the answer's body arrives, under a length that promises it all; then the connection closes."""
    content = answer.content()
    headers = {**answer.headers, "Content-Length": str(len(content))}
    listed = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": listed})
    await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
    transport = TRANSPORTS.get(scope["client"])
    if transport is not None:
        transport.close()
        await receive()


def reset_on_close(transport: asyncio.Transport) -> None:
    """The connection ends with a reset (RST) instead of an orderly end (FIN)."""
    own = transport.get_extra_info("socket")
    with socket.socket(fileno=os.dup(own.fileno())) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
