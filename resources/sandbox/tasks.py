"""What the org itself keeps of a task: whether it is closed, since when, and whether it is urgent."""

from __future__ import annotations

from . import activity_links
from .automation import Columns, cell
from .checks import Candidates

PARTS = (*activity_links.PARTS, "Status", "Priority", "CompletedDateTime")
CLOSED = frozenset({"completed"})
URGENT = frozenset({"high"})


def fill(candidates: Candidates, columns: Columns, now: str) -> None:
    """The columns hold what follows from status and priority, whom the task is with and what it is about.

    A task saved with a closed status it did not have is completed now; one that is open is not completed at all.
    """
    before = candidates.before.get("Status")
    closed: list[object] = []
    completed: list[object] = []
    urgent: list[object] = []
    for position in range(len(candidates.rows)):
        status = cell(candidates, "Status", position)
        closed.append(_is(status, CLOSED))
        same = before is not None and before[position] == status
        since = cell(candidates, "CompletedDateTime", position) if same else now
        completed.append(since if closed[position] else None)
        urgent.append(_is(cell(candidates, "Priority", position), URGENT))
    columns.update({"IsClosed": closed, "CompletedDateTime": completed, "IsHighPriority": urgent})
    activity_links.fill(candidates, columns)


def _is(value: object, among: frozenset[str]) -> bool:
    return str(value).lower() in among
