"""The administrator's door: what tests and demos do to the service. Its calls are not logged and meet no fault.

The first line of a door's docstring is what `GET /admin/doors` says of it: its body, and what holds afterwards.
`user` is an id or a principal name everywhere, `collection` is tasks, events or contacts, `list` the default one
unless told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from . import seeding
from .answer import Answer, Refusal, Row, answer_of
from .faults import Fault
from .lookups import looked_up
from .moments import told
from .person import Person

if TYPE_CHECKING:
    from .service import Service

Body = dict[str, Any]


class Doors:
    """One method a door that changes something."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def users(self, body: Body) -> object:
        """{users: [{userPrincipalName, mail?, displayName?, id?, mailbox?, timeZone?}]}: they are there; their rows"""
        rows = []
        for told_user in body["users"]:
            user = self._service.directory.put(told_user)
            if user.mailbox:
                self._service.mailbox(user.id)
            rows.append(asdict(user))
        return {"users": rows}

    def lists(self, body: Body) -> object:
        """{user, displayName}: there is such a list of tasks; its id"""
        return {"id": self._person(body).make_list(body["displayName"])}

    def seed(self, body: Body) -> object:
        """{user, tasks?, events?, contacts?, seed?}: so many invented items more; their ids"""
        person, seed, today = self._person(body), int(body.get("seed", 0)), self._service.now().date()
        zone = person.mailbox.user.zone
        rows: dict[str, list[Row]] = {
            "tasks": list(seeding.tasks(int(body.get("tasks", 0)), seed, today, zone)),
            "events": list(seeding.events(int(body.get("events", 0)), seed, today, zone)),
            "contacts": list(seeding.contacts(int(body.get("contacts", 0)), seed)),
        }
        return {name: person.put(name, made, person.folder(name)) for name, made in rows.items()}

    def put(self, body: Body) -> object:
        """{user, collection, rows, list?, raw?}: new items, as a person makes them, or (raw) whatever they are; ids"""
        person, folder = self._at(body)
        return {"ids": person.put(body["collection"], body["rows"], folder, raw=bool(body.get("raw")))}

    def patch(self, body: Body) -> object:
        """{user, collection, rows: [{id, …}], list?, raw?}: the told fields of each item are changed"""
        person, folder = self._at(body)
        person.patch(body["collection"], body["rows"], folder, raw=bool(body.get("raw")))
        return {}

    def delete(self, body: Body) -> object:
        """{user, collection, ids, list?}: these items are gone"""
        person, folder = self._at(body)
        person.delete(body["collection"], body["ids"], folder)
        return {}

    def move(self, body: Body) -> object:
        """{user, ids, list?, to}: these tasks are in another list, under new ids; the new ids by the old"""
        person, folder = self._at({**body, "collection": "tasks"})
        return {"ids": person.move(body["ids"], folder, person.folder("tasks", body["to"]))}

    def private(self, body: Body) -> object:
        """{user, collection, ids, list?, private?}: these items are private, or no longer"""
        person, folder = self._at(body)
        private = bool(body.get("private", True))
        person.set_private(body["collection"], body["ids"], folder, private=private)
        return {}

    def clear(self, body: Body) -> object:
        """{}: there are no users and no items, and the default limits hold"""
        self._service.store.clear()
        self._service.store.set("task_bodies", "kept")
        self._service.throttle.set({"requests": 10_000, "seconds": 600, "concurrent": 4})
        return {}

    def clock(self, body: Body) -> object:
        """{seconds}: the service's clock is that much further on; 0 only tells it"""
        self._service.advance(float(body["seconds"]))
        return {"now": told(self._service.now())}

    def expire(self, body: Body) -> object:
        """{what: "delta" | "bearers", user?}: no token of delta rounds (of that user) holds, or no bearer"""
        if body["what"] not in ("delta", "bearers"):
            raise ValueError(f"no tokens {body['what']!r}; there are delta and bearers")
        name = "bearers" if body["what"] == "bearers" else "tokens"
        self._service.expire(f"tokens/{self._person(body).mailbox.user.id}" if "user" in body else name)
        return {}

    def lifetime(self, body: Body) -> object:
        """{seconds}: bearer tokens given from now on hold so long"""
        self._service.identity.lifetime = int(body["seconds"])
        return {}

    def limits(self, body: Body) -> object:
        """{requests?, seconds?, concurrent?}: of a mailbox, so many in so many seconds, so many at a time; all"""
        return self._service.throttle.set(body)

    def bodies(self, body: Body) -> object:
        """{as: "kept" | "text"}: so are the bodies of tasks told to whoever prefers nothing, as kept unless set"""
        if body["as"] not in ("kept", "text"):
            raise ValueError(f"bodies are told as kept or as text, not as {body['as']!r}")
        self._service.store.set("task_bodies", body["as"])
        return {}

    def faults(self, body: Body) -> object:
        """{rules: [{path, action, method?, nth?, times?, rate?, seed?, …}]}: these fault rules, and no others"""
        self._service.faults.set([Fault.of(rule) for rule in body["rules"]])
        return {}

    def _person(self, body: Body) -> Person:
        return Person(self._service, body["user"])

    def _at(self, body: Body) -> tuple[Person, str]:
        person = self._person(body)
        return person, person.folder(body["collection"], body.get("list"))


NAMES = (
    "users", "lists", "seed", "put", "patch", "delete", "move", "private", "clear", "clock", "expire", "lifetime",
    "limits", "bodies", "faults",
)  # fmt: skip


def posts(doors: Doors) -> dict[str, Callable[[Body], object]]:
    """What is done by a POST, by its path below /admin/."""
    return {name: getattr(doors, name) for name in NAMES}


def answered(service: Service, method: str, path: str, content: bytes) -> Answer:
    """What the door of that path (below /admin/) answers; Refusal with its reason if it does not open."""
    doors = posts(Doors(service))
    if method == "POST" and path in doors:
        return answer_of(_done(doors[path], content))
    if method == "DELETE" and path == "calls":
        service.history.forget()
        return answer_of({})
    if method == "GET":
        return answer_of(looked_up(service, path, {name: door.__doc__ for name, door in doors.items()}))
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
