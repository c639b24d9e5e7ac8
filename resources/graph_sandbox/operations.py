"""What is done with a collection and with one item of it, of whatever kind: list, make, read, change, delete, delta."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from .answer import Answer, Asked, Refusal, not_found
from .delta import place_of, removed, round_of
from .items import links_of
from .kind import Change, Kind
from .pages import listed
from .preferences import preferences
from .shape import Shape
from .store import Kept
from .tasks import TASKS

if TYPE_CHECKING:
    from .service import Service


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder of items of one kind, as it is asked for."""

    service: Service
    kind: Kind
    folder: str
    generation: str

    def asked(self, asked: Asked) -> Answer:
        """The collection listed, or a new item in it."""
        if asked.method == "GET":
            return listed(asked, self.service.store, self.folder, self._shape(asked, inline=True))
        if asked.method != "POST":
            raise not_allowed()
        kept = self.service.items.create(self.folder, self.kind, asked.content())
        return self._entity(asked, kept, 201)

    def item(self, asked: Asked, item_id: str) -> Answer:
        """One item read, changed or deleted."""
        items, match = self.service.items, asked.headers.get("if-match", "")
        if asked.method == "GET":
            return self._entity(asked, items.there(self.folder, item_id))
        if asked.method == "PATCH":
            return self._entity(asked, items.change(self.folder, self.kind, item_id, asked.content(), match))
        if asked.method == "DELETE":
            items.delete(self.folder, item_id, match)
            return Answer(204)
        raise not_allowed()

    def delta(self, asked: Asked) -> Answer:
        """The next page of a round of changes."""
        if asked.method != "GET":
            raise not_allowed()
        place = place_of(asked, self.service.store, self.folder, self.generation)
        shape = self._shape(replace(asked, query=place.query))

        def told(kept: Kept, _: bool) -> list[bytes]:  # noqa: FBT001 - a Told
            return [removed(kept.id) if kept.gone else shape.tell(kept)]

        return round_of(asked, self.service.store, place, told)

    def beside(self, asked: Asked, item_id: str, name: str, link_id: str | None) -> Answer:
        """What a task has beside itself: its linkedResources or checklistItems, or one of them."""
        if name not in self.kind.beside:
            raise no_segment(name)
        store = self.service.store
        with store.transaction():
            kept = self.service.items.there(self.folder, item_id)
            links = links_of(kept)
            rows: list[dict[str, Any]] = list(links.get(name, []))
            if asked.method == "GET":
                return _read(asked, rows, link_id)
            rows, status = _written(asked, self.kind, name, rows, link_id)
            row = self.kind.settled(Change(orjson.loads(kept.body), {}, self.service.now()))
            beside = {**links, name: rows}
            kept = self.service.items.keep(self.folder, self.kind, row, beside=beside, before=kept)
            if status == 204:
                return Answer(status)
            told = [row for row in links_of(kept)[name] if link_id in (None, row["id"])][-1]
            return Answer(status, orjson.dumps(told))

    def _shape(self, asked: Asked, *, inline: bool = False) -> Shape:
        wanted = preferences(asked.headers)
        if self.kind is TASKS and not wanted.body and self.service.task_bodies == "text":
            wanted = replace(wanted, body="text")
        return Shape.of(self.kind, asked.query, wanted, inline=inline)

    def _entity(self, asked: Asked, kept: Kept, status: int = 200) -> Answer:
        told = self._shape(asked, inline=True).tell(kept)
        context = orjson.dumps(f"{asked.base}/v1.0/$metadata#{self.kind.name}/$entity")
        return Answer(status, b'{"@odata.context":' + context + b"," + told[1:])


def _read(asked: Asked, rows: list[dict[str, Any]], link_id: str | None) -> Answer:
    if link_id is None:
        return Answer(
            body=orjson.dumps({"@odata.context": f"{asked.base}/v1.0/$metadata#{asked.path[-1]}", "value": rows})
        )
    return Answer(body=orjson.dumps(next((row for row in rows if row["id"] == link_id), None) or _missing()))


def _written(
    asked: Asked, kind: Kind, name: str, rows: list[dict[str, Any]], link_id: str | None
) -> tuple[list[dict[str, Any]], int]:
    """The rows as they should be, a new one last, and the status of the answer."""
    if link_id is None:
        if asked.method != "POST":
            raise not_allowed()
        return [*rows, *kind.beside[name]([asked.content()])], 201
    before = next((row for row in rows if row["id"] == link_id), None) or _missing()
    others = [row for row in rows if row["id"] != link_id]
    if asked.method == "DELETE":
        return others, 204
    if asked.method != "PATCH":
        raise not_allowed()
    changed = kind.beside[name]([{**before, **asked.content(), "id": link_id}])[0]
    return [changed if row["id"] == link_id else row for row in rows], 200


def _missing() -> dict[str, Any]:
    raise not_found()


def not_allowed() -> Refusal:
    return Refusal(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")


def no_segment(name: str) -> Refusal:
    return Refusal(400, "BadRequest", f"Resource not found for the segment '{name}'.")
