"""Up to 25 calls in one that know nothing of each other; each counts as a call of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from .endpoint import Answer, Call, Route, data
from .errors import ApiError
from .refusal import flag

if TYPE_CHECKING:
    from .org import Org

LIMIT = 25
_HALTED = Answer(412, [{"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request"}])


def routes(org: Org) -> list[Route]:
    return [data("composite/batch", {"POST": _batch})]


def _batch(call: Call) -> Answer:
    body = call.json_object()
    requests = body.get("batchRequests")
    if not isinstance(requests, list) or not all(isinstance(request, dict) for request in requests):
        raise ApiError(400, "JSON_PARSER_ERROR", "The request must have a list of objects named batchRequests")
    if len(requests) > LIMIT:
        raise ApiError(400, "LIMIT_EXCEEDED", f"Batch request limit of {LIMIT} subrequests exceeded")
    halting = flag(body, "haltOnError")
    answers: list[Answer] = []
    for number, request in enumerate(requests):
        if halting and any(answer.status >= 400 for answer in answers):
            answers.append(_HALTED)
            continue
        if number:  # the first is the call itself
            call.org.usage.take()
        answers.append(_run(call, request))
    results = [{"statusCode": answer.status, "result": _shown(answer)} for answer in answers]
    return Answer(body={"hasErrors": any(answer.status >= 400 for answer in answers), "results": results})


def _run(call: Call, request: Mapping[str, Any]) -> Answer:
    method, (path, _, query) = str(request.get("method", "")).upper(), str(request.get("url", "")).partition("?")
    path = path if path.startswith("/services/") else f"/services/data/{path.lstrip('/')}"
    content = request.get("richInput")
    try:
        if re.search(r"/composite/batch|^/services/data/v\d\d\.0/jobs/", path, re.IGNORECASE):
            # neither is among the resources that the documentation lists; the text is ours
            raise ApiError(400, "INVALID_INPUT", "A batch call cannot hold another one, or one about a job")
        route, params = call.router.find(method, path)
        inner = replace(
            call,
            method=method,
            path=path,
            params=params,
            query=dict(parse_qsl(query)),
            body=b"" if content is None else orjson.dumps(content),
        )
        return route.handler(method)(inner)
    except ApiError as error:
        return Answer(error.status, error.body())


def _shown(answer: Answer) -> Any:
    return orjson.loads(answer.body) if isinstance(answer.body, bytes) else answer.body
