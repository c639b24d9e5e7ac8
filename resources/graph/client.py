"""Microsoft Graph, as whoever syncs with Outlook needs it: people and their mailboxes, changes, rows written and read.

What travels are plain rows (see `rows`); what of them is synced, and why, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pipelines.ports.world import SourceError
from resources.graph.batch import Request, Result, read, written
from resources.graph.delta import Changes, Feed, changes
from resources.graph.paths import item_path, list_path, user_path
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
        asked = [path for user in users for path in (user_path(user, "mailboxSettings"), f"{list_path(user)}?$top=999")]
        results = read(self._session, [Request("GET", path) for path in asked])
        return [
            _mailbox(user, settings, lists)
            for user, settings, lists in zip(users, results[::2], results[1::2], strict=True)
        ]

    def changes(self, feeds: Sequence[Feed]) -> list[Changes]:
        """What changed in each, twenty in a call where there is little; see `delta`."""
        return self.changes_beside(feeds)[0]

    def changes_beside(
        self, feeds: Sequence[Feed], requests: Sequence[Request] = ()
    ) -> tuple[list[Changes], list[Result]]:
        """The same, and the results of reads that travel in the same calls."""
        return changes(self._session, feeds, requests)

    def results(self, requests: Sequence[Request]) -> list[Result]:
        """What Graph says to each of these reads, refusals included, twenty in a call."""
        return read(self._session, requests)

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


def zone_of(settings: Mapping[str, Any]) -> str:
    """The zone that the settings of a mailbox tell, as Graph takes it."""
    zone = str(settings.get("timeZone") or "UTC")
    return "UTC" if zone.startswith(CUSTOM) else zone


def _mailbox(user: str, settings: Result, lists: Result) -> Mailbox:
    for result in (settings, lists):
        if not result.success:
            return Mailbox(user, refused=result)
    found = tuple(
        TaskList(str(row["id"]), str(row.get("displayName") or ""), str(row.get("wellknownListName") or "none"))
        for row in lists.content.get("value") or []
    )
    return Mailbox(user, zone_of(settings.content), found)
