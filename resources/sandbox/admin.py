"""The administrator's door: what tests and demos do to the org. Its calls are neither counted nor logged.

Every path is below /sandbox/ and wants the org's admin token; `GET /sandbox/doors` lists them. What a door does is in
`doors_records` and `doors_setup`; the first line of its docstring is what the list says of it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from . import bodies_of_records as of_records
from . import bodies_of_setup as of_setup
from .door_bodies import Body, mistakes
from .doors_records import RecordDoors
from .doors_setup import SetupDoors
from .endpoint import Answer, Call, Handler, Route
from .errors import ApiError, invalid_session
from .fault_names import KINDS
from .faults import Fault

if TYPE_CHECKING:
    from .gateway import Gateway


@dataclass(frozen=True, slots=True)
class Door:
    """What it takes and does; the function's docstring begins with the body as people read it."""

    takes: type[Body]
    does: Callable[..., object]

    @property
    def said(self) -> str:
        return " ".join((self.does.__doc__ or "").split())


class _FaultDoors:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._org = gateway.org

    def set_faults(self, body: of_setup.FaultRules) -> object:
        """{rules: [{path, action, method?, nth?, times?, rate?, seed?, …}]}: these fault rules, and no others."""
        rules = [Fault.of(rule) for rule in body.rules]
        doors = posts(self._gateway)
        for rule in rules:
            if rule.action == "meanwhile":
                _check_door(rule, doors)
        self._org.faults.set(rules)
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


def posts(gateway: Gateway) -> dict[str, Door]:
    """What is done by a POST, by its path below /sandbox/."""
    records, setup, faults = RecordDoors(gateway.org), SetupDoors(gateway.org), _FaultDoors(gateway)
    return {
        "seed": Door(of_records.Seed, records.seed),
        "records/create": Door(of_records.Create, records.create),
        "records/edit": Door(of_records.Edit, records.edit),
        "records/delete": Door(of_records.NamedByUser, records.delete),
        "records/undelete": Door(of_records.NamedByUser, records.undelete),
        "records/empty": Door(of_records.NamedByUser, records.empty),
        "records/merge": Door(of_records.Merge, records.merge),
        "records/convert": Door(of_records.Convert, records.convert),
        "records/touch": Door(of_records.Touch, records.touch),
        "records/lock": Door(of_records.Lock, records.lock),
        "permissions": Door(of_setup.Permissions, setup.permissions),
        "limits": Door(of_setup.Limits, setup.limits),
        "clock": Door(of_setup.Clock, setup.clock),
        "sessions/expire": Door(of_setup.Nothing, setup.expire),
        "sessions": Door(of_setup.Username, setup.session),
        "keys": Door(of_setup.Key, setup.keys),
        "objects": Door(of_setup.CustomObject, setup.objects),
        "fields": Door(of_setup.AddField, setup.fields),
        "fields/remove": Door(of_setup.RemoveField, setup.remove_field),
        "rules": Door(of_setup.Rules, setup.rules),
        "record-types": Door(of_setup.RecordTypeAsked, setup.record_type),
        "snapshots": Door(of_setup.Name, setup.take_snapshot),
        "snapshots/restore": Door(of_setup.Name, setup.restore),
        "snapshots/forget": Door(of_setup.Name, setup.forget_snapshot),
        "faults": Door(of_setup.FaultRules, faults.set_faults),
    }


def routes(gateway: Gateway) -> list[Route]:
    """The doors, each open only to who has the org's admin token."""
    faults, org = _FaultDoors(gateway), gateway.org
    doors = posts(gateway)
    gets: dict[str, Handler] = {
        "doors": lambda _: Answer(body={path: door.said for path, door in doors.items()}),
        "snapshots": lambda _: Answer(body={"names": org.snapshots.names()}),
        "faults": faults.faults,
        "faults/names": faults.fault_names,
        "calls": faults.calls,
    }
    listed = [_door(path, {"POST": _posted(door)}) for path, door in doors.items()]
    listed += [_door(path, {"GET": handler}) for path, handler in gets.items()]
    return [*listed, _door("calls", {"DELETE": faults.forget_calls})]


def _door(path: str, handlers: Mapping[str, Handler]) -> Route:
    return Route(f"/sandbox/{path}", {name: _guarded(handler) for name, handler in handlers.items()}, open_to_all=True)


def _check_door(rule: Fault, doors: Mapping[str, Door]) -> None:
    """ValueError unless the door that the rule names is there, and takes a body such as the rule's."""
    door = doors.get(rule.door)
    if door is None:
        raise ValueError(f"meanwhile: there is no door {rule.door!r}; there are {', '.join(doors)}")
    try:
        door.takes.model_validate(rule.body)
    except ValidationError as error:
        raise ValueError(f"meanwhile: {mistakes(error)}; the door {rule.door} asks for: {door.said}") from error


def _guarded(handler: Handler) -> Handler:
    def guarded(call: Call) -> Answer:
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(token.encode(), call.org.identity.admin_token.encode()):
            raise invalid_session()
        return handler(call)

    return guarded


def _posted(door: Door) -> Handler:
    def handler(call: Call) -> Answer:
        try:
            return Answer(body=door.does(door.takes.model_validate(call.json_object())))
        except ValidationError as error:
            raise ApiError(400, "INVALID_INPUT", f"{mistakes(error)}; asked for: {door.said}") from error
        except (TypeError, ValueError) as error:
            raise ApiError(400, "INVALID_INPUT", str(error)) from error

    return handler
