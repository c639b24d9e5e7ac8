"""The administrator's door: what tests and demos do to the service. Its calls are not logged and meet no fault.

The first line of a door's docstring is what `GET /admin/doors` says of it: its body, and what holds afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from .answer import Answer, Refusal, answer_of
from .faults import KINDS, Fault
from .moments import told

if TYPE_CHECKING:
    from .service import Service

Body = dict[str, Any]


class Doors:
    """One method a door that changes something."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._life = service.life

    def put(self, body: Body) -> object:
        """{collection, rows: [{id, …}]}: the rows are there whole, updated now unless they have an updated_at"""
        self._life.put(body["collection"], body["rows"])
        return {}

    def patch(self, body: Body) -> object:
        """{collection, rows: [{id, …}]}: the told fields of each row are changed, updated now unless that is told"""
        self._life.patch(body["collection"], body["rows"])
        return {}

    def delete(self, body: Body) -> object:
        """{ids}: these profiles are deleted"""
        self._life.delete(body["ids"])
        return {}

    def merge(self, body: Body) -> object:
        """{loser, into}: the profile is deleted in favour of the other"""
        self._life.merge(body["loser"], body["into"])
        return {}

    def disconnect(self, body: Body) -> object:
        """{ids}: these connections ended now"""
        self._life.disconnect(body["ids"])
        return {}

    def reconnect(self, body: Body) -> object:
        """{ids}: these connections are there again"""
        self._life.reconnect(body["ids"])
        return {}

    def clear(self, body: Body) -> object:
        """{}: there are no rows"""
        self._service.store.clear()
        return {}

    def clock(self, body: Body) -> object:
        """{seconds}: the service's clock is that much further on; 0 only tells it"""
        self._service.advance(float(body["seconds"]))
        return {"now": told(self._service.now())}

    def faults(self, body: Body) -> object:
        """{rules: [{path, action, nth?, times?, rate?, seed?, …}]}: these fault rules, and no others"""
        self._service.faults.set([Fault.of(rule) for rule in body["rules"]])
        return {}


def posts(doors: Doors) -> dict[str, Callable[[Body], object]]:
    """What is done by a POST, by its path below /admin/."""
    listed = (
        doors.put,
        doors.patch,
        doors.delete,
        doors.merge,
        doors.disconnect,
        doors.reconnect,
        doors.clear,
        doors.clock,
        doors.faults,
    )
    return {door.__name__: door for door in listed}


def answered(service: Service, method: str, path: str, content: bytes) -> Answer:
    """What the door of that path (below /admin/) answers; Refusal with its reason if it does not open."""
    doors = posts(Doors(service))
    if method == "POST" and path in doors:
        return answer_of(_done(doors[path], content))
    if method == "DELETE" and path == "calls":
        service.calls.clear()
        return answer_of({})
    if method == "GET":
        return answer_of(_told(service, path, doors))
    raise Refusal(404, "not_found", f"no door {path}; there are {', '.join(doors)}")


def _done(door: Callable[[Body], object], content: bytes) -> object:
    try:
        body = orjson.loads(content)
        if not isinstance(body, dict):
            raise ValueError("the body is a JSON object")
        return door(body)
    except KeyError as error:
        raise Refusal(400, "invalid", f"{error.args[0]!r} is missing; asked for: {door.__doc__}") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise Refusal(400, "invalid", f"{error}; asked for: {door.__doc__}") from error


def _told(service: Service, path: str, doors: dict[str, Callable[[Body], object]]) -> object:
    head, _, rest = path.partition("/")
    if path == "doors":
        return {name: door.__doc__ for name, door in doors.items()}
    if path == "faults":
        return {"rules": [asdict(rule) for rule in service.faults.rules()]}
    if path == "faults/names":
        return {name: said for name, (said, _) in KINDS.items()}
    if path == "calls":
        return {"calls": [asdict(call) for call in list(service.calls)]}
    if head in ("profiles", "connections"):
        try:
            return service.life.row(head, rest) if rest else {"rows": service.store.count(head)}
        except ValueError as error:
            raise Refusal(404, "not_found", str(error)) from error
    raise Refusal(404, "not_found", f"nothing is told at {path}")
