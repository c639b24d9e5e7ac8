"""What the administrator may look at: items as they are, the calls of clients, faults, limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from .answer import Refusal
from .faults import KINDS
from .person import Person

if TYPE_CHECKING:
    from .service import Service


def looked_up(service: Service, path: str, doors: Mapping[str, str | None]) -> object:
    """What is told at that path below /admin/; `doors` are those that there are. Refusal if nothing is."""
    match path.split("/"):
        case ["doors"]:
            return doors
        case ["faults"]:
            return {"rules": [asdict(rule) for rule in service.faults.rules()]}
        case ["faults", "names"]:
            return {name: said for name, (said, _) in KINDS.items()}
        case ["calls"]:
            return {"calls": [asdict(call) for call in service.history.calls()]}
        case ["calls", "counts"]:
            return service.history.counts()
        case ["limits"]:
            return asdict(service.throttle.limits)
        case ["users"]:
            return {"users": [asdict(user) for user in service.directory.users()]}
        case ["users", name, *rest]:
            return _of_user(service, name, rest)
    raise Refusal(404, "not_found", f"nothing is told at {path}")


def _of_user(service: Service, name: str, path: list[str]) -> object:
    try:
        person = Person(service, name)
        match path:
            case ["lists"]:
                return {"rows": person.lists()}
            case ["tasks", "of", list_id]:
                return {"rows": person.rows(person.folder("tasks", list_id))}
            case [collection]:
                return {"rows": person.rows(person.folder(collection))}
            case [collection, item_id]:
                return person.row(person.folder(collection), item_id)
    except ValueError as error:
        raise Refusal(404, "not_found", str(error)) from error
    raise Refusal(404, "not_found", f"nothing is told of a user at {'/'.join(path)}")
