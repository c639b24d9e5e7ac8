"""Writes carried out: twenty in a call, each with what became of it, in the words of the port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.declaring.source import Outlook
from pipelines.ports.source import Change, Written
from pipelines.ports.world import SourceError
from resources.graph.batch import UNSENT, LostRows, Request, Result
from resources.graph.client import Graph
from resources.graph.contents import contact_content, event_content, task_content
from resources.graph.delta import lists_of
from resources.graph.paths import item_path, link_path, task_path
from resources.graph.rows import Texts
from resources.outlook.cursor import Box
from resources.outlook.keys import id_of, key_of
from resources.outlook.looks import look_of, requests_of
from resources.outlook.marker import marked
from resources.outlook.owner import met, who
from resources.outlook.rows import row_of
from resources.outlook.told import is_gone, word_of

_BESIDE = {"tasks": "linkedResources", "contacts": "singleValueExtendedProperties"}
"""What Graph need not tell with an item that was written, and the columns that nobody knows then."""
_UNTOLD = {
    "tasks": ("linkedResources", "crmId", "crmLink", "addresses", "linkedIds", "mentions"),
    "contacts": ("sensitivity", "crmId"),
}


@dataclass(slots=True)
class Writing:
    """`boxes` are mailboxes that were met; others are met now and added."""

    source: Outlook
    boxes: dict[str, Box]
    crm_url: str | None = None

    def check(self, changes: Sequence[Change]) -> None:
        """ValueError if a change could never be written."""
        for change in changes:
            unknown = [name for name in change.values if name not in self.source.writable]
            if unknown:
                raise ValueError(f"{self.source.words} cannot be written in {', '.join(sorted(unknown))}")
            if change.kind == "unlink" and not (change.link and self.source.collection == "tasks"):
                raise ValueError("only a link of a task, known by its id, can be taken away")
            if change.kind != "create" and not change.key:
                raise ValueError(f"to {change.kind} something, its key is needed")
            if self.source.collection == "tasks" and change.kind != "create" and not change.place:
                raise ValueError(f"to {change.kind} a task, its place is needed")

    def write(self, graph: Graph, changes: Sequence[Change]) -> list[Written]:
        """What became of each; SystemicError only if nothing was sent."""
        refused = self._meet(graph, {change.user.lower() for change in changes if change.kind != "delete"})
        sent = [change for change in changes if change.user.lower() not in refused]
        try:
            results: list[Result | None] = list(graph.write([self._request(change) for change in sent]))
        except LostRows as lost:
            results = lost.results
        answers = iter(results)
        return [
            self._written(change, refused[user] if (user := change.user.lower()) in refused else next(answers))
            for change in changes
        ]

    def _meet(self, graph: Graph, users: set[str]) -> dict[str, Result]:
        """Those of the users whose mailboxes cannot be written to, and why; the others are among the boxes."""
        strange = sorted(user for user in users if not self.boxes.get(user, Box()).own)
        try:
            if self.source.collection == "tasks":
                return self._look(graph, strange)
            answers = graph.results([who(user) for user in strange])
        except SourceError:
            return dict.fromkeys(users, Result(UNSENT))
        self.boxes |= {user: met(Box(), user, each) for user, each in zip(strange, answers, strict=True)}
        return {}

    def _look(self, graph: Graph, users: Sequence[str]) -> dict[str, Result]:
        asked = [request for user in users for request in requests_of(user, Box())]
        lists, given = graph.changes_beside([lists_of(user) for user in users], asked)
        pairs = zip(given[::2], given[1::2], strict=True)
        looks = {
            user: look_of(user, Box(), changes, list(pair), None)
            for user, changes, pair in zip(users, lists, pairs, strict=True)
        }
        self.boxes |= {user: look.box for user, look in looks.items() if look.refused is None}
        return {user: look.refused for user, look in looks.items() if look.refused is not None}

    def _request(self, change: Change) -> Request:
        collection, user = self.source.collection, change.user.lower()
        box = self.boxes.get(user, Box())
        if collection == "tasks":
            path = task_path(user, change.place or box.default or "", id_of(change.key or ""))
        else:
            path = item_path(user, collection, id_of(change.key or ""))
        match change.kind:
            case "unlink":
                task_id = id_of(change.key or "")
                return Request("DELETE", link_path(user, change.place or "", task_id, change.link or ""))
            case "delete":
                return Request("DELETE", path, match=change.version or "")
            case "update":
                return Request("PATCH", path, self._content(change, box), change.version or "", _zone(box))
            case "create":
                return Request("POST", path, self._content(change, box), headers=_zone(box))

    def _content(self, change: Change, box: Box) -> dict[str, Any]:
        if self.source.collection == "tasks":
            content = task_content(change.values, box.zone)
        else:
            content = {"events": event_content, "contacts": contact_content}[self.source.collection](change.values)
        if change.kind == "create" and change.marker:
            content |= marked(self.source.collection, change.marker, self.crm_url)
        return content

    def _written(self, change: Change, result: Result | None) -> Written:
        if result is None:
            return Written("lost", change.key)
        if change.kind == "unlink" and is_gone(result):
            return Written("success", change.key)
        if not result.success:
            code = "changed_meanwhile" if result.status == 412 else "gone" if is_gone(result) else word_of(result) or ""
            return Written("failed", change.key, code=code, message=result.message)
        told = dict(result.content)
        row = self._row(change, told) if told.get("id") else None
        return Written("success", (row or {}).get("id") or change.key, row)

    def _row(self, change: Change, told: dict[str, Any]) -> Texts:
        """The columns of an answer, but for those that it does not tell."""
        collection, user = self.source.collection, change.user.lower()
        box = self.boxes.get(user, Box())
        beside = _BESIDE.get(collection)
        if change.kind == "create" and change.marker and beside and beside not in told:
            told |= marked(collection, change.marker, self.crm_url)
        place = (change.place or box.default) if collection == "tasks" else None
        row = row_of(collection, told, user, box.own or (user,), place)
        untold = _UNTOLD[collection] if beside and beside not in told else ()
        told_of = {name: value for name, value in row.items() if name not in untold}
        return {**told_of, "id": key_of(str(told["id"]))}


def _zone(box: Box) -> dict[str, str]:
    return {"Prefer": f'outlook.timezone="{box.zone}"'} if box.zone != "UTC" else {}
