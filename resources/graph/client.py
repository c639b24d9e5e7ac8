"""Microsoft Graph, as whoever syncs with Outlook needs it: people and their mailboxes, changes, rows written and read.

What travels are plain rows (see `rows`); what of them is synced, and why, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

from pipelines.ports import SourceError
from resources.graph.batch import Request, Result, read, written
from resources.graph.delta import Changes, Feed, changes
from resources.graph.rows import hydrated
from resources.graph.session import GraphSession
from resources.graph.settings import GraphAccount
from resources.salesforce.patience import Patience

CUSTOM = ("tzone://", "Customized")
"""How the name of a zone begins that somebody made for themselves: Graph tells it, and takes it from nobody."""


@dataclass(frozen=True, slots=True)
class TaskList:
    """A list of to-do tasks. `known` is defaultList, flaggedEmails or none."""

    id: str
    name: str
    known: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What is needed to sync one. `refused`: they have none, or it cannot be reached, for that reason."""

    user: str
    zone: str = "UTC"
    lists: tuple[TaskList, ...] = ()
    refused: Result | None = None

    @property
    def default_list(self) -> TaskList | None:
        """The list `Tasks`, whatever it is called in their language."""
        return next((each for each in self.lists if each.known == "defaultList"), None)


class Graph:
    """For one thread; to be closed. Nothing happens before the first question."""

    def __init__(self, account: GraphAccount, patience: Patience | None = None) -> None:
        self._session = GraphSession(account, patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    @property
    def calls(self) -> int:
        """API calls made so far, retries included; a batch is one, and asking for a token none."""
        return self._session.calls

    def users(self) -> list[Mapping[str, Any]]:
        """Everybody in the directory: id, userPrincipalName, mail, displayName."""
        found: list[Mapping[str, Any]] = []
        path: str | None = "/users?$select=id,userPrincipalName,mail,displayName&$top=999"
        while path:
            status, content = self._session.get(path)
            result = Result(status, content)
            if not result.success:
                raise SourceError("graph_refused", f"Graph does not list its users: {result.code}")
            found += content.get("value") or []
            path = content.get("@odata.nextLink")
        return found

    def mailboxes(self, users: Sequence[str]) -> list[Mailbox]:
        """The mailbox of each user, by id or principal name; ten in a call."""
        asked = [
            f"/users/{quote(user)}/{what}" for user in users for what in ("mailboxSettings", "todo/lists?$top=999")
        ]
        results = read(self._session, [Request("GET", path) for path in asked])
        return [
            _mailbox(user, settings, lists)
            for user, settings, lists in zip(users, results[::2], results[1::2], strict=True)
        ]

    def changes(self, feeds: Sequence[Feed]) -> list[Changes]:
        """What changed in each, twenty in a call where there is little; see `delta`."""
        return changes(self._session, feeds)

    def events(self, user: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Events of a delta, each occurrence with what its series says; series that are not among them are read."""
        masters = {str(row["id"]): row for row in rows if row.get("type") == "seriesMaster"}
        wanted = {str(row["seriesMasterId"]) for row in rows if row.get("type") == "occurrence"} - masters.keys()
        read_now = self.read([item_path(user, "events", each) for each in sorted(wanted)])
        masters |= {str(row["id"]): row for row in read_now if row}
        return hydrated(rows, masters)

    def read(self, paths: Sequence[str], zone: str = "") -> list[Mapping[str, Any] | None]:
        """Each of these resources as it is now, twenty in a call; None for what is not there; SourceError else."""
        headers = {"Prefer": f'outlook.timezone="{zone}"'} if zone else {}
        results = read(self._session, [Request("GET", path, headers=headers) for path in paths])
        for result in results:
            if not result.success and result.status != 404:
                raise SourceError("graph_refused", f"Graph does not read what it was asked for: {result.code}")
        return [result.content if result.success else None for result in results]

    def write(self, requests: Sequence[Request]) -> list[Result]:
        """One result a row, in order, twenty rows in a call; LostRows if nobody knows what became of some."""
        return written(self._session, requests)


def task_path(user: str, list_id: str, task_id: str = "") -> str:
    """Where the tasks of a list are, or one of them."""
    return f"/users/{quote(user)}/todo/lists/{quote(list_id)}/tasks" + (f"/{quote(task_id)}" if task_id else "")


def item_path(user: str, collection: str, item_id: str = "") -> str:
    """Where the `events` or `contacts` of a user are, or one of them."""
    return f"/users/{quote(user)}/{collection}" + (f"/{quote(item_id)}" if item_id else "")


def _mailbox(user: str, settings: Result, lists: Result) -> Mailbox:
    for result in (settings, lists):
        if not result.success:
            return Mailbox(user, refused=result)
    found = tuple(
        TaskList(str(row["id"]), str(row.get("displayName") or ""), str(row.get("wellknownListName") or "none"))
        for row in lists.content.get("value") or []
    )
    zone = str(settings.content.get("timeZone") or "UTC")
    return Mailbox(user, "UTC" if zone.startswith(CUSTOM) else zone, found)
