"""HTTP on its way in and out: tokens, batches, the log of calls, faults on demand, the service's clock in `Date`."""

from __future__ import annotations

import asyncio
import hmac
import time
import uuid
from dataclasses import replace
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from . import batch, doors, routes
from .answer import JSON, Answer, Asked, Refusal, answer_of_refusal
from .faults import EFFECTS, Fault
from .history import Logged

if TYPE_CHECKING:
    from .service import Service

ADMIN, VERSION, TOKEN = "/admin/", "/v1.0/", "/oauth2/v2.0/token"
LARGEST_BODY = 4 * 1024 * 1024

Parts = list[tuple[str, str, int]]


class Application:
    """The ASGI application of one service, wherever it is mounted."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if path.startswith(ADMIN):
            answer = await run_in_threadpool(self._of_door, request, path.removeprefix(ADMIN), body)
            await self._send(answer, scope, receive, send)
            return
        await self._serve(request, path, body, receive, send)

    async def _serve(self, request: Request, path: str, body: bytes, receive: Receive, send: Send) -> None:
        started, scope, parts = time.monotonic(), request.scope, Parts()
        fault = self._service.faults.meet(request.method, path)
        if fault is not None and fault.action == "delay":
            await asyncio.sleep(fault.seconds)
        answer: Answer | None = None
        if fault is None or fault.action != "cut":
            answer = await run_in_threadpool(self._answer, _asked(request, path, body), path, fault, parts)
        if fault is not None and fault.action == "lost":
            answer = None
        self._log(request, path, answer.status if answer else 0, time.monotonic() - started, fault, parts)
        if answer is None or (fault is not None and fault.action == "truncate"):
            await self._break_off(answer or Answer(), scope, receive, send)
        else:
            await self._send(answer, scope, receive, send)

    def _answer(self, asked: Asked, path: str, fault: Fault | None, parts: Parts) -> Answer:
        try:
            if path.endswith(TOKEN):
                return _instead(fault) or self._token(asked, path)
            self._service.identity.check(asked.headers)
            if not path.startswith(VERSION):
                raise Refusal(400, "BadRequest", f"Invalid version: {path.split('/')[1]}")
            if len(asked.body) > LARGEST_BODY:
                raise Refusal(413, "RequestEntityTooLarge", "The request is larger than 4 MB.")
            if asked.path == ("$batch",) and asked.method == "POST":
                return _instead(fault) or batch.answered(asked, lambda part: self._part(part, parts))
            return self._single(asked, fault)
        except Refusal as refusal:
            return answer_of_refusal(refusal, self._service.now())

    def _part(self, asked: Asked, parts: Parts) -> Answer:
        path = VERSION + "/".join(asked.path)
        fault = self._service.faults.meet(asked.method, path, part=True)
        try:
            answer = self._single(asked, fault)
        except Refusal as refusal:
            answer = answer_of_refusal(refusal, self._service.now())
        parts.append((asked.method, path, answer.status))
        return answer

    def _single(self, asked: Asked, fault: Fault | None) -> Answer:
        if (instead := _instead(fault)) is not None:
            return instead
        if fault is not None and fault.action == "meanwhile":
            doors.answered(self._service, "POST", fault.door, orjson.dumps(fault.with_body))
        replayed = fault is not None and fault.action == "replay"
        return routes.answered(self._service, replace(asked, replay=True) if replayed else asked)

    def _token(self, asked: Asked, path: str) -> Answer:
        if asked.method != "POST":
            raise Refusal(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
        return self._service.identity.token(path.removesuffix(TOKEN).strip("/"), asked.body)

    def _of_door(self, request: Request, path: str, body: bytes) -> Answer:
        try:
            scheme, _, given = request.headers.get("authorization", "").partition(" ")
            wanted = self._service.admin_token.encode()
            if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), wanted):
                raise Refusal(401, "InvalidAuthenticationToken", "the administrator's token is missing or wrong")
            return doors.answered(self._service, request.method, path, body)
        except Refusal as refusal:
            return answer_of_refusal(refusal)

    def _headers(self, answer: Answer) -> dict[str, str]:
        moment = format_datetime(self._service.now(), usegmt=True)
        kind = {"Content-Type": JSON} if answer.body else {}
        return {**kind, "Date": moment, "request-id": str(uuid.uuid4()), "OData-Version": "4.0", **answer.headers}

    async def _send(self, answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
        await Response(answer.body, answer.status, self._headers(answer))(scope, receive, send)

    async def _break_off(self, answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
        """Half of the answer arrives under a length that promises it all, or none of it; then the connection ends."""
        abort = (scope.get("extensions") or {}).get("abort")
        if not answer.body and abort is not None:
            abort()
            await receive()  # until the connection is gone: a call that ends earlier is answered with a 500
            return
        headers = {**self._headers(answer), "Content-Length": str(len(answer.body) or 1)}
        listed = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": listed})
        # a server closes the connection of an answer that ends before its length is reached
        await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
        if abort is not None:
            abort()
            await receive()

    def _log(self, request: Request, path: str, status: int, seconds: float, fault: Fault | None, parts: Parts) -> None:
        query = request.scope["query_string"].decode("latin-1")
        met = fault.action if fault else ""
        self._service.history.add(Logged(request.method, path, query, status, round(seconds, 4), met, tuple(parts)))


def _asked(request: Request, path: str, body: bytes) -> Asked:
    host = request.headers.get("host", "localhost")
    base = f"{request.scope['scheme']}://{host}{request.scope.get('root_path', '')}"
    segments = tuple(unquote(segment) for segment in path.removeprefix(VERSION).strip("/").split("/"))
    query = dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Asked(request.method, segments, query, headers, body, base)


def _instead(fault: Fault | None) -> Answer | None:
    """What a fault answers instead of the service."""
    if fault is None or fault.action in EFFECTS:
        return None
    return Answer(fault.status, fault.body.encode(), fault.headers)
