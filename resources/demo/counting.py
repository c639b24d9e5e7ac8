"""How many rows a source tells, counted without anything of Concord's own reading: whether a report adds up.

A feed's file is read by Python's csv. Of a service it is seen what was asked of it, and the same is asked again.
"""

from __future__ import annotations

import csv
import json
import ssl
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode


@dataclass(frozen=True, slots=True)
class Told:
    """Rows that a source told in a run: all it has, or only those that changed `since` some time."""

    rows: int
    since: str = ""


class Seen(Protocol):
    """A service whose administrator we are."""

    def calls(self) -> Sequence[Mapping[str, Any]]:
        """What clients asked: path and query of each call."""


@dataclass(frozen=True)
class Api:
    """A service that is asked as any client asks it."""

    url: str
    token: str
    ca_file: str

    def count(self, path: str, since: str) -> int:
        """Rows of the collection that were updated since, or all of them."""
        opener = _opener(self.ca_file)
        asked = {"limit": "1000"} | ({"updated_since": since} if since else {})
        rows = 0
        while True:
            request = urllib.request.Request(f"{self.url}{path}?{urlencode(asked)}")  # noqa: S310 - the URL is our own
            request.add_header("Authorization", f"Bearer {self.token}")
            with opener.open(request) as answer:
                page = json.load(answer)
            rows += len(page["data"])
            if page["next_cursor"] is None:
                return rows
            asked["cursor"] = page["next_cursor"]


def _item_of(key: str | None) -> str | None:
    """The id that a record's key begins with."""
    return key and key.partition("~")[0]


def _looks(item: Mapping[str, Any]) -> tuple[str, str]:
    """Name and day of a task of Outlook."""
    return item["title"], item["dueDateTime"]["dateTime"][:10]


def _opener(ca_file: str) -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_file)),
    )


def rows_of_feed(path: Path) -> Told:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return Told(sum(1 for row in csv.reader(stream) if row) - 1)


def rows_of_collection(path: str, seen: Seen, api: Api) -> Told:
    """What the service told in the last reading of this collection."""
    asked = [parse_qs(call["query"]) for call in seen.calls() if call["path"] == path and call["method"] == "GET"]
    began = [query for query in asked if "cursor" not in query]
    if not began:
        return Told(0, "nobody asked")
    since = began[-1].get("updated_since", [""])[0]
    return Told(api.count(path, since), since)


KEY = "Outlook_Id__c"


class Mailboxes(Protocol):
    """An Outlook whose administrator we are."""

    def rows(self, user: str, collection: str) -> Sequence[Mapping[str, Any]]:
        """The items of a mailbox."""


@dataclass
class BothSides:
    """Tasks of Outlook and of the CRM, counted as one where they carry one key. `days` are those of the window."""

    office: Mailboxes
    org_url: str
    token: str
    ca_file: str
    days: tuple[date, date]
    users: list[str] = field(default_factory=list)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    """Item and record that belonged together when they were counted last."""

    def told(self) -> Told:
        """What either side has, what belongs together as one; pairs of before that are gone are told once as deleted.

        An item and a record of one name and day belong together where nothing else has both.
        """
        items = {str(row["id"]): _looks(row) for user in self.users for row in self.office.rows(user, "tasks")}
        records = {str(row["Id"]): {**row, KEY: _item_of(row[KEY])} for row in self._records()}
        pairs = {(row[KEY], key) for key, row in records.items() if row[KEY] in items}
        free = {key: row for key, row in records.items() if row[KEY] not in items}
        taken = {item for item, _ in pairs}
        here = Counter((row["Subject"], row["ActivityDate"]) for row in free.values())
        there = Counter(looks for item, looks in items.items() if item not in taken)
        twins = sum(1 for looks, count in there.items() if count == here[looks] == 1)
        alone = sum(1 for row in free.values() if self._inside(row["ActivityDate"])) - twins
        gone = {(item, key) for item, key in self.pairs if item not in items and key not in records}
        self.pairs = pairs
        return Told(len(items) + alone + len(gone))

    def _inside(self, day: str | None) -> bool:
        return day is None or self.days[0] <= date.fromisoformat(day) <= self.days[1]

    def _records(self) -> Iterator[Mapping[str, Any]]:
        path = "/services/data/v62.0/query?" + urlencode(
            {"q": "SELECT Id, Subject, Outlook_Id__c, ActivityDate FROM Task"}
        )
        while path:
            request = urllib.request.Request(f"{self.org_url}{path}")  # noqa: S310 - the URL is our own
            request.add_header("Authorization", f"Bearer {self.token}")
            with _opener(self.ca_file).open(request) as answer:
                page = json.load(answer)
            yield from page["records"]
            path = page.get("nextRecordsUrl", "")
