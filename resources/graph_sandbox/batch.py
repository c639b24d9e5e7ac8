"""`$batch`: at most 20 requests in one call, each answered for itself, in any order unless one depends on another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson

from .answer import JSON, Answer, Asked, Row, bad_request

MOST = 20

Answering = Callable[[Asked], Answer]


def answered(asked: Asked, answer: Answering) -> Answer:
    """What the whole call answers; Refusal if it is no batch. `answer` gives the answer of each request."""
    requests = _requests(asked.content())
    given: dict[str, Answer] = {}
    for told in requests:
        name = str(told["id"]).lower()
        depends = [str(each).lower() for each in told.get("dependsOn") or []]
        failed = [each for each in depends if each not in given or given[each].status >= 400]
        given[name] = _failed_dependency() if failed else answer(part_of(asked, told))
    parts = (_told(str(told["id"]), given[str(told["id"]).lower()]) for told in requests)
    return Answer(body=b'{"responses":[' + b",".join(parts) + b"]}")


def part_of(asked: Asked, told: Mapping[str, Any]) -> Asked:
    """The request as if it had been made for itself."""
    url = urlsplit(str(told["url"]))
    path = tuple(unquote(segment) for segment in url.path.removeprefix("/v1.0").strip("/").split("/"))
    headers = {str(k).lower(): str(v) for k, v in (told.get("headers") or {}).items()}
    body = b"" if told.get("body") is None else orjson.dumps(told["body"])
    if body and "content-type" not in headers:
        raise bad_request(f"Write request id : {told['id']} does not contain Content-Type header or body.")
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    inherited = {"authorization": asked.headers.get("authorization", "")}
    return Asked(str(told["method"]).upper(), path, query, {**inherited, **headers}, body, asked.base)


def _requests(content: Row) -> Sequence[Row]:
    requests = content.get("requests")
    if not isinstance(requests, list) or not requests:
        raise bad_request("Invalid batch payload format.")
    if len(requests) > MOST:
        raise bad_request(f"Number of batch request steps exceeds the maximum value of {MOST}.", "MaximumValueExceeded")
    for told in requests:
        if not isinstance(told, Mapping) or not all(isinstance(told.get(n), str) for n in ("id", "method", "url")):
            raise bad_request("Invalid batch payload format.")
    if len({told["id"].lower() for told in requests}) < len(requests):
        raise bad_request("Request Id has been specified more than once.")
    _check_order(requests)
    return requests


def _check_order(requests: Sequence[Row]) -> None:
    before: set[str] = set()
    for told in requests:
        for each in told.get("dependsOn") or []:
            if str(each).lower() not in before:
                raise bad_request(f"Request Id {each} in dependsOn is missing or is not told before {told['id']}.")
        before.add(told["id"].lower())


def _failed_dependency() -> Answer:
    error = {"code": "FailedDependency", "message": "Request was skipped because a request that it depends on failed."}
    return Answer(424, orjson.dumps({"error": error}))


def _told(name: str, answer: Answer) -> bytes:
    headers = {**({"Content-Type": JSON} if answer.body else {}), **answer.headers}
    head = orjson.dumps({"id": name, "status": answer.status, "headers": headers})
    return head[:-1] + b',"body":' + _json(answer) + b"}" if answer.body else head


def _json(answer: Answer) -> bytes:
    """What is no JSON, as a text."""
    try:
        orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return orjson.dumps(answer.body.decode("utf-8", "replace"))
    return answer.body
