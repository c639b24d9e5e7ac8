"""Outlook as a two-way source: the mailboxes of an organisation, by Microsoft Graph.

Everything is read before anything is landed: where Graph cannot be reached, the entity's file is untouched. What one
mailbox or one list refuses is told, removes nothing, and is asked for again from where it stood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipelines.declaring.outlook import Collection
from pipelines.declaring.source import Outlook
from pipelines.ports.source import Asked, Change, Landed, Written
from pipelines.ports.world import Clock, Progress
from resources import landing
from resources.graph.client import Graph
from resources.graph.settings import GraphAccount
from resources.outlook.awaited import ask_for
from resources.outlook.contacts import read_contacts
from resources.outlook.cursor import VERSION, Box, Cursor, cursor_of, text_of
from resources.outlook.events import read_events, whole_days
from resources.outlook.owner import check_owners
from resources.outlook.staging import Staging, staged
from resources.outlook.systemic import check_some_answer, try_out
from resources.outlook.tasks import read_tasks
from resources.outlook.told import Known, Told
from resources.outlook.writing import Writing
from resources.salesforce.patience import Patience
from resources.working_folder import empty_folder


class OutlookMailboxes:
    """`account` is asked for when Graph is; dlt's working files and ours go below `dlt_home`.

    `crm_url`: where links of new tasks lead; without, they have none.
    """

    def __init__(
        self,
        account: Callable[[], GraphAccount],
        dlt_home: Path,
        clock: Clock,
        patience: Patience | None = None,
        crm_url: str | None = None,
    ) -> None:
        self._account = account
        self._dlt_home = dlt_home
        self._clock = clock
        self._patience = patience
        self._crm_url = crm_url
        self._boxes: dict[Collection, dict[str, Box]] = {}
        self.calls = 0
        """Calls of Graph made so far, retries included."""

    def land_changes(self, source: Outlook, asked: Asked, file: Path, progress: Progress) -> Landed:
        """As the port has it. `landing.mailboxes` also has `partly`: why a list of a mailbox was not read."""
        before = cursor_of(asked.cursor, source.collection).boxes
        users = dict.fromkeys(user.strip().lower() for user in asked.users)
        boxes = {user: before.get(user, Box()) for user in users if user}
        with self._graph() as graph:
            known = Known(asked.known, asked.awaited)
            told = self._read(graph, source, asked, boxes, known)
            ask_for(graph, source.collection, known, told)
            check_owners(graph, boxes, told)
        progress("extract", sum(len(each.rows) for each in told), None)
        check_some_answer(source, told)
        self._met(source).update({each.user: each.box for each in told if each.refused is None})
        with landing.disk_full_is_systemic(self._dlt_home):
            self._dlt_home.mkdir(mode=0o700, parents=True, exist_ok=True)
            with empty_folder(self._dlt_home / f"staging-{file.stem}") as folder:
                staging = staged(source.collection, told, asked.columns, folder)
                self._land(staging, file)
        rows = staging.tables["rows"].rows
        progress("extract", rows, rows)
        return Landed(
            rows=rows,
            rejected=staging.tables["rejects"].rows,
            fingerprint=staging.fingerprint,
            absent=tuple((source.name, name) for name in asked.columns if name not in source.columns),
            cursor=text_of(
                Cursor(source.collection, VERSION, {each.user: each.box for each in told if each.box != Box()})
            ),
        )

    def write(self, source: Outlook, changes: Sequence[Change], progress: Progress) -> list[Written]:
        """As the port has it."""
        writing = Writing(source, self._met(source), self._crm_url)
        writing.check(changes)
        with self._graph() as graph:
            written = writing.write(graph, changes)
        progress("load", len(written), len(written))
        return written

    def check_settings(self) -> None:
        """SystemicError where it is not said where Graph is, and who we are there."""
        self._account()

    def try_out(self, source: Outlook) -> None:
        """Asks for a few people and one page of theirs; raises SourceError or SystemicError if nobody may be read."""
        with self._graph() as graph:
            try_out(graph, source)

    def _land(self, staging: Staging, file: Path) -> None:
        landing.land(staging.tables, file, self._dlt_home)

    def _met(self, source: Outlook) -> dict[str, Box]:
        return self._boxes.setdefault(source.collection, {})

    @contextmanager
    def _graph(self) -> Iterator[Graph]:
        with Graph(self._account(), self._patience) as graph:
            try:
                yield graph
            finally:
                self.calls += graph.calls

    def _read(self, graph: Graph, source: Outlook, asked: Asked, boxes: Mapping[str, Box], known: Known) -> list[Told]:
        match source.collection:
            case "tasks":
                return read_tasks(graph, boxes, known, self._clock())
            case "contacts":
                return read_contacts(graph, boxes, known)
            case "events":
                if asked.span is None:
                    raise ValueError("events are asked for in a span of time")
                return read_events(graph, boxes, known, whole_days(asked.span))
