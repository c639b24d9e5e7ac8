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

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from . import admin
from .circumstances import duplicates_as, spoken_in
from .endpoint import Answer, Call, Router
from .errors import ApiError, invalid_session
from .fault_answers import said
from .fault_effects import Away, Reply, cut, send_half, worked_off
from .faults import Fault
from .formats import check_format
from .media_types import refuse_unsupported
from .org import Org
from .permissions import User
from .request_size import too_long

LOG_LENGTH = 10_000
_VERSIONED = re.compile(r"/services/data/v\d", re.IGNORECASE)
_WORTH_COMPRESSING = 1024
_NOBODY = User(id="", username="", profile="", denied=frozenset())


@dataclass(frozen=True, slots=True)
class Logged:
    """One call that was answered, or whose connection was closed (status 0); `fault` is the name of one it met."""

    method: str
    path: str
    query: str
    status: int
    seconds: float
    fault: str = ""


async def _stay(_: float) -> None:
    """An org that nobody can make go away."""


class Gateway:
    """The ASGI application of one org."""

    def __init__(self, org: Org, router: Router, away: Away = _stay) -> None:
        self.org = org
        self._away = away
        self.calls: deque[Logged] = deque(maxlen=LOG_LENGTH)
        self.router = router
        self._admin = Router(admin.routes(self))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        reply = await run_in_threadpool(self._answer, request, body)
        answer, fault = reply.answer, reply.fault
        if answer is None:
            if fault is not None:
                await cut(scope, receive, fault, self._away)
        elif fault is not None and fault.action == "truncate":
            await send_half(scope, receive, send, answer)
        else:
            await Response(answer.content(), answer.status, dict(answer.headers))(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> Reply:
        """The answer to a request, and the fault that it meets."""
        started = time.monotonic()
        # Clients that keep an instance URL with a slash at its end begin every path with two.
        path = "/" + request.scope["raw_path"].decode("ascii").lstrip("/")
        if path.startswith("/sandbox/"):
            return Reply(self._finish(request, self._handle(self._admin, request, path, body)))
        refused = too_long(request.scope)
        if refused is not None:
            self._log(request, path, refused.status, started)
            return Reply(refused)
        self.org.keep_house()
        fault = self.org.faults.meet(request.method, path.rstrip("/"))
        answer = self._faulty(fault, request, path, body) if fault else self._handle(self.router, request, path, body)
        status = 0 if answer is None else answer.status
        self._log(request, path, status, started, fault.name if fault else "")
        return Reply(None if answer is None else self._finish(request, answer), fault)

    def _log(self, request: Request, path: str, status: int, started: float, fault: str = "") -> None:
        query = request.scope["query_string"].decode("ascii")
        seconds = round(time.monotonic() - started, 4)
        self.calls.append(Logged(request.method, path, query, status, seconds, fault))

    def _faulty(self, fault: Fault, request: Request, path: str, body: bytes) -> Answer | None:
        if fault.action == "status":
            return said(fault, path, {name.lower(): value for name, value in request.headers.items()})
        try:
            return worked_off(
                self.org, fault, lambda: self._handle(self.router, request, path, body), self._admin_doors
            )
        except ApiError as error:
            fault.problem = str(error)
            message = f"The fault {fault.name!r} could not be carried out: {error}"
            return Answer(500, [{"errorCode": "UNKNOWN_EXCEPTION", "message": message}])

    def _admin_doors(self, door: str, body: object) -> None:
        """What the administrator's door of that name does with the body; ApiError if it refuses."""
        path = f"/sandbox/{door}"
        route, params = self._admin.find("POST", path)
        headers = {"authorization": f"Bearer {self.org.identity.admin_token}"}
        route.handler("POST")(
            Call(self.org, _NOBODY, "POST", path, params, {}, headers, orjson.dumps(body), self._admin)
        )

    def _handle(self, router: Router, request: Request, path: str, body: bytes) -> Answer:
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            route, params = router.find(request.method, path)
            check_format(request.method, path, headers)
            user = _NOBODY if route.open_to_all else self.org.user(_bearer(headers))
            if route.counted and not route.open_to_all:
                self.org.usage.take()
            handler = route.handler(request.method)
            if body and route.takes:
                refuse_unsupported(headers, route.takes)
            unpacked = _unpacked(body, headers.get("content-encoding", ""))
            call = Call(
                self.org, user, request.method, path, params, dict(request.query_params), headers, unpacked, router
            )
            with spoken_in(call.version), duplicates_as(headers.get("sforce-duplicate-rule-header", "")):
                return handler(call)
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
