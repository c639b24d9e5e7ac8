"""The line from our clients to the org and the mailboxes, on which things go wrong at exact calls: a transport.

Calls are numbered from 1, in the order in which they leave, over all runs of one schedule. What an org in trouble
answers is in `far_end`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError
from urllib3.response import HTTPResponse

from tests.faults.far_end import JSON, FarEnd, Trouble, body_of
from tests.faults.far_mailboxes import OF_MAILBOXES, spoilt_by_graph
from tests.faults.inside import URL, Answer, Inside
from tests.faults.kinds import GRAPH, PARTS, Call, told, told_by_graph
from tests.faults.office import URL as OFFICE_URL

Schedule = Mapping[int, str]
"""The number of a call → the kind of fault that it meets."""

UNTOUCHED: Mapping[str, tuple[int, str, str]] = {
    "expired": (401, "INVALID_SESSION_ID", "Session expired or invalid"),
    "unavailable": (503, "SERVER_UNAVAILABLE", "Server unavailable"),
    "busy": (429, "REQUEST_LIMIT_EXCEEDED", "Too many requests"),
    "limit": (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
}
SPOILT = ("forbidden", "hidden", "locked", *PARTS, "failed", "aborted", "unprocessed", "stuck", "gone")
HTML = {"content-type": "text/html"}
INSTEAD = {
    "gateway": Answer(504, HTML, b"<html>Gateway Timeout</html>"),
    "page": Answer(200, HTML, b"<html>Please log in</html>"),
}


def nothing(number: int) -> None:
    """Nobody looks on."""


def unheard(request: requests.PreparedRequest, answer: Answer | None) -> None:
    """Nobody listens."""


class Wire(HTTPAdapter):
    """Carries requests to the org. `before` and `after` each call somebody may look on, a killer for one.

    `heard` is told of each call and of what came back; None: nothing did.
    """

    def __init__(
        self,
        org: Inside,
        schedule: Schedule,
        field: tuple[str, str] | None = None,
        trouble: Trouble | None = None,
    ) -> None:
        super().__init__()
        self.org = FarEnd(org, field, trouble or Trouble())
        self._schedule = schedule
        self.calls: list[Call] = []
        self.met: list[int] = []
        self.before: Callable[[int], None] = nothing
        self.after: Callable[[int], None] = nothing
        self.heard: Callable[[requests.PreparedRequest, Answer | None], None] = unheard

    @property
    def last(self) -> int:
        """The number of the last call that is to meet a fault."""
        return max(self._schedule, default=0)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        where = f"{parts.scheme}://{parts.netloc}"
        assert where in (URL, OFFICE_URL)
        method, body = request.method or "", body_of(request)
        call = (told if where == URL else told_by_graph)(method, parts.path, body)
        self.calls.append(call)
        number = len(self.calls)
        self.before(number)
        if call.path == "token":
            self.org.give_back()
        trouble = self.org.trouble
        late, trouble.late = trouble.late, []
        answer = None
        try:
            answer = self._met(number, call, request)
        finally:
            self.heard(request, answer)
            for one in late:
                self.org.answer(one)
        self.after(number)
        return self._response(request, answer)

    def _met(self, number: int, call: Call, request: requests.PreparedRequest) -> Answer:
        kind = self._schedule.get(number)
        if kind is None or kind not in call.kinds:
            return self.org.answer(request)
        self.met.append(number)
        if kind in UNTOUCHED:
            status, code, text = UNTOUCHED[kind]
            error = [{"errorCode": code, "message": text}], {"error": {"code": code, "message": text}}
            said = orjson.dumps(error[call.path.startswith(GRAPH)])
            return Answer(status, {**JSON, "retry-after": "1"}, said)
        if kind in OF_MAILBOXES:
            return spoilt_by_graph(kind, request, self.org)
        if kind in SPOILT:
            return self.org.spoilt(kind, request)
        return self._faulty(kind, request)

    def _faulty(self, kind: str, request: requests.PreparedRequest) -> Answer:
        """What the line makes of a call and its answer."""
        if kind == "refused":
            refused = NewConnectionError(HTTPConnection("org.example"), "Connection refused")
            raise requests.ConnectionError(MaxRetryError(None, "/", refused), request=request)  # type: ignore[arg-type]
        if kind == "reset":
            raise _cut(request)
        if kind == "late":
            self.org.trouble.late.append(request)
            raise requests.ReadTimeout(request=request)
        answer = self.org.answer(request)
        if kind == "lost":
            raise _cut(request)
        if kind == "dropped":
            raise requests.ReadTimeout(request=request)
        if kind in INSTEAD:
            return INSTEAD[kind]
        if kind == "garbled":
            return Answer(answer.status, answer.headers, answer.body[::-1])
        assert kind == "half", kind
        return Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2])

    def _response(self, request: requests.PreparedRequest, answer: Answer) -> requests.Response:
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
        raw = HTTPResponse(io.BytesIO(answer.body), headers, answer.status, preload_content=False)
        return self.build_response(request, raw)


def _cut(request: requests.PreparedRequest) -> requests.ConnectionError:
    reason = ConnectionResetError(104, "Connection reset by peer")
    return requests.ConnectionError(ProtocolError("Connection aborted.", reason), request=request)
