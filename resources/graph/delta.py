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

from pipelines.ports.world import SourceError
from resources.graph.batch import Request, Result, read
from resources.graph.paths import item_path, list_path, task_path, user_path
from resources.graph.rows import SENSITIVITY
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
    """What a feed gave. `link` begins its next round, wherever Graph is then. `refused`: nothing was read, and why; the
    old link holds."""

    feed: Feed
    rows: Sequence[Row] = ()
    removed: Sequence[str] = ()
    link: str | None = None
    full: bool = False
    refused: Result | None = None
    rejected: int = 0
    """Of what came, what is no object or has no id."""


def tasks_of(user: str, list_id: str, zone: str = "", link: str | None = None) -> Feed:
    """The to-do tasks of a list, with what they are linked to."""
    return Feed(f"{task_path(user, list_id)}/delta?$expand=linkedResources", link, zone)


def lists_of(user: str, link: str | None = None) -> Feed:
    """The lists of tasks themselves."""
    return Feed(f"{list_path(user)}/delta", link)


def events_of(user: str, begins: str, ends: str, zone: str = "", link: str | None = None) -> Feed:
    """The calendar between two moments of UTC, which its links keep: another span is another first round."""
    path = user_path(user, "calendarView", "delta")
    return Feed(f"{path}?startDateTime={quote(begins)}&endDateTime={quote(ends)}", link, zone)


def contacts_of(user: str, link: str | None = None, properties: Sequence[str] = ()) -> Feed:
    """The contacts of the default folder, with their sensitivity and these extended properties."""
    named = " or ".join(f"id eq '{name}'" for name in (SENSITIVITY, *properties))
    expanded = quote(f"singleValueExtendedProperties($filter={named})")
    return Feed(f"{item_path(user, 'contacts')}/delta?$expand={expanded}", link)


def changes(
    session: GraphSession, feeds: Sequence[Feed], beside: Sequence[Request] = ()
) -> tuple[list[Changes], list[Result]]:
    """What each feed gave, in the order of the feeds; and the results of reads that share the first calls."""
    rounds = [_Round(feed) for feed in feeds]
    others: list[Result] = []
    asked = list(beside)
    while unread := [each for each in rounds if not each.ended]:
        results = _asked(session, [*asked, *(each.request(session) for each in unread)])
        others += results[: len(asked)]
        for each, result in zip(unread, results[len(asked) :], strict=True):
            each.take(result)
        asked = []
    return [each.changes(session) for each in rounds], others or read(session, asked)


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
    rejected: int = 0

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

    def changes(self, session: GraphSession) -> Changes:
        if self.refused is not None:
            return Changes(self.feed, full=self.full, refused=self.refused)
        rows = [row for row in self.found.values() if row is not None]
        removed = [item_id for item_id, row in self.found.items() if row is None]
        link = session.relative(self.link) if self.link else None
        return Changes(self.feed, rows, removed, link, self.full, rejected=self.rejected)

    def _anew(self, result: Result) -> None:
        self.resyncs += 1
        if self.resyncs > RESYNCS:
            self.refused = result
            return
        # the address that Graph tells is not followed: it is that of the first call, which is known
        self.at, self.full = self.feed.path, True
        self.found.clear()
        self.rejected = 0

    def _page(self, content: Mapping[str, Any]) -> None:
        told = content.get("value")
        for row in told if isinstance(told, list) else []:
            if not isinstance(row, dict) or not (isinstance(row.get("id"), str) and row["id"]):
                self.rejected += 1
                continue
            self.found.pop(row["id"], None)
            self.found[row["id"]] = None if "@removed" in row else row
        then, ended = content.get("@odata.nextLink"), content.get("@odata.deltaLink")
        self.pages += 1
        if isinstance(ended, str):
            self.link = ended
        elif isinstance(then, str) and then != self.at and self.pages < PAGES:
            self.at = then
        else:
            raise SourceError("graph_endless", "a round of changes neither ends nor goes on")
