"""Fields that the org itself keeps from others of the same record, whenever somebody saves it.

An object that has such fields is one line in `_KEPT`; names of people are kept wherever there are parts of one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from . import event_times, tasks
from .automation import Columns
from .checks import Candidates
from .person_names import compute_name, name_parts
from .schema import SObjectDef

Keep = Callable[[Candidates, Columns, str], None]

_KEPT: Mapping[str, tuple[tuple[str, ...], Keep]] = {
    "Task": (tasks.PARTS, tasks.fill),
    "Event": (event_times.PARTS, event_times.fill),
}


def parts(definition: SObjectDef) -> tuple[str, ...]:
    """What has to be known of a record so that its kept fields can be told."""
    kept, _ = _KEPT.get(definition.name, ((), None))
    return (*name_parts(definition), *kept)


def fill(candidates: Candidates, columns: Columns, now: str) -> None:
    """The columns hold what the org keeps; `columns` are those of the candidates, so that rules see them too."""
    before = candidates.before
    names = name_parts(candidates.definition)
    if not before or any(columns[name] != list(before[name]) for name in names):
        compute_name(candidates.definition, columns, len(candidates.rows))
    _, keep = _KEPT.get(candidates.definition.name, ((), None))
    if keep is not None:
        keep(candidates, columns, now)
