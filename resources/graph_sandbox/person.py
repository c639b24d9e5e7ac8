"""What becomes of mailboxes by the hand of people in Outlook, or of a test that plays one.

A person may write everything, the read-only properties and what Graph would refuse, if told `raw`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import orjson

from .answer import Asked, Refusal, Row
from .calendars import Calendar
from .contacts import CONTACTS, SENSITIVITY
from .events import EVENTS
from .items import OWN, links_of, row_of
from .kind import Change, Kind
from .mailbox import Mailbox
from .store import Kept
from .tasks import LISTS, TASKS

if TYPE_CHECKING:
    from .service import Service

KINDS: dict[str, Kind] = {kind.name: kind for kind in (TASKS, EVENTS, CONTACTS)}
PRIVATE = "Private"
"""The category by which a task is private: to-do tasks have no sensitivity."""


class Person:
    """One user at their mailbox."""

    def __init__(self, service: Service, name: str) -> None:
        self._service = service
        try:
            user = service.directory.user(name)
        except Refusal as refusal:
            raise ValueError(str(refusal)) from None
        self.mailbox = Mailbox(service.store, service.items, user)

    def lists(self) -> list[Row]:
        """The lists of tasks."""
        return self.mailbox.every_list()

    def make_list(self, name: str) -> str:
        """There is a list of that name; its id."""
        return self._service.items.create(self.mailbox.lists, LISTS, {"displayName": name}).id

    def put(self, name: str, rows: Sequence[Row], folder: str, *, raw: bool = False) -> list[str]:
        """There are new items; their ids."""
        kind = kind_of(name)
        with self._service.store.transaction():
            return [self._new(kind, folder, row, raw=raw) for row in rows]

    def patch(self, name: str, rows: Iterable[Row], folder: str, *, raw: bool = False) -> None:
        """Of each item, told by its `id`, the told fields are changed; each was modified now."""
        kind = kind_of(name)
        with self._service.store.transaction():
            for row in rows:
                self._changed(kind, folder, row, raw=raw)

    def delete(self, name: str, ids: Iterable[str], folder: str) -> None:
        """These items are gone."""
        with self._service.store.transaction():
            for item_id in ids:
                if name == EVENTS.name:
                    self._calendar.item(Asked("DELETE", (), {}, {}, b"", ""), item_id)
                else:
                    self._service.items.delete(folder, item_id)

    def move(self, ids: Iterable[str], source: str, target: str) -> dict[str, str]:
        """These tasks are in another list, each under a new id; the new ids by the old."""
        moved = {}
        with self._service.store.transaction():
            for item_id in ids:
                kept = self._service.items.there(source, item_id)
                row = TASKS.settled(Change(row_of(kept), {}, self._service.now()))
                new = self._service.items.keep(target, TASKS, {**row, "id": ""}, beside=links_of(kept))
                self._service.items.delete(source, item_id)
                moved[item_id] = new.id
        return moved

    def set_private(self, name: str, ids: Iterable[str], folder: str, *, private: bool) -> None:
        """These items are private, or no longer: by category, sensitivity or extended property."""
        for item_id in ids:
            row = row_of(self._service.items.there(folder, item_id))
            if name == TASKS.name:
                others = [each for each in row["categories"] if each != PRIVATE]
                change: Row = {"categories": [*others, PRIVATE] if private else others}
            elif name == EVENTS.name:
                change = {"sensitivity": "private" if private else "normal"}
            else:
                value = {"id": SENSITIVITY, "value": "2" if private else "0"}
                change = {"singleValueExtendedProperties": [value]}
            self.patch(name, [{"id": item_id, **change}], folder)

    def folder(self, name: str, list_id: str | None = None) -> str:
        """Where items of that kind are: tasks in the default list unless another is told."""
        kind = kind_of(name)
        if kind is not TASKS:
            return self.mailbox.folder(kind)
        try:
            return self.mailbox.tasks(list_id or self.mailbox.default_list)
        except Refusal as refusal:
            raise ValueError(f"no list {list_id}") from refusal

    def rows(self, folder: str) -> list[Row]:
        """The items of the folder whole, with what is beside them, the latest made first."""
        return [_whole(kept) for kept in self._service.store.present(folder)]

    def row(self, folder: str, item_id: str) -> Row:
        """One of them; ValueError if there is none."""
        return _whole(self._there(folder, item_id))

    @property
    def _calendar(self) -> Calendar:
        mailbox = self.mailbox
        return Calendar(self._service, mailbox.user, mailbox.folder(EVENTS), mailbox.generation)

    def _there(self, folder: str, item_id: str) -> Kept:
        try:
            return self._service.items.there(folder, item_id)
        except Refusal:
            raise ValueError(f"no item {item_id}") from None

    def _new(self, kind: Kind, folder: str, row: Row, *, raw: bool) -> str:
        sound = {} if raw else {k: v for k, v in row.items() if k in kind.writable or k in kind.beside}
        if kind is EVENTS and not raw:
            body = Asked("POST", (), {}, {}, orjson.dumps(sound), "")
            item_id = str(orjson.loads(self._calendar.asked(body).body)["id"])
        elif kind is EVENTS:
            times = {name: row.get(name) or _NOON for name in ("start", "end")}
            item_id = self._service.items.create(folder, kind, times).id
        else:
            item_id = self._service.items.create(folder, kind, sound, row.get("id")).id
        left = {k: v for k, v in row.items() if k not in sound and k != "id"}
        if left:
            self._changed(kind, folder, {**left, "id": item_id}, raw=True)
        return item_id

    def _changed(self, kind: Kind, folder: str, row: Row, *, raw: bool) -> None:
        item_id = row["id"]
        sound = (
            {} if raw else {k: v for k, v in row.items() if k in kind.writable or k == "singleValueExtendedProperties"}
        )
        if sound and kind is EVENTS:
            self._calendar.item(Asked("PATCH", (), {}, {}, orjson.dumps(sound), ""), item_id)
        elif sound:
            self._service.items.change(folder, kind, item_id, sound)
        left = {k: v for k, v in row.items() if k not in sound and k != "id"}
        if left:
            self._imposed(kind, folder, item_id, left)

    def _imposed(self, kind: Kind, folder: str, item_id: str, told: Row) -> None:
        """These fields are so, whatever they are; null takes a field away."""
        kept = self._there(folder, item_id)
        beside = {**links_of(kept), **{name: kind.beside[name](told[name]) for name in kind.beside if name in told}}
        own = {name: value for name, value in told.items() if name not in kind.beside}
        row = {**kind.settled(Change(row_of(kept), {}, self._service.now())), **own}
        row = {name: value for name, value in row.items() if value is not None or kind is not TASKS}
        self._service.items.keep(folder, kind, row, beside=beside, before=kept)


_NOON = {"dateTime": "2026-01-01T12:00:00", "timeZone": "UTC"}


def kind_of(name: str) -> Kind:
    if name not in KINDS:
        raise ValueError(f"no collection {name!r}; there are {', '.join(KINDS)}")
    return KINDS[name]


def _whole(kept: Kept) -> Row:
    return {name: value for name, value in {**orjson.loads(kept.body), **links_of(kept)}.items() if name != OWN}
