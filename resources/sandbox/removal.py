"""Deleting records: they stay in the store as deleted, and what belongs to them goes with them.

How they come back, or go for good, is in `recycle_bin`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from . import checks, lookups
from .columns import Batch
from .saving import Saved
from .schema import SObjectDef
from .store import holes, quote, slices
from .write_session import Session

BIN_SQL = (
    "create table if not exists _recycle_bin "
    "(id text primary key, sobject text, root text, deleted text, emptied integer not null default 0) without rowid"
)
"""Who was deleted with whom (`root`), when, and whether that is for good (`emptied`)."""


def remove(session: Session, definition: SObjectDef, batch: Batch, ids: Mapping[int, str]) -> list[Saved]:
    """The living records with those ids are deleted, and so are the children of relationships that cascade."""
    existing = lookups.records(session.db, definition, set(ids.values()), ())
    for row, record_id in ids.items():
        checks.must_live(batch, row, existing.get(record_id))
    sound = {row: record_id for row, record_id in ids.items() if row not in batch.errors}
    mark(session, definition, {record_id: record_id for record_id in sound.values()})
    return [Saved(row, record_id, False) for row, record_id in sound.items()]


def mark(session: Session, definition: SObjectDef, roots: Mapping[str, str], *, cascade: bool = True) -> None:
    """The records are deleted; `roots` says with which record each of them goes, and comes back."""
    ids = list(roots)
    for part in slices(len(ids)):
        chunk = ids[part]
        sql = (
            f'update {quote(definition.name)} set "IsDeleted" = 1, "LastModifiedDate" = ?, "LastModifiedById" = ?, '
            f'"SystemModstamp" = ? where "Id" in ({holes(len(chunk))})'
        )
        session.db.execute(sql, (session.now, session.user.id, session.now, *chunk))
    session.db.executemany(
        "insert or replace into _recycle_bin (id, sobject, root, deleted) values (?, ?, ?, ?)",
        [(record_id, definition.name, root, session.now) for record_id, root in roots.items()],
    )
    for child in definition.child_relationships:
        if child.cascade_delete and cascade and ids:
            child_definition = session.catalogue[child.child_sobject]
            found = children(session.db, child_definition, child.field, ids)
            mark(session, child_definition, {child_id: roots[parent] for child_id, parent in found.items()})


def children(db: sqlite3.Connection, definition: SObjectDef, field: str, parents: Sequence[str]) -> dict[str, str]:
    """The ids of the living records that point to one of those parents through the field, and to which."""
    alive = 'and "IsDeleted" = 0' if definition.has_soft_delete else ""
    found: dict[str, str] = {}
    for part in slices(len(parents)):
        chunk = parents[part]
        sql = (
            f'select "Id", {quote(field)} from {quote(definition.name)} '
            f"where {quote(field)} in ({holes(len(chunk))}) {alive}"
        )
        found.update(db.execute(sql, chunk).fetchall())
    return found
