"""Many requests in few calls: `$batch` of twenty, for writes with one result a row, and for reads.

Rows of one batch are done in any order, except that two writes to one address keep theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.ports.world import LostAnswer, SystemicError
from resources.graph.answers import Busy, Content
from resources.graph.session import GraphSession

SIZE = 20

UNSENT = 0


@dataclass(frozen=True, slots=True)
class Request:
    """`path` begins with `/`; `match` is the etag that the item must still have."""

    method: str
    path: str
    content: Mapping[str, Any] | None = None
    match: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What Graph said of one request; `status` is 0 where it was not asked."""

    status: int
    content: Content = field(default_factory=dict)
    retry_after: float | None = None

    @property
    def success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """Why not, in Graph's word; blank on success."""
        return "" if self.success else str(self._error.get("code") or ("unsent" if not self.status else self.status))

    @property
    def message(self) -> str:
        return str(self._error.get("message") or "")

    @property
    def may_go_well_later(self) -> bool:
        """It had no effect, and nothing is wrong with it."""
        return self.status in (UNSENT, 429, 503)

    @property
    def unknown(self) -> bool:
        """Graph itself does not tell whether it took effect."""
        return self.status in (500, 502, 504)

    @property
    def _error(self) -> Mapping[str, Any]:
        error = self.content.get("error")
        return error if isinstance(error, Mapping) else {}


class LostRows(LostAnswer):
    """Some writes may or may not have taken effect. `results` has one a row, None for these."""

    def __init__(self, results: Sequence[Result | None]) -> None:
        lost = sum(result is None for result in results)
        super().__init__(f"{lost} of {len(results)} writes to Graph were sent and not answered")
        self.results = list(results)


def written(session: GraphSession, requests: Sequence[Request]) -> list[Result]:
    """One result a row, in the order of the rows; throttled rows are sent again, all others once.

    LostRows if the answer to a batch was lost: its rows are read again before anything is sent. Batches after it, or
    after a SystemicError, are not sent; only a first batch raises that itself.
    """
    results: list[Result | None] = []
    for start in range(0, len(requests), SIZE):
        try:
            results += _settled(session, requests[start : start + SIZE], writing=True)
        except SystemicError:
            if not start:
                raise
            break
        if None in results:
            break
    results += [Result(UNSENT)] * (len(requests) - len(results))
    if None in results:
        raise LostRows(results)
    return [result for result in results if result is not None]


def read(session: GraphSession, requests: Sequence[Request]) -> list[Result]:
    """The same of reads, which are asked again as often as patience allows."""
    results: list[Result] = []
    for start in range(0, len(requests), SIZE):
        part = requests[start : start + SIZE]
        results += [result or Result(504) for result in _settled(session, part, writing=False)]
    return results


def _settled(session: GraphSession, requests: Sequence[Request], *, writing: bool) -> list[Result | None]:
    """What became of at most twenty rows; None where nobody knows."""
    results: list[Result | None] = [Result(UNSENT)] * len(requests)
    open_rows = list(range(len(requests)))
    attempt = 0
    while open_rows:
        try:
            given = _sent(session, [requests[row] for row in open_rows], writing=writing)
        except LostAnswer:
            return [None if row in open_rows else result for row, result in enumerate(results)]
        except Busy:
            if not writing:
                raise
            return results  # the rows still open were throttled, or never sent
        except SystemicError:
            if not writing or len(open_rows) == len(requests):
                raise
            return results  # of the other rows it is known what became of them; the next call says what is wrong
        results = _with(results, dict(zip(open_rows, given, strict=True)), writing=writing)
        open_rows = [row for row, result in zip(open_rows, given, strict=True) if _again(result, writing=writing)]
        if any(result.status == 401 for result in given):
            session.forget_token()
        if not open_rows or not session.pause(attempt, max(result.retry_after or 0 for result in given)):
            break
        attempt += 1
    return results


def _with(results: Sequence[Result | None], given: Mapping[int, Result], *, writing: bool) -> list[Result | None]:
    known = {row: None if writing and result.unknown else result for row, result in given.items()}
    return [known.get(row, result) for row, result in enumerate(results)]


def _again(result: Result, *, writing: bool) -> bool:
    return result.status in (401, 429, 503) or (not writing and result.unknown)


def _sent(session: GraphSession, requests: Sequence[Request], *, writing: bool) -> list[Result]:
    parts = list(_parts(requests))
    _, content = session.post("/$batch", {"requests": parts}, writing=writing)
    given = {str(part.get("id")): part for part in content.get("responses") or [] if isinstance(part, Mapping)}
    if not given:
        refused = Result(400, content)
        return [refused] * len(requests)
    return [_result(given.get(part["id"])) for part in parts]


def _parts(requests: Sequence[Request]) -> Iterator[dict[str, Any]]:
    last: dict[str, str] = {}
    for number, request in enumerate(requests):
        part: dict[str, Any] = {"id": str(number), "method": request.method, "url": request.path}
        headers = dict(request.headers)
        if request.content is not None:
            headers["Content-Type"] = "application/json"
            part["body"] = request.content
        if request.match:
            headers["If-Match"] = request.match
        if headers:
            part["headers"] = headers
        if request.method in ("PATCH", "DELETE"):
            if request.path in last:
                part["dependsOn"] = [last[request.path]]
            last[request.path] = part["id"]
        yield part


def _result(part: Mapping[str, Any] | None) -> Result:
    if part is None:
        return Result(504)
    status = int(part.get("status") or 504)
    headers = {str(name).lower(): value for name, value in _mapping(part.get("headers")).items()}
    asked = str(headers.get("retry-after") or "")
    return Result(status, _mapping(part.get("body")), float(asked) if asked.isdigit() else None)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
