"""The administrator's door: what tests and demos do to the org. Its calls are neither counted nor logged.

Every path is below /sandbox/ and wants the org's admin token; `GET /sandbox/doors` lists them. What a door does is in
`doors_records` and `doors_setup`; the first line of its docstring is what the list says of it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .doors_records import RecordDoors
from .doors_setup import SetupDoors
from .endpoint import Answer, Call, Handler, Route
from .errors import ApiError, invalid_session
from .fault_names import KINDS
from .faults import Fault

if TYPE_CHECKING:
    from .gateway import Gateway

Body = dict[str, Any]
Action = Callable[[Body], object]


class _FaultDoors:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._org = gateway.org

    def set_faults(self, body: Body) -> object:
        """{rules: [{path, action, method?, nth?, times?, rate?, seed?, …}]}: these fault rules, and no others."""
        self._org.faults.set([Fault.of(rule) for rule in body["rules"]])
        return {}

    def faults(self, call: Call) -> Answer:
        return Answer(body={"rules": [asdict(rule) for rule in self._org.faults.rules()]})

    def fault_names(self, call: Call) -> Answer:
        return Answer(body={name: kind.does for name, kind in KINDS.items()})

    def calls(self, call: Call) -> Answer:
        return Answer(body={"calls": [asdict(logged) for logged in list(self._gateway.calls)]})

    def forget_calls(self, call: Call) -> Answer:
        self._gateway.calls.clear()
        return Answer(204)


def posts(gateway: Gateway) -> dict[str, Action]:
    """What is done by a POST, by its path below /sandbox/."""
    records, setup, faults = RecordDoors(gateway.org), SetupDoors(gateway.org), _FaultDoors(gateway)
    return {
        "seed": records.seed,
        "records/create": records.create,
        "records/edit": records.edit,
        "records/delete": records.delete,
        "records/undelete": records.undelete,
        "records/empty": records.empty,
        "records/merge": records.merge,
        "records/convert": records.convert,
        "records/touch": records.touch,
        "records/lock": records.lock,
        "permissions": setup.permissions,
        "limits": setup.limits,
        "clock": setup.clock,
        "sessions/expire": setup.expire,
        "sessions": setup.session,
        "keys": setup.keys,
        "objects": setup.objects,
        "fields": setup.fields,
        "fields/remove": setup.remove_field,
        "rules": setup.rules,
        "record-types": setup.record_type,
        "snapshots": setup.take_snapshot,
        "snapshots/restore": setup.restore,
        "snapshots/forget": setup.forget_snapshot,
        "faults": faults.set_faults,
    }


def routes(gateway: Gateway) -> list[Route]:
    """The doors, each open only to who has the org's admin token."""
    faults, org = _FaultDoors(gateway), gateway.org
    actions = posts(gateway)
    gets: dict[str, Handler] = {
        "doors": lambda _: Answer(body={path: _said(action) for path, action in actions.items()}),
        "snapshots": lambda _: Answer(body={"names": org.snapshots.names()}),
        "faults": faults.faults,
        "faults/names": faults.fault_names,
        "calls": faults.calls,
    }
    listed = [_door(path, {"POST": _posted(action)}) for path, action in actions.items()]
    listed += [_door(path, {"GET": handler}) for path, handler in gets.items()]
    return [*listed, _door("calls", {"DELETE": faults.forget_calls})]


def _said(action: Action) -> str:
    return " ".join((action.__doc__ or "").split())


def _door(path: str, handlers: Mapping[str, Handler]) -> Route:
    return Route(f"/sandbox/{path}", {name: _guarded(handler) for name, handler in handlers.items()}, open_to_all=True)


def _guarded(handler: Handler) -> Handler:
    def guarded(call: Call) -> Answer:
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(token.encode(), call.org.identity.admin_token.encode()):
            raise invalid_session()
        return handler(call)

    return guarded


def _posted(action: Action) -> Handler:
    def handler(call: Call) -> Answer:
        try:
            return Answer(body=action(call.json_object()))
        except KeyError as error:
            raise ApiError(400, "INVALID_INPUT", f"{error.args[0]!r} is missing; asked for: {_said(action)}") from error
        except (TypeError, ValueError) as error:
            raise ApiError(400, "INVALID_INPUT", str(error)) from error

    return handler
