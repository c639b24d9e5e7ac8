"""One call to the org: how it comes in (`Call`), goes out (`Answer`) and finds its handler (`Route`, `Router`).

A module with endpoints exposes `routes(org) -> list[Route]`; handlers are plain functions that may block: they run in
a worker thread, already authenticated. HTTP itself, compression and counting are in `server`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import orjson

from .errors import ApiError, not_found
from .media_types import JSON

if TYPE_CHECKING:
    from .org import Org
    from .permissions import User

NEWEST_VERSION = 66
OLDEST_VERSION = 31
_SINCE = {
    "composite/graph": 50,
    "composite/sobjects": 42,
    "composite/batch": 34,
    "composite/tree": 34,
    "composite": 38,
    "jobs/query": 47,
    "jobs/ingest": 41,
    "limits/recordCount": 40,
}
"""The API versions with which resources came that the oldest one has not; those below them came along."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as a handler sees it: header names in lower case, path parameters decoded, the body unpacked.

    `router` finds the handlers of other calls, for a call that is made of several.
    """

    org: Org
    user: User
    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    router: Router = field(default_factory=lambda: Router(()), repr=False)

    @property
    def version(self) -> str:
        """The API version of the path, such as `66.0`."""
        return self.params.get("version", f"{NEWEST_VERSION}.0")

    def url(self, rest: str) -> str:
        """The path of another resource in the same API version."""
        return f"/services/data/v{self.version}/{rest}"

    def json(self) -> Any:
        """The body as JSON; JSON_PARSER_ERROR if it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise ApiError(
                400, "JSON_PARSER_ERROR", f"{error.msg} at [line:{error.lineno}, column:{error.colno}]"
            ) from error

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object; JSON_PARSER_ERROR if it is anything else."""
        body = self.json()
        if not isinstance(body, dict):
            raise ApiError(
                400, "JSON_PARSER_ERROR", "Cannot deserialize instance of an object: the body must be a JSON object"
            )
        return body


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers: `body` becomes JSON unless it is bytes, which go out as they are; None is no body."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """Handlers by method for one path; `{name}` stands for one segment, `{name:rest}` for all that is left.

    `takes`: the media types that a body may have; none if that is not looked at.
    """

    template: str
    handlers: Mapping[str, Handler]
    open_to_all: bool = False
    counted: bool = True
    takes: tuple[str, ...] = ()
    since: int = OLDEST_VERSION
    pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", _pattern(self.template))

    def handler(self, method: str) -> Handler:
        """The handler for that method; METHOD_NOT_ALLOWED if there is none."""
        found = self.handlers.get(method) or (self.handlers.get("GET") if method == "HEAD" else None)
        if found is None:
            allowed = ",".join(sorted({*self.handlers, *(["HEAD"] if "GET" in self.handlers else [])}))
            raise ApiError(405, "METHOD_NOT_ALLOWED", f"HTTP Method '{method}' not allowed. Allowed are {allowed}")
        return found


def data(path: str, handlers: Mapping[str, Handler], takes: tuple[str, ...] = (JSON,)) -> Route:
    """A route below /services/data/vNN.N/."""
    since = next((first for name, first in _SINCE.items() if f"{path}/".startswith(f"{name}/")), OLDEST_VERSION)
    return Route("/services/data/v{version}/" + path, handlers, since=since, takes=takes)


def is_version(text: str, since: int = OLDEST_VERSION) -> bool:
    """True for an API version, such as `66.0`, that there is."""
    return re.fullmatch(r"\d\d\.0", text, re.ASCII) is not None and since <= int(text[:2]) <= NEWEST_VERSION


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+(?::rest)?\})", template.rstrip("/"))
    return re.compile("".join(map(_part, parts)) + "/?", re.IGNORECASE)


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name = part[1:-1]
    if name == "version":
        return r"(?P<version>\d\d\.0)"
    return f"(?P<{name.removesuffix(':rest')}>.+)" if name.endswith(":rest") else f"(?P<{name}>[^/]+)"


class Router:
    """Finds the route of a path; letter case and a trailing slash do not matter, earlier routes win.

    Modules may share a path: routes with the same template are one route with the methods of all.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        merged: dict[str, Route] = {}
        for route in routes:
            earlier = merged.get(route.template)
            merged[route.template] = (
                replace(route, handlers={**route.handlers, **earlier.handlers}) if earlier else route
            )
        self.routes = tuple(merged.values())

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route for that path (percent-encoded) and its decoded parameters; NOT_FOUND that says so if there is
        none.
        """
        for route in self.routes:
            match = route.pattern.fullmatch(path)
            if match:
                params = {name: unquote(value) for name, value in match.groupdict().items()}
                if not is_version(params.get("version", f"{NEWEST_VERSION}.0"), route.since):
                    raise not_found()
                return route, params
        raise not_emulated(method, path)


def not_emulated(method: str, path: str) -> ApiError:
    """The refusal of what a real org may have and this one has not."""
    return not_found(f"The requested resource does not exist ({method} {path} is not emulated by this sandbox)")
