"""What is asked and what goes back: a call as the routes see it, an answer, and a refusal in Graph's own words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` goes out as it is."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """Graph does not do what it was asked for."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Asked:
    """A call of a client: `path` below the version, in segments; `base` is the address of the service.

    `replay`: a page of a delta begins with the last change of the page before.
    """

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str
    replay: bool = False

    def content(self) -> Row:
        """The JSON object of the body; Refusal if it is none."""
        try:
            content = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            content = None
        if not isinstance(content, dict):
            raise Refusal(400, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is"
                          " set and payload is of valid JSON format.")  # fmt: skip
        return content


def answer_of(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, orjson.dumps(content), headers or {})


def answer_of_refusal(refusal: Refusal, now: datetime | None = None) -> Answer:
    request = str(uuid.uuid4())
    date = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S")
    inner = {"date": date, "request-id": request, "client-request-id": request}
    error = {"code": refusal.code, "message": str(refusal), "innerError": inner}
    return answer_of({"error": error}, refusal.status, refusal.headers)


def bad_request(message: str, code: str = "BadRequest") -> Refusal:
    return Refusal(400, code, message)


def not_found() -> Refusal:
    return Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")
