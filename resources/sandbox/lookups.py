"""Questions to the store about many records at once: who has these ids, these keys.

One statement a question, not a row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .schema import FieldDef, SObjectDef
from .store import holes, quote, slices


@dataclass(frozen=True, slots=True)
class Existing:
    """A record that is in the store, with the columns that were asked for."""

    rowid: int
    id: str
    deleted: bool
    values: tuple[object, ...]


def key_of(definition: FieldDef, value: object) -> object:
    """The value as uniqueness sees it: letter case counts only where the field says so."""
    return value.lower() if isinstance(value, str) and not definition.case_sensitive else value


def records(
    db: sqlite3.Connection, definition: SObjectDef, ids: Iterable[str], fields: Collection[str]
) -> dict[str, Existing]:
    """The records with those ids, deleted ones too, by id."""
    listed = list(ids)
    columns = "".join(f", {quote(name)}" for name in fields)
    found: dict[str, Existing] = {}
    for part in slices(len(listed)):
        chunk = listed[part]
        sql = (
            f'select rowid, "Id", {_deleted_sql(definition)}{columns} '
            f'from {quote(definition.name)} where "Id" in ({holes(len(chunk))})'
        )
        for row in db.execute(sql, chunk):
            found[row[1]] = Existing(row[0], row[1], bool(row[2]), row[3:])
    return found


def ids_by_key(
    db: sqlite3.Connection, definition: SObjectDef, key: FieldDef, values: Iterable[object]
) -> dict[object, list[str]]:
    """The ids of the live records that have those values in a key field, by the value as `key_of` gives it."""
    listed = list(values)
    alive = 'and "IsDeleted" = 0' if definition.has_soft_delete else ""
    found: dict[object, list[str]] = {}
    for part in slices(len(listed)):
        chunk = listed[part]
        sql = (
            f'select {quote(key.name)}, "Id" from {quote(definition.name)} '
            f"where {quote(key.name)} in ({holes(len(chunk))}) {alive} order by rowid"
        )
        for value, record_id in db.execute(sql, chunk):
            found.setdefault(key_of(key, value), []).append(record_id)
    return found


def alive(db: sqlite3.Connection, definition: SObjectDef, ids: Iterable[str]) -> dict[str, bool]:
    """For each of those ids that exists: True if the record lives, False if it is deleted."""
    return {record_id: not record.deleted for record_id, record in records(db, definition, ids, ()).items()}


def _deleted_sql(definition: SObjectDef) -> str:
    return '"IsDeleted"' if definition.has_soft_delete else "0"
