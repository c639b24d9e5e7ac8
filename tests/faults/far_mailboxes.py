"""What Graph alone answers in trouble: places of readers that hold no more, and single writes of a batch."""

from __future__ import annotations

from typing import Any

import orjson
import requests

from tests.faults.far_end import JSON, FarEnd, body_of
from tests.faults.inside import Answer

OF_MAILBOXES = ("forgotten", "throttled", "unclear")


def spoilt_by_graph(kind: str, request: requests.PreparedRequest, end: FarEnd) -> Answer:
    """Graph answers, but one thing is not as usual."""
    if kind == "forgotten":
        end.forget_places()
        return end.answer(request)
    first, *others = orjson.loads(body_of(request))["requests"]
    if kind == "throttled":
        done = _done(end.answer(request, orjson.dumps({"requests": others}))) if others else []
        return _answer([_part(first, 429, "TooManyRequests"), *done])
    done = _done(end.answer(request))
    return _answer([_part(first, 504, "GatewayTimeout"), *(each for each in done if each["id"] != first["id"])])


def _done(answer: Answer) -> list[Any]:
    assert answer.status == 200
    return list(orjson.loads(answer.body)["responses"])


def _part(asked: Any, status: int, code: str) -> dict[str, Any]:
    headers = {"Retry-After": "1"} if status == 429 else {}
    return {"id": asked["id"], "status": status, "headers": headers, "body": {"error": {"code": code, "message": ""}}}


def _answer(parts: list[dict[str, Any]]) -> Answer:
    return Answer(200, JSON, orjson.dumps({"responses": parts}))
