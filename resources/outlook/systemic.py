"""Whether Graph lets us in at all: what all mailboxes refuse alike is nobody's mailbox's fault."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.declaring.source import Outlook
from pipelines.ports.world import SystemicError
from resources.graph.answers import Busy
from resources.graph.batch import Request, Result
from resources.graph.client import Graph
from resources.graph.paths import item_path, list_path
from resources.outlook.told import Told

PERMISSIONS = {
    "tasks": "Tasks.ReadWrite.All, MailboxSettings.Read",
    "events": "Calendars.ReadWrite",
    "contacts": "Contacts.ReadWrite",
}
_TRIED = 20


def check_some_answer(source: Outlook, told: Sequence[Told]) -> None:
    """SystemicError if every mailbox refuses us as such, SourceError if Graph could answer for none."""
    _check(source, [each.refused for each in told])


def try_out(graph: Graph, source: Outlook) -> None:
    """The same of the first few people of the directory, one row each; nobody there is no error."""
    people = [str(row.get("id")) for row in graph.users()[:_TRIED]]
    paths = [list_path(each) if source.collection == "tasks" else item_path(each, source.collection) for each in people]
    results = graph.results([Request("GET", f"{path}?$top=1") for path in paths])
    _check(source, [None if each.success else each for each in results])


def _check(source: Outlook, refusals: Sequence[Result | None]) -> None:
    refused = [each for each in refusals if each is not None]
    if not refused or len(refused) < len(refusals):
        return
    if all(each.status in (401, 403) for each in refused):
        needed = PERMISSIONS[source.collection]
        raise SystemicError(
            "graph_consent",
            f"Microsoft Graph lets this application read {source.collection} of nobody ({refused[0].code}): grant it"
            f" {needed} and User.Read.All as application permissions, with the consent of an administrator",
        )
    if all(each.may_go_well_later or each.unknown for each in refused):
        raise Busy("graph_busy", f"Graph answered {refused[0].status} for every mailbox, however often it was asked")
