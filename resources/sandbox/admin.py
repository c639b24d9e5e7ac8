"""The administrator's door: what tests and demos do to the org. Its calls are neither counted nor logged."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .endpoint import Answer, Call, Handler, Route
from .errors import ApiError, invalid_session
from .faults import Fault
from .people import INTEGRATION, PROFILES

if TYPE_CHECKING:
    from .gateway import Gateway

Body = dict[str, Any]


class _Doors:
    """What each door does; the body of a call in, the body of its answer out."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._org = gateway.org

    def seed(self, body: Body) -> object:
        return {"ids": self._org.seed(str(body["sobject"]), _rows(body))}

    def permissions(self, body: Body) -> object:
        """`{"sobject", "field"?, "rights": {"read": false}, "profile"?}`; `{"reset": true}` allows everything."""
        if body.get("reset"):
            self._org.permissions.reset()
        else:
            profile = body.get("profile", PROFILES[INTEGRATION])
            self._org.permissions.change(profile, body["sobject"], body["rights"], body.get("field"))
        return {}

    def limits(self, body: Body) -> object:
        self._org.usage.reset(daily=body.get("daily"), used=body.get("used"))
        return {"daily": self._org.usage.daily, "used": self._org.usage.used()}

    def expire(self, body: Body) -> object:
        self._org.sessions.expire_all()
        return {}

    def session(self, body: Body) -> object:
        user = self._org.user_named(str(body["username"]))
        if user is None:
            raise ValueError(f"no active user {body['username']!r}")
        return {"access_token": self._org.sessions.access_token(user.id), "user_id": user.id}

    def keys(self, body: Body) -> object:
        self._org.trust(str(body["public_key"]))
        return {}

    def clock(self, body: Body) -> object:
        self._org.advance(float(body["seconds"]))
        return {"now": self._org.now()}

    def set_faults(self, body: Body) -> object:
        self._org.faults.set([Fault.of(rule) for rule in body["rules"]])
        return {}

    def faults(self, call: Call) -> Answer:
        return Answer(body={"rules": [asdict(rule) for rule in self._org.faults.rules()]})

    def calls(self, call: Call) -> Answer:
        return Answer(body={"calls": [asdict(logged) for logged in list(self._gateway.calls)]})

    def forget_calls(self, call: Call) -> Answer:
        self._gateway.calls.clear()
        return Answer(204)


def routes(gateway: Gateway) -> list[Route]:
    """The doors, each open only to who has the org's admin token."""
    doors = _Doors(gateway)
    return [
        _door("seed", {"POST": _posted(doors.seed)}),
        _door("permissions", {"POST": _posted(doors.permissions)}),
        _door("limits", {"POST": _posted(doors.limits)}),
        _door("sessions/expire", {"POST": _posted(doors.expire)}),
        _door("sessions", {"POST": _posted(doors.session)}),
        _door("keys", {"POST": _posted(doors.keys)}),
        _door("clock", {"POST": _posted(doors.clock)}),
        _door("faults", {"GET": doors.faults, "POST": _posted(doors.set_faults)}),
        _door("calls", {"GET": doors.calls, "DELETE": doors.forget_calls}),
    ]


def _door(path: str, handlers: Mapping[str, Handler]) -> Route:
    return Route(f"/sandbox/{path}", {name: _guarded(handler) for name, handler in handlers.items()}, open_to_all=True)


def _guarded(handler: Handler) -> Handler:
    def guarded(call: Call) -> Answer:
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(token.encode(), call.org.identity.admin_token.encode()):
            raise invalid_session()
        return handler(call)

    return guarded


def _posted(action: Callable[[Body], object]) -> Handler:
    def handler(call: Call) -> Answer:
        try:
            return Answer(body=action(call.json_object()))
        except (KeyError, TypeError, ValueError) as error:
            raise ApiError(400, "INVALID_INPUT", f"{type(error).__name__}: {error}") from error

    return handler


def _rows(body: Body) -> list[Body]:
    """The rows, given as `rows` or as `columns` of equal length."""
    columns = body.get("columns")
    if columns is None:
        return list(body["rows"])
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
