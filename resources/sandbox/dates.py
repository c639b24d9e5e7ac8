"""Every answer has one `Date`, by the clock that stamps records: the org's, or that of an application beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.utils import formatdate

from starlette.types import ASGIApp, Message, Receive, Scope, Send


def dated(app: ASGIApp, clock: Callable[[], datetime]) -> ASGIApp:
    """The application, whose answers say when they were made: by this clock, unless they say so themselves."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                if not any(name == b"date" for name, _ in headers):
                    headers.append((b"date", formatdate(clock().timestamp(), usegmt=True).encode()))
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, sent)

    return asked
