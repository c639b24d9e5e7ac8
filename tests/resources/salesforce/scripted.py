"""A real HTTPS server that answers as it was told, one answer a request: for what no org does on demand.

Whatever the sandbox can do is tested against the sandbox instead.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import trustme

DROP: Literal["drop"] = "drop"
"""The request is read, and then the line is cut."""

CUT: Literal["cut"] = "cut"
"""Half an answer comes, and then the line is cut."""

STALL: Literal["stall"] = "stall"
"""The request is read and nothing comes for two seconds."""


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


Step = Answer | Literal["drop", "cut", "stall"]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def error(status: int, code: str, message: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, [{"errorCode": code, "message": message}], named)


class Scripted(ThreadingHTTPServer):
    """Takes a token request at any time; other requests take the next step of the script, or get `{}`."""

    daemon_threads = True

    def __init__(self, certificates: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self.ca_file = certificates / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"https://localhost:{self.server_address[1]}"
        self.script: list[Step] = []
        self.token_script: list[Step] = []
        self.expired: set[str] = set()
        self.seen: list[Request] = []
        self.tokens: list[bytes] = []
        self.released = threading.Event()
        self.connections = 0

    def step(self, request: Request) -> Step:
        if request.path != "/services/oauth2/token":
            self.seen.append(request)
            if request.headers.get("Authorization", "").removeprefix("Bearer ") in self.expired:
                return error(401, "INVALID_SESSION_ID", "Session expired or invalid")
            return self.script.pop(0) if self.script else Answer(body={})
        self.tokens.append(request.body)
        if self.token_script:
            return self.token_script.pop(0)
        user = "https://login.salesforce.com/id/00D000000000001EAA/005000000000001"
        return Answer(body={"access_token": f"00D!{len(self.tokens)}", "instance_url": self.url, "id": user})

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that distrusts us or went away is part of the test."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # header and body in one packet
    server: Scripted

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        step = self.server.step(Request(self.command, self.path, dict(self.headers), body))
        if step == STALL:
            self.server.released.wait(2)
        if not isinstance(step, Answer):
            if step == CUT:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            self.close_connection = True
            return
        content = step.body if isinstance(step.body, bytes) else json.dumps(step.body).encode()
        self.send_response_only(step.status)
        for name, value in {"Content-Type": "application/json", **step.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing to say."""
