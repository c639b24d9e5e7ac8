"""A record is never its own ancestor: what the platform calls an attempt to violate hierarchy constraints.

Rows are judged one after the other, each against the store and what the rows before it are about to change: which of
two rows that close a circle together is refused is our choice. A custom lookup is held to it for the record itself
alone, as nothing public says that it is held to more. A deleted record is above nobody.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping

from . import lookups
from .checks import Candidates
from .errors import RowError
from .schema import FieldDef, SObjectDef


def violation(f: FieldDef) -> RowError:
    """The error for a row whose record would be above itself."""
    return RowError("CIRCULAR_DEPENDENCY", "attempt to violate hierarchy constraints", (f.name,))


def hierarchies(definition: SObjectDef) -> list[FieldDef]:
    """The references to records of the same kind that users may set."""
    return [f for f in definition.fields.values() if f.reference_to == (definition.name,) and f.updateable]


def refuse_circles(candidates: Candidates, f: FieldDef) -> None:
    """Refuses rows that would put a record above itself; none of them is new, as nothing is below those."""
    moves = [
        (row, record_id, None if new is None else str(new))
        for row, record_id, new, old in zip(
            candidates.rows, candidates.ids, candidates.columns[f.name], candidates.before[f.name], strict=True
        )
        if new != old and row not in candidates.batch.errors
    ]
    parents: dict[str, str | None] = {}
    if not f.custom:
        parents = _parents(candidates.db, candidates.definition, f, {new for _, _, new in moves if new is not None})
    for row, record_id, new in moves:
        if new is not None and record_id in _chain(new, parents):
            candidates.batch.refuse(row, violation(f))
        elif not f.custom:
            parents[record_id] = new


def above(
    db: sqlite3.Connection, definition: SObjectDef, f: FieldDef, record_id: str, alive: Collection[str] = ()
) -> set[str]:
    """All records above one, by id. Those of `alive` are taken to live."""
    parents = _parents(db, definition, f, [record_id], {record_id, *alive})
    parent = parents.get(record_id)
    return set() if parent is None else _chain(parent, parents)


def _parents(
    db: sqlite3.Connection, definition: SObjectDef, f: FieldDef, ids: Iterable[str], alive: Collection[str] = ()
) -> dict[str, str | None]:
    """Those records and all above them, each with its parent; a question to the store for each level."""
    parents: dict[str, str | None] = {}
    level = set(ids)
    while level:
        found = lookups.records(db, definition, level, (f.name,)).values()
        for record in found:
            (parent,) = record.values
            lost = parent is None or (record.deleted and record.id not in alive)
            parents[record.id] = None if lost else str(parent)
        level = {parent for record in found if (parent := parents[record.id]) is not None} - parents.keys()
    return parents


def _chain(start: str, parents: Mapping[str, str | None]) -> set[str]:
    """That record and all above it; a circle that is there already ends it."""
    seen: set[str] = set()
    at: str | None = start
    while at is not None and at not in seen:
        seen.add(at)
        at = parents.get(at)
    return seen
