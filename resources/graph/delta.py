"""What changed in collections of Graph since they were last read, or all of it: delta rounds read to their end.

Many collections are read together, twenty in one call. An item that comes more than once in a round counts as it came
last. Where Graph has forgotten the place of a reader, or never knew it, all is read: `full` says so, and then what is
not among the rows is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from pipelines.ports import SourceError
from resources.graph.batch import Request, Result, read
from resources.graph.session import GraphSession

PAGE = 200
RESYNCS = 2
PAGES = 100_000

EXPIRED = frozenset({"syncstatenotfound", "resyncrequired", "errorinvalidsyncstatedata"})

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feed:
    """A collection to be read. `path` begins a first round, `link` the next one; `zone` is that of the times told."""

    path: str
    link: str | None = None
    zone: str = ""

    @property
    def headers(self) -> dict[str, str]:
        zone = [f'outlook.timezone="{self.zone}"'] if self.zone else []
        return {"Prefer": ", ".join([f"odata.maxpagesize={PAGE}", *zone])}


@dataclass(frozen=True, slots=True)
class Changes:
    """What a feed gave. `link` begins its next round. `refused`: nothing was read, and why; the old link holds."""

    feed: Feed
    rows: Sequence[Row] = ()
    removed: Sequence[str] = ()
    link: str | None = None
    full: bool = False
    refused: Result | None = None


def tasks_of(user: str, list_id: str, zone: str = "", link: str | None = None) -> Feed:
    """The to-do tasks of a list, with what they are linked to."""
    path = f"/users/{quote(user)}/todo/lists/{quote(list_id)}/tasks/delta?$expand=linkedResources"
    return Feed(path, link, zone)


def events_of(user: str, begins: str, ends: str, zone: str = "", link: str | None = None) -> Feed:
    """The calendar between two moments of UTC, which its links keep: another span is another first round."""
    path = f"/users/{quote(user)}/calendarView/delta?startDateTime={quote(begins)}&endDateTime={quote(ends)}"
    return Feed(path, link, zone)


def contacts_of(user: str, link: str | None = None) -> Feed:
    """The contacts of the default folder, with their sensitivity."""
    sensitivity = quote("singleValueExtendedProperties($filter=id eq 'Integer 0x36')")
    return Feed(f"/users/{quote(user)}/contacts/delta?$expand={sensitivity}", link)


def changes(session: GraphSession, feeds: Sequence[Feed]) -> list[Changes]:
    """What each feed gave, in the order of the feeds."""
    rounds = [_Round(feed) for feed in feeds]
    while unread := [each for each in rounds if not each.ended]:
        results = _asked(session, [each.request(session) for each in unread])
        for each, result in zip(unread, results, strict=True):
            each.take(result)
    return [each.changes() for each in rounds]


def _asked(session: GraphSession, requests: Sequence[Request]) -> list[Result]:
    if len(requests) > 1:
        return read(session, requests)
    status, content = session.get(requests[0].path, requests[0].headers)
    return [Result(status, content)]


@dataclass(slots=True)
class _Round:
    feed: Feed
    found: dict[str, Row | None] = field(default_factory=dict)
    pages: int = 0
    resyncs: int = 0
    link: str | None = None
    refused: Result | None = None
    full: bool = False
    at: str = ""

    def __post_init__(self) -> None:
        self.at = self.feed.link or self.feed.path
        self.full = self.feed.link is None

    @property
    def ended(self) -> bool:
        return self.link is not None or self.refused is not None

    def request(self, session: GraphSession) -> Request:
        return Request("GET", session.relative(self.at), headers=self.feed.headers)

    def take(self, result: Result) -> None:
        """A page, the end of the round, or the reason why there is none."""
        if result.status == 410 or (result.status >= 400 and result.code.lower() in EXPIRED):
            self._anew(result)
        elif not result.success:
            self.refused = result
        else:
            self._page(result.content)

    def changes(self) -> Changes:
        if self.refused is not None:
            return Changes(self.feed, full=self.full, refused=self.refused)
        rows = [row for row in self.found.values() if row is not None]
        removed = [item_id for item_id, row in self.found.items() if row is None]
        return Changes(self.feed, rows, removed, self.link, self.full)

    def _anew(self, result: Result) -> None:
        self.resyncs += 1
        if self.resyncs > RESYNCS:
            self.refused = result
            return
        # the address that Graph tells is not followed: it is that of the first call, which is known
        self.at, self.full = self.feed.path, True
        self.found.clear()

    def _page(self, content: Mapping[str, Any]) -> None:
        for row in content.get("value") or []:
            self.found.pop(str(row.get("id")), None)
            self.found[str(row.get("id"))] = None if "@removed" in row else row
        then, ended = content.get("@odata.nextLink"), content.get("@odata.deltaLink")
        self.pages += 1
        if isinstance(ended, str):
            self.link = ended
        elif isinstance(then, str) and then != self.at and self.pages < PAGES:
            self.at = then
        else:
            raise SourceError("graph_endless", "a round of changes neither ends nor goes on")
