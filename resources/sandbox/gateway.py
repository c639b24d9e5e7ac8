"""HTTP on its way in and out of the org: sessions, counting, compression, the log of calls, faults on demand.

What the endpoints do is in their modules; which there are is in `server`.
"""

from __future__ import annotations

import gzip
import re
import time
import zlib
from collections import deque
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from . import admin
from .endpoint import Answer, Call, Router
from .errors import ApiError, invalid_session
from .faults import Fault
from .org import Org
from .permissions import User
from .protocol import TRANSPORTS

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

    def __init__(self, org: Org, router: Router) -> None:
        self.org = org
        self.calls: deque[Logged] = deque(maxlen=LOG_LENGTH)
        self.router = router
        self._admin = Router(admin.routes(self))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
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
        # Clients that keep an instance URL with a slash at its end begin every path with two.
        path = "/" + request.scope["raw_path"].decode("ascii").lstrip("/")
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
        if _VERSIONED.search(request.url.path):
            headers["Sforce-Limit-Info"] = self.org.usage.header()
        if content:
            headers.setdefault("Content-Type", "application/json;charset=UTF-8")
        if len(content) > _WORTH_COMPRESSING and "gzip" in request.headers.get("accept-encoding", ""):
            content = gzip.compress(content, compresslevel=1, mtime=0)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        if request.method == "HEAD":
            content = b""
        return replace(answer, body=content, headers=headers)


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
