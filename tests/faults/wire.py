"""The line between our client and the org, on which things go wrong at exact calls: a transport of requests.

Calls are numbered from 1, in the order in which they leave, over all runs of one schedule.
"""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError
from urllib3.response import HTTPResponse

from tests.faults.inside import URL, Answer, Inside
from tests.faults.kinds import Call, told

STUCK = 4
"""So many questions in a row are told that a stuck job is in progress."""

LOCK = "UNABLE_TO_LOCK_ROW"
LOCK_TEXT = "unable to obtain exclusive access to this record"

Schedule = Mapping[int, str]
"""The number of a call → the kind of fault that it meets."""

UNTOUCHED: Mapping[str, tuple[int, str, str]] = {
    "expired": (401, "INVALID_SESSION_ID", "Session expired or invalid"),
    "unavailable": (503, "SERVER_UNAVAILABLE", "Server unavailable"),
    "limit": (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
}


def nothing(number: int) -> None:
    """Nobody looks on."""


class Wire(HTTPAdapter):
    """Carries requests to the org. `before` and `after` each call somebody may look on, a killer for one."""

    def __init__(self, org: Inside, schedule: Schedule) -> None:
        super().__init__()
        self._org = org
        self._schedule = schedule
        self.calls: list[Call] = []
        self.met: list[int] = []
        self.before: Callable[[int], None] = nothing
        self.after: Callable[[int], None] = nothing
        self._stuck: dict[str, int] = {}
        self._locked: dict[str, list[str]] = {}

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        assert f"{parts.scheme}://{parts.netloc}" == URL
        call = told(request.method or "", parts.path)
        self.calls.append(call)
        number = len(self.calls)
        self.before(number)
        kind = self._schedule.get(number)
        if kind is not None and kind in call.kinds:
            self.met.append(number)
            response = self._faulty(kind, request)
        else:
            response = self._response(request, self._answer(request))
        self.after(number)
        return response

    def _faulty(self, kind: str, request: requests.PreparedRequest) -> requests.Response:
        if kind == "refused":
            refused = NewConnectionError(HTTPConnection("org.example"), "Connection refused")
            raise requests.ConnectionError(MaxRetryError(None, "/", refused), request=request)  # type: ignore[arg-type]
        if kind in UNTOUCHED:
            status, code, text = UNTOUCHED[kind]
            headers = {"content-type": "application/json", "retry-after": "1"}
            return self._response(
                request, Answer(status, headers, orjson.dumps([{"errorCode": code, "message": text}]))
            )
        if kind == "reset":
            raise _cut(request)
        if kind in ("locked", "failed", "aborted", "unprocessed", "stuck"):
            return self._response(request, self._spoilt(kind, request))
        answer = self._answer(request)
        if kind == "lost":
            raise _cut(request)
        if kind == "dropped":
            raise requests.ReadTimeout(request=request)
        if kind == "gateway":
            return self._response(request, Answer(504, {"content-type": "text/html"}, b"<html>Gateway Timeout</html>"))
        if kind == "page":
            return self._response(request, Answer(200, {"content-type": "text/html"}, b"<html>Please log in</html>"))
        assert kind == "half", kind
        return self._response(request, Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2]))

    def _spoilt(self, kind: str, request: requests.PreparedRequest) -> Answer:
        """The org answers, but rows are locked or the job does not go its usual way."""
        job_id = _job_of(request)
        if kind == "locked" and job_id is None:
            return self._first_row_locked(request)
        assert job_id is not None
        if kind == "locked":
            header, first, *others = list(csv.reader(io.StringIO(_body(request).decode())))
            self._locked[job_id] = first
            return self._answer(request, _csv([header, *others]))
        if kind == "stuck":
            self._stuck[job_id] = STUCK
            return self._answer(request)
        if orjson.loads(_body(request))["state"] != "UploadComplete":
            return self._answer(request)
        self._org.end_half_way(job_id, {"failed": "Failed", "aborted": "Aborted", "unprocessed": "JobComplete"}[kind])
        return Answer(200, {"content-type": "application/json"}, b"{}")

    def _first_row_locked(self, request: requests.PreparedRequest) -> Answer:
        asked = orjson.loads(_body(request))
        first, *others = asked["records"]
        refused = {"success": False, "errors": [{"statusCode": LOCK, "message": LOCK_TEXT, "fields": []}]}
        if "id" in first or "Id" in first:
            refused["id"] = first.get("Id") or first.get("id")
        done: list[Any] = []
        if others:
            answer = self._answer(request, orjson.dumps({**asked, "records": others}))
            assert answer.status == 200
            done = orjson.loads(answer.body)
        return Answer(200, {"content-type": "application/json"}, orjson.dumps([refused, *done]))

    def _answer(self, request: requests.PreparedRequest, body: bytes | None = None) -> Answer:
        """The org's own answer, with what earlier faults made of a job."""
        headers = {name: value for name, value in request.headers.items() if name.lower() != "accept-encoding"}
        content = _body(request) if body is None else body
        answer = self._org.answer(str(request.method), str(request.url), headers, content)
        job_id = _job_of(request)
        if job_id is None or request.method != "GET":
            return answer
        asked_how = request.path_url.rstrip("/").endswith(job_id)
        while asked_how and orjson.loads(answer.body).get("state") in ("UploadComplete", "InProgress"):
            time.sleep(0.0005)  # so that each undisturbed job takes one question, and calls have the same numbers
            answer = self._org.answer(str(request.method), str(request.url), headers, content)
        if asked_how and self._stuck.get(job_id):
            self._stuck[job_id] -= 1
            return Answer(200, answer.headers, orjson.dumps({**orjson.loads(answer.body), "state": "InProgress"}))
        if job_id in self._locked and "failedResults" in request.path_url:
            row = ["", f"{LOCK}:{LOCK_TEXT}:--", *self._locked[job_id]]
            return Answer(200, answer.headers, answer.body + _csv([row]))
        return answer

    def _response(self, request: requests.PreparedRequest, answer: Answer) -> requests.Response:
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
        raw = HTTPResponse(io.BytesIO(answer.body), headers, answer.status, preload_content=False)
        return self.build_response(request, raw)


def _cut(request: requests.PreparedRequest) -> requests.ConnectionError:
    reason = ConnectionResetError(104, "Connection reset by peer")
    return requests.ConnectionError(ProtocolError("Connection aborted.", reason), request=request)


def _body(request: requests.PreparedRequest) -> bytes:
    body = request.body or b""
    assert isinstance(body, bytes | str)
    return body.encode() if isinstance(body, str) else body


def _job_of(request: requests.PreparedRequest) -> str | None:
    found = re.search(r"jobs/ingest/(\w+)", request.url or "")
    return found[1] if found else None


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
