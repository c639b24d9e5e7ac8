"""The far end of the line: the org as it answers when rows are locked, jobs go wrong or a right is taken away.

What goes wrong on the line itself is in `wire`.
"""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import requests

from tests.faults.inside import Answer, Inside
from tests.faults.kinds import PARTS

STUCK = 4
"""So many questions in a row are told that a stuck job is in progress."""

LOCK = "UNABLE_TO_LOCK_ROW"
LOCK_TEXT = "unable to obtain exclusive access to this record"
NO_MORE_CALLS = {"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}
GONE = {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
ENDS = {"failed": "Failed", "aborted": "Aborted", "unprocessed": "JobComplete"}
RIGHTS = {"forbidden": {"read": True, "edit": False}, "hidden": {"read": False, "edit": False}}
JSON = {"content-type": "application/json"}


@dataclass
class Trouble:
    """What earlier faults made of rights, jobs and rows, and calls that have not arrived yet."""

    taken: bool = False
    stuck: dict[str, int] = field(default_factory=dict)
    locked: dict[str, list[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    late: list[requests.PreparedRequest] = field(default_factory=list)


class FarEnd:
    """Answers as the org does, with what earlier faults made of it."""

    def __init__(self, org: Inside, field: tuple[str, str] | None, trouble: Trouble) -> None:
        """`field`: the object and the field of it that an administrator may take away."""
        self._org = org
        self._field = field
        self.trouble = trouble

    def answer(self, request: requests.PreparedRequest, body: bytes | None = None) -> Answer:
        """The org's own answer."""
        headers = {name: value for name, value in request.headers.items() if name.lower() != "accept-encoding"}
        content = body_of(request) if body is None else body
        job_id = _job_of(request)
        if job_id in self.trouble.gone:
            return Answer(404, JSON, orjson.dumps([GONE]))
        answer = self._org.answer(str(request.method), str(request.url), headers, content)
        if job_id is None or request.method != "GET":
            return answer
        asked_how = request.path_url.rstrip("/").endswith(job_id)
        while asked_how and orjson.loads(answer.body).get("state") in ("UploadComplete", "InProgress"):
            time.sleep(0.0005)  # so that each undisturbed job takes one question, and calls have the same numbers
            answer = self._org.answer(str(request.method), str(request.url), headers, content)
        if asked_how and self.trouble.stuck.get(job_id):
            self.trouble.stuck[job_id] -= 1
            return Answer(200, answer.headers, orjson.dumps({**orjson.loads(answer.body), "state": "InProgress"}))
        if job_id in self.trouble.locked and "failedResults" in request.path_url:
            row = ["", f"{LOCK}:{LOCK_TEXT}:--", *self.trouble.locked[job_id]]
            return Answer(200, answer.headers, answer.body + _csv([row]))
        return answer

    def forget_places(self) -> None:
        """Graph knows no place of a reader any more."""
        self._org.office.door("expire", what="delta")

    def spoilt(self, kind: str, request: requests.PreparedRequest) -> Answer:
        """The org answers, but a right is gone, rows are locked or the job does not go its usual way."""
        job_id = _job_of(request)
        if kind in RIGHTS:
            self._allow(**RIGHTS[kind])
            return self.answer(request)
        if kind in PARTS:
            return self._parted(request) if kind == "parted" else self._declined(request)
        if job_id is None:
            return self._first_row_locked(request)
        if kind == "locked":
            header, first, *others = list(csv.reader(io.StringIO(body_of(request).decode())))
            self.trouble.locked[job_id] = first
            return self.answer(request, _csv([header, *others]))
        if kind == "stuck":
            self.trouble.stuck[job_id] = STUCK
            return self.answer(request)
        if kind == "gone":
            self._org.until_ended(job_id)
            self.trouble.gone.add(job_id)
            return self.answer(request)
        if orjson.loads(body_of(request))["state"] != "UploadComplete":
            return self.answer(request)
        self._org.end_half_way(job_id, ENDS[kind])
        return Answer(200, JSON, b"{}")

    def _first_row_locked(self, request: requests.PreparedRequest) -> Answer:
        """The first row of the call, or of each of its collections."""
        asked = orjson.loads(body_of(request))
        if "compositeRequest" not in asked:
            done = self._done(request, {**asked, "records": asked["records"][1:]}) if asked["records"][1:] else []
            return Answer(200, JSON, orjson.dumps([_refused(asked["records"][0]), *done]))
        parts = {part["referenceId"]: part for part in asked["compositeRequest"]}
        first = {name: part["body"]["records"].pop(0) for name, part in parts.items()}
        left = [part for part in parts.values() if part["body"]["records"]]
        told = self._done(request, {**asked, "compositeRequest": left})["compositeResponse"] if left else []
        bodies = {one["referenceId"]: one["body"] for one in told}
        return _composite([_part(name, 200, [_refused(row), *bodies.get(name, [])]) for name, row in first.items()])

    def _parted(self, request: requests.PreparedRequest) -> Answer:
        return _composite(self._done(request, orjson.loads(body_of(request)))["compositeResponse"][1:])

    def _declined(self, request: requests.PreparedRequest) -> Answer:
        asked = orjson.loads(body_of(request))
        *others, last = asked["compositeRequest"]
        told = self._done(request, {**asked, "compositeRequest": others})["compositeResponse"]
        return _composite([*told, _part(last["referenceId"], 403, [NO_MORE_CALLS])])

    def _done(self, request: requests.PreparedRequest, asked: Mapping[str, object]) -> Any:
        """What the org answers to the rest of a call."""
        answer = self.answer(request, orjson.dumps(asked))
        assert answer.status == 200
        return orjson.loads(answer.body)

    def _allow(self, *, read: bool, edit: bool) -> None:
        assert self._field is not None
        sobject, field = self._field
        assert self._org.door(
            "permissions", {"sobject": sobject, "field": field, "rights": {"read": read, "edit": edit}}
        )
        self.trouble.taken = not edit

    def give_back(self) -> None:
        """Our user has all rights again."""
        if self.trouble.taken:
            self._allow(read=True, edit=True)


def _refused(row: Mapping[str, object]) -> dict[str, object]:
    """The answer to a row that is locked."""
    named = {"id": row["Id"]} if "Id" in row else {}
    return {**named, "success": False, "errors": [{"statusCode": LOCK, "message": LOCK_TEXT, "fields": []}]}


def _composite(parts: Sequence[object]) -> Answer:
    return Answer(200, JSON, orjson.dumps({"compositeResponse": parts}))


def _part(name: str, status: int, body: Sequence[object]) -> dict[str, object]:
    return {"referenceId": name, "httpStatusCode": status, "httpHeaders": {}, "body": body}


def body_of(request: requests.PreparedRequest) -> bytes:
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
