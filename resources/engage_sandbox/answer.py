"""What goes back to a client: an answer, or a refusal in the service's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` goes out as it is."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """The service does not do what it was asked for."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def answer_of(content: object, status: int = 200) -> Answer:
    return Answer(status, orjson.dumps(content))


def answer_of_refusal(refusal: Refusal) -> Answer:
    headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}
    return Answer(refusal.status, orjson.dumps({"error": {"code": refusal.code, "message": str(refusal)}}), headers)
