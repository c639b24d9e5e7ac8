"""Up to 25 calls in one, where a later one may use what an earlier one answered; counted as one call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from .circumstances import duplicates_as, spoken_in
from .endpoint import Answer, Call, Route, data
from .errors import ApiError
from .refusal import flag

if TYPE_CHECKING:
    from .org import Org

LIMIT = 25
LIMIT_OF_QUERIES = 5
INHERITED = ("accept", "authorization", "content-type")
"""Headers that a subrequest has of the call, and may not have of its own; of the call's others it has none."""

_QUERY = re.compile(r"/services/data/v\d+\.0/(query(All)?|composite/sobjects)(/|\?|$)", re.IGNORECASE)
_REFERENCE = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])*)\}")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."


def routes(org: Org) -> list[Route]:
    return [data("composite", {"POST": _composite})]


class _Undo(Exception):
    """Nothing of this call may stay."""


def _composite(call: Call) -> Answer:
    body = call.json_object()
    requests = body.get("compositeRequest")
    if not isinstance(requests, list) or not requests:
        raise ApiError(400, "JSON_PARSER_ERROR", "The request must have a list named compositeRequest")
    if len(requests) > LIMIT:
        raise ApiError(400, "LIMIT_EXCEEDED", f"Composite request limit of {LIMIT} subrequests exceeded")
    if sum(bool(_QUERY.match(str(one.get("url", "")))) for one in requests if isinstance(one, dict)) > LIMIT_OF_QUERIES:
        # the documentation has the limit; the text is ours
        message = f"Composite request limit of {LIMIT_OF_QUERIES} query and sObject Collections subrequests exceeded"
        raise ApiError(400, "LIMIT_EXCEEDED", message)
    if any(name in INHERITED for request in requests for name in _headers_of(request)):
        # that it is refused is documented; the text is ours
        raise ApiError(400, "INVALID_INPUT", f"A subrequest must not have one of the headers {', '.join(INHERITED)}")
    if flag(body, "allOrNone"):
        return _answer(run_together(call, requests)[0])
    answers: dict[str, dict[str, Any]] = {}
    _run_all(call, requests, answers, stop_at_error=False)
    return _answer(answers)


def run_together(call: Call, requests: list[Any]) -> tuple[dict[str, dict[str, Any]], bool]:
    """The answers of all requests by their names, and whether all succeeded; if not, nothing of them stays."""
    answers: dict[str, dict[str, Any]] = {}
    try:
        with call.org.store.write():
            if not _run_all(call, requests, answers, stop_at_error=True):
                raise _Undo
    except _Undo:
        return halted(requests, answers), False
    return answers, True


def _answer(answers: Mapping[str, dict[str, Any]]) -> Answer:
    return Answer(body={"compositeResponse": list(answers.values())})


def _run_all(call: Call, requests: list[Any], answers: dict[str, dict[str, Any]], *, stop_at_error: bool) -> bool:
    for request in requests:
        reference = _name_of(request, answers)
        try:
            answer = _run(call, _resolved(request, answers))
        except ApiError as error:
            answer = Answer(error.status, error.body())
        answers[reference] = _shown(reference, answer)
        if stop_at_error and answer.status >= 400:
            return False
    return True


def _name_of(request: Any, answers: Mapping[str, object]) -> str:
    name = request.get("referenceId") if isinstance(request, dict) else None
    if not isinstance(name, str) or not re.fullmatch(r"\w+", name):
        raise ApiError(
            400, "INVALID_INPUT", "Every subrequest must have a referenceId of letters, digits and underscores"
        )
    if name in answers:
        raise ApiError(400, "INVALID_INPUT", f"referenceId {name} is used twice")
    return name


def _run(call: Call, request: Mapping[str, Any]) -> Answer:
    method, (path, _, query) = str(request.get("method", "")).upper(), str(request.get("url", "")).partition("?")
    if re.search(r"/composite(/graph|/batch)?/?$|^/services/data/v\d\d\.0/jobs/", path, re.IGNORECASE):
        # neither is among the resources that the documentation lists; the text is ours
        raise ApiError(400, "INVALID_INPUT", "A composite call cannot hold another one, or one about a job")
    route, params = call.router.find(method, path)
    headers = _headers_of(request) | {name: value for name, value in call.headers.items() if name in INHERITED}
    body = orjson.dumps(request["body"]) if request.get("body") is not None else b""
    inner = replace(
        call, method=method, path=path, params=params, query=dict(parse_qsl(query)), headers=headers, body=body
    )
    with spoken_in(inner.version), duplicates_as(headers.get("sforce-duplicate-rule-header", "allowSave=false")):
        return route.handler(method)(inner)


def _headers_of(request: Any) -> dict[str, str]:
    told = request.get("httpHeaders") if isinstance(request, dict) else None
    return {str(name).lower(): str(value) for name, value in (told or {}).items()}


def _resolved(value: Any, answers: Mapping[str, dict[str, Any]]) -> Any:
    """The same request with every `@{name.path}` replaced by what the call of that name answered."""
    if isinstance(value, dict):
        return {key: _resolved(inner, answers) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner, answers) for inner in value]
    if not isinstance(value, str):
        return value
    return _REFERENCE.sub(lambda match: str(_look_up(match, answers)), value)


def _look_up(match: re.Match[str], answers: Mapping[str, dict[str, Any]]) -> Any:
    found: Any = answers.get(match[1], {}).get("body")
    for name, index in _STEP.findall(match[2]):
        if name and isinstance(found, dict) and name in found:
            found = found[name]
        elif index and isinstance(found, list) and int(index) < len(found):
            found = found[int(index)]
        else:
            message = f"Invalid reference specified. No value for {match[0][2:-1]} found in {match[1]}"
            raise ApiError(400, "PROCESSING_HALTED", message)
    if found is None:
        raise ApiError(400, "PROCESSING_HALTED", f"Invalid reference specified. No value for {match[1]} found")
    return found


def _shown(reference: str, answer: Answer) -> dict[str, Any]:
    body = orjson.loads(answer.body) if isinstance(answer.body, bytes) else answer.body
    return {
        "body": body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": reference,
    }


def halted(requests: list[Any], answers: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The failed call with its own error; every other with PROCESSING_HALTED."""
    halted = Answer(400, [{"errorCode": "PROCESSING_HALTED", "message": _HALTED}])
    shown: dict[str, dict[str, Any]] = {}
    for request in requests:
        name = request.get("referenceId", "") if isinstance(request, dict) else ""
        own = answers.get(name)
        shown[name] = own if own and own["httpStatusCode"] >= 400 else _shown(name, halted)
    return shown
