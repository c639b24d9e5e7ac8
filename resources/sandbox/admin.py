"""The administrator's door: what tests and demos do to the org from outside. Its calls are neither counted nor logged."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .endpoint import Answer, Call, Route
from .errors import ApiError, invalid_session
from .faults import Fault
from .people import INTEGRATION, PROFILES

if TYPE_CHECKING:
    from .server import Gateway

Body = dict[str, Any]


def routes(gateway: Gateway) -> list[Route]:
    org = gateway.org

    def seed(body: Body) -> object:
        return {"ids": org.seed(str(body["sobject"]), _rows(body))}

    def permit(body: Body) -> object:
        """`{"sobject": …, "field"?: …, "rights": {"read": false}, "profile"?: …}`; `{"reset": true}` allows everything."""
        if body.get("reset"):
            org.permissions.reset()
        else:
            profile = body.get("profile", PROFILES[INTEGRATION])
            org.permissions.change(profile, body["sobject"], body["rights"], body.get("field"))
        return {}

    def limit(body: Body) -> object:
        org.usage.reset(daily=body.get("daily"), used=body.get("used"))
        return {"daily": org.usage.daily, "used": org.usage.used()}

    def expire(body: Body) -> object:
        org.sessions.expire_all()
        return {}

    def trust(body: Body) -> object:
        org.trust(str(body["public_key"]))
        return {}

    def session(body: Body) -> object:
        user = org.user_named(str(body["username"]))
        if user is None:
            raise ValueError(f"no active user {body['username']!r}")
        return {"access_token": org.sessions.access_token(user.id), "user_id": user.id}

    def advance(body: Body) -> object:
        org.advance(float(body["seconds"]))
        return {"now": org.now()}

    def set_faults(body: Body) -> object:
        org.faults.set([Fault(**rule) for rule in body["rules"]])
        return {}

    def faults(call: Call) -> Answer:
        return Answer(body={"rules": [asdict(rule) for rule in org.faults.rules()]})

    def calls(call: Call) -> Answer:
        return Answer(body={"calls": [asdict(logged) for logged in gateway.calls]})

    def forget_calls(call: Call) -> Answer:
        gateway.calls.clear()
        return Answer(204)

    posts: Mapping[str, Callable[[Body], object]] = {
        "seed": seed, "permissions": permit, "limits": limit, "sessions/expire": expire, "sessions": session,
        "keys": trust, "clock": advance,
    }  # fmt: skip
    doors = {path: {"POST": _posted(action)} for path, action in posts.items()}
    doors["faults"] = {"GET": faults, "POST": _posted(set_faults)}
    doors["calls"] = {"GET": calls, "DELETE": forget_calls}
    return [_door(path, handlers) for path, handlers in doors.items()]


def _door(path: str, handlers: Mapping[str, Callable[[Call], Answer]]) -> Route:
    return Route(f"/sandbox/{path}", {method: _guarded(handler) for method, handler in handlers.items()}, open_to_all=True)


def _guarded(handler: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    def guarded(call: Call) -> Answer:
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(token.encode(), call.org.identity.admin_token.encode()):
            raise invalid_session()
        return handler(call)

    return guarded


def _posted(action: Callable[[Body], object]) -> Callable[[Call], Answer]:
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
