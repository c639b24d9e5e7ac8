"""Events as they are asked for: single ones and series, and occurrences, which become exceptions when written to."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

import orjson

from .answer import Answer, Asked, Row, not_found
from .calendar_view import changes, span_of, view
from .directory import User
from .events import EVENTS
from .items import links_of, row_of
from .moments import understood
from .operations import Collection, not_allowed
from .pages import told_rows
from .preferences import preferences
from .series import occurrence, occurrence_id, occurrences, remade
from .shape import Shape
from .store import Kept
from .zones import zone

if TYPE_CHECKING:
    from .service import Service


@dataclass(frozen=True, slots=True)
class Calendar:
    """That of one mailbox."""

    service: Service
    user: User
    folder: str
    generation: str

    @property
    def events(self) -> Collection:
        return Collection(self.service, EVENTS, self.folder, self.generation)

    def asked(self, asked: Asked) -> Answer:
        """The events listed, series as their masters, or a new event."""
        if asked.method == "POST":
            return Answer(201, self.events.item(_get(asked), self._created(asked.content())).body)
        return self.events.asked(asked)

    def item(self, asked: Asked, event_id: str) -> Answer:
        """One event or occurrence read, changed or deleted."""
        kept = self.service.store.item(self.folder, event_id)
        if kept is not None:
            with self.service.store.transaction() if asked.method != "GET" else nullcontext():
                answer = self.events.item(asked, event_id)
                self._follow(kept)
                return answer
        found = occurrence(self.service.store, self.folder, event_id)
        if found is None:
            raise not_found()
        if asked.method == "GET":
            shape = Shape.of(EVENTS, asked.query, preferences(asked.headers))
            return Answer(body=orjson.dumps(shape.row(found, {})))
        with self.service.store.transaction():
            self._except(found)
            return self.events.item(asked, event_id)

    def instances(self, asked: Asked, event_id: str) -> Answer:
        """The occurrences of a series in the span that the call names."""
        master = self.service.items.there(self.folder, event_id)
        if row_of(master)["type"] != "seriesMaster":
            return told_rows(asked, [], EVENTS.page)
        shape = Shape.of(EVENTS, asked.query, preferences(asked.headers))
        found = occurrences(self.service.store, self.folder, master, *span_of(asked.query))
        return told_rows(asked, [shape.row(row, {}) for row in found], EVENTS.page)

    def view(self, asked: Asked, *, delta: bool) -> Answer:
        """The calendar between two moments, or what changed in it."""
        if asked.method != "GET":
            raise not_allowed()
        shape = Shape.of(EVENTS, asked.query, preferences(asked.headers))
        if delta:
            return changes(asked, self.service.store, self.folder, self.generation, shape)
        return view(asked, self.service.store, self.folder, shape)

    def _created(self, content: Row) -> str:
        """The id of the new event, or of the one that was made under its transactionId before and is still there."""
        store, transaction = self.service.store, content.get("transactionId")
        name = f"transaction/{self.folder}/{transaction}"
        with store.transaction():
            if transaction and (made := store.setting(name)):
                before = store.item(self.folder, made)
                if before is not None and not before.gone:
                    return made
            kept = self.service.items.create(self.folder, EVENTS, content)
            self._finish(kept.id)
            if transaction:
                store.set(name, kept.id)
        return kept.id

    def _follow(self, before: Kept) -> None:
        """Exceptions of a series go with it, and with its days; those that it lost leave marks."""
        store, was = self.service.store, row_of(before)
        after = store.item(self.folder, before.id)
        if was["type"] != "seriesMaster" or after is None or after.change == before.change:
            return
        own = store.below(self.folder, f"{before.id}_")
        if after.gone:
            gone = [each.id for each in own if not each.gone]
        else:
            days = remade(was, row_of(after))
            if days is None:
                return
            gone, now = ([occurrence_id(before.id, day) for day in some] for some in days)
            store.forget(self.folder, [each.id for each in own if each.id in now])
            gone += [each.id for each in own if each.id not in now and each.id not in gone]
        body = orjson.dumps({"type": "occurrence", "seriesMasterId": before.id})
        marks = zip(gone, store.numbers(len(gone)), strict=True) if gone else ()
        store.put(self.folder, [Kept(each, number, number, True, body) for each, number in marks])

    def _except(self, found: Row) -> None:
        """The occurrence is an event of its own, an exception of its series."""
        where = zone("UTC" if found["isAllDay"] else found["originalStartTimeZone"])
        own = {f"_{name}": _local(found[name]["dateTime"], where) for name in ("start", "end")}
        row = {**found, **own, "type": "exception", "originalStart": f"{found['start']['dateTime'][:19]}Z"}
        with self.service.store.transaction():
            self.service.items.keep(self.folder, EVENTS, {**row, "recurrence": None})

    def _finish(self, event_id: str) -> None:
        """A new event has an organizer and the ids that only its own id gives."""
        with self.service.store.transaction():
            kept = self.service.items.there(self.folder, event_id)
            address = {"emailAddress": {"name": self.user.name, "address": self.user.mail or self.user.principal}}
            link = f"https://outlook.office365.com/owa/?itemid={kept.id}&exvsurl=1&path=/calendar/item"
            row = {**row_of(kept), "organizer": address, "iCalUId": f"040000008200E00074C5B7101A82E008{kept.made:020X}"}
            self.service.items.keep(self.folder, EVENTS, {**row, "webLink": link}, beside=links_of(kept), before=kept)


def _get(asked: Asked) -> Asked:
    return Asked("GET", asked.path, asked.query, asked.headers, b"", asked.base)


def _local(moment: str, where: tzinfo) -> str:
    return understood(moment).replace(tzinfo=UTC).astimezone(where).replace(tzinfo=None).isoformat()
