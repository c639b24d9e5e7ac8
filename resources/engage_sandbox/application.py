"""HTTP on its way in and out: tokens, the log of calls, faults on demand, the service's clock in `Date`."""

from __future__ import annotations

import asyncio
import hmac
import time
from email.utils import format_datetime
from typing import TYPE_CHECKING

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from . import doors
from .answer import Answer, Refusal, answer_of_refusal
from .faults import EFFECTS, Fault
from .history import Logged
from .pages import page

if TYPE_CHECKING:
    from .service import Service

ADMIN, PAGES = "/admin/", "/v1/"


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
        await self._serve(request, path, scope, receive, send)

    async def _serve(self, request: Request, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.monotonic()
        fault = self._service.faults.meet(path)
        if fault is not None and fault.action == "delay":
            await asyncio.sleep(fault.seconds)
        answer = (
            None if fault and fault.action == "cut" else await run_in_threadpool(self._answer, request, path, fault)
        )
        self._log(request, path, answer.status if answer else 0, time.monotonic() - started, fault)
        if answer is None or (fault is not None and fault.action == "truncate"):
            await self._break_off(answer or Answer(), scope, receive, send)
        else:
            await self._send(answer, scope, receive, send)

    def _answer(self, request: Request, path: str, fault: Fault | None) -> Answer:
        try:
            if fault is not None and fault.action not in EFFECTS:
                return Answer(fault.status, fault.body.encode(), fault.headers)
            if fault is not None and fault.action == "meanwhile":
                doors.answered(self._service, "POST", fault.door, orjson.dumps(fault.with_body))
            answer = self._page(request, path, overlapping=fault is not None and fault.action == "overlap")
        except Refusal as refusal:
            return answer_of_refusal(refusal)
        if fault is not None and fault.action == "same-cursor":
            return _with_cursor(answer, request.query_params.get("cursor"))
        return answer

    def _page(self, request: Request, path: str, *, overlapping: bool) -> Answer:
        _check_token(request, self._service.token)
        if not path.startswith(PAGES):
            raise Refusal(404, "not_found", f"nothing is here; look below {PAGES}")
        if request.method != "GET":
            raise Refusal(405, "method_not_allowed", "only GET is understood")
        return page(self._service.store, path.removeprefix(PAGES), request.query_params, overlapping=overlapping)

    def _of_door(self, request: Request, path: str, body: bytes) -> Answer:
        try:
            _check_token(request, self._service.admin_token)
            return doors.answered(self._service, request.method, path, body)
        except Refusal as refusal:
            return answer_of_refusal(refusal)

    def _headers(self, answer: Answer) -> dict[str, str]:
        moment = format_datetime(self._service.now(), usegmt=True)
        return {"Content-Type": "application/json", "Date": moment, **answer.headers}

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

    def _log(self, request: Request, path: str, status: int, seconds: float, fault: Fault | None) -> None:
        query = request.scope["query_string"].decode("latin-1")
        self._service.calls.append(
            Logged(request.method, path, query, status, round(seconds, 4), fault.action if fault else "")
        )


def _check_token(request: Request, token: str) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Refusal(401, "invalid_token", "the bearer token is missing, wrong or expired")


def _with_cursor(answer: Answer, cursor: str | None) -> Answer:
    content = orjson.loads(answer.body)
    content["next_cursor"] = cursor or content["next_cursor"]
    return Answer(answer.status, orjson.dumps(content), answer.headers)
