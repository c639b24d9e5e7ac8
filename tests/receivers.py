"""Somebody who gets messages: a web hook, with or without TLS, and a mailbox; real servers on loopback."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


@dataclass
class Hook:
    """What came, in order. `status` is what is answered; `port` stays the same while it is down."""

    port: int
    bodies: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    status: int = 200

    @property
    def titles(self) -> list[str]:
        return [body["title"].removeprefix("Concord: ") for body in self.bodies]

    def taken(self) -> list[str]:
        """The titles of what came since the last look."""
        titles = self.titles
        self.bodies.clear()
        return titles


@contextmanager
def hook(tls: ssl.SSLContext | None = None) -> Iterator[Hook]:
    """A web hook that listens inside the block."""
    made: Hook

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if made.status < 300:
                made.bodies.append(json.loads(body))
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            made.paths.append(self.path)
            self.send_response(made.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        made = Hook(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True)
class Mail:
    """One mail as it came."""

    to: list[str]
    subject: str
    text: str


class _Handler:
    def __init__(self, mails: list[Mail]) -> None:
        self._mails = mails

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        content = envelope.content
        assert isinstance(content, bytes)
        parsed = message_from_bytes(content)
        texts = [part.get_payload(decode=True) for part in parsed.walk() if not part.is_multipart()]
        text = "\n".join(text.decode() for text in texts if isinstance(text, bytes))
        self._mails.append(Mail(list(envelope.rcpt_tos), str(parsed["Subject"]), text))
        return "250 OK"


@contextmanager
def mailbox() -> Iterator[tuple[int, list[Mail]]]:
    """A mail server that listens inside the block: its port, and the mails that came."""
    mails: list[Mail] = []
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    controller = Controller(_Handler(mails), hostname=HOST, port=port)
    controller.start()
    try:
        yield port, mails
    finally:
        controller.stop()
