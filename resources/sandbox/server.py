"""The org over HTTPS: calls in and out, their log, faults on demand. What the endpoints do is in their modules.

A new module with endpoints is added to `ENDPOINTS`.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import time
import zlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from . import (
    admin,
    changes,
    composite,
    describe,
    ingest,
    limits,
    oauth,
    query,
    query_jobs,
    record_collections,
    sobjects,
    versions,
)  # fmt: skip
from .endpoint import Answer, Call, Route, Router
from .errors import ApiError, invalid_session
from .faults import Fault
from .org import Org
from .permissions import User

ENDPOINTS = (
    oauth,
    versions,
    limits,
    query,
    describe,
    changes,
    record_collections,
    composite,
    ingest,
    query_jobs,
    sobjects,
)
LOG_LENGTH = 10_000
_VERSIONED = re.compile(r"/services/data/v\d", re.IGNORECASE)
_WORTH_COMPRESSING = 1024
_NOBODY = User(id="", username="", profile="", denied=frozenset())


@dataclass(frozen=True, slots=True)
class Logged:
    """One call that was answered, or whose connection was closed (status 0)."""

    method: str
    path: str
    query: str
    status: int
    seconds: float


class Gateway:
    """The ASGI application of one org."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.calls: deque[Logged] = deque(maxlen=LOG_LENGTH)
        self.router = Router(collect_routes(org))
        self._admin = Router(admin.routes(self))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        answer = await run_in_threadpool(self._answer, request, body)
        if answer is None:
            transport = TRANSPORTS.get(scope["client"])
            if transport is not None:
                transport.abort()
                await receive()  # until the connection is gone: a call that ends earlier is answered with a 500
            return
        await Response(answer.content(), answer.status, dict(answer.headers))(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> Answer | None:
        """The answer to a request; None if the connection is to be closed without one."""
        started = time.monotonic()
        path = request.scope["raw_path"].decode("ascii")
        if path.startswith("/sandbox/"):
            return self._finish(request, self._handle(self._admin, request, path, body))
        fault = self.org.faults.meet(request.method, path.rstrip("/"))
        answer = self._faulty(fault, request, path, body) if fault else self._handle(self.router, request, path, body)
        status = 0 if answer is None else answer.status
        query = request.scope["query_string"].decode("ascii")
        self.calls.append(Logged(request.method, path, query, status, round(time.monotonic() - started, 4)))
        return None if answer is None else self._finish(request, answer)

    def _faulty(self, fault: Fault, request: Request, path: str, body: bytes) -> Answer | None:
        if fault.action == "status":
            return Answer(fault.status, [{"errorCode": fault.code, "message": fault.message}], fault.headers)
        if fault.action == "drop":
            return None
        if fault.action == "delay":
            time.sleep(fault.seconds)
        if fault.action == "expire":
            self.org.sessions.expire_all()
        answer = self._handle(self.router, request, path, body)
        return None if fault.action == "close-after-write" else answer

    def _handle(self, router: Router, request: Request, path: str, body: bytes) -> Answer:
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            route, params = router.find(request.method, path)
            user = _NOBODY if route.open_to_all else self.org.user(_bearer(headers))
            if route.counted and not route.open_to_all:
                self.org.usage.take()
            unpacked = _unpacked(body, headers.get("content-encoding", ""))
            call = Call(
                self.org, user, request.method, path, params, dict(request.query_params), headers, unpacked, router
            )
            return route.handler(request.method)(call)
        except ApiError as error:
            return Answer(error.status, error.body())

    def _finish(self, request: Request, answer: Answer) -> Answer:
        content = answer.content()
        headers = dict(answer.headers)
        if _VERSIONED.match(request.url.path):
            headers["Sforce-Limit-Info"] = self.org.usage.header()
        if content:
            headers.setdefault("Content-Type", "application/json;charset=UTF-8")
        if len(content) > _WORTH_COMPRESSING and "gzip" in request.headers.get("accept-encoding", ""):
            content = gzip.compress(content, compresslevel=1, mtime=0)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        if request.method == "HEAD":
            content = b""
        return replace(answer, body=content, headers=headers)


def collect_routes(org: Org) -> list[Route]:
    """The routes of every module with endpoints, in the order in which they are tried."""
    return [route for module in ENDPOINTS for route in module.routes(org)]


def application(org: Org, *, on_ready: Callable[[], None] = lambda: None) -> Starlette:
    """The ASGI application that serves the org; `on_ready` is called once it does."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        on_ready()
        yield

    return Starlette(routes=[Mount("/", app=Gateway(org))], lifespan=lifespan)


def _bearer(headers: dict[str, str]) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() not in ("bearer", "oauth"):
        raise invalid_session()
    return token.strip()


def _unpacked(body: bytes, encoding: str) -> bytes:
    if encoding.lower() != "gzip":
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        raise ApiError(400, "INVALID_INPUT", f"the body is not gzip: {error}") from error


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
