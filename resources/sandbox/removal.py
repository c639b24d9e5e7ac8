"""Deleting records: they stay in the store as deleted, and what belongs to them goes with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import checks, lookups
from .columns import Batch
from .saving import Saved
from .schema import SObjectDef
from .store import holes, quote, slices
from .write_session import Session


def remove(session: Session, definition: SObjectDef, batch: Batch, ids: Mapping[int, str]) -> list[Saved]:
    """The living records with those ids are deleted, and so are the children of relationships that cascade."""
    existing = lookups.records(session.db, definition, set(ids.values()), ())
    for row, record_id in ids.items():
        checks.must_live(batch, row, existing.get(record_id))
    sound = {row: record_id for row, record_id in ids.items() if row not in batch.errors}
    _mark(session, definition, list(dict.fromkeys(sound.values())))
    return [Saved(row, record_id, False) for row, record_id in sound.items()]


def _mark(session: Session, definition: SObjectDef, ids: Sequence[str]) -> None:
    for part in slices(len(ids)):
        chunk = ids[part]
        sql = (
            f'update {quote(definition.name)} set "IsDeleted" = 1, "LastModifiedDate" = ?, "LastModifiedById" = ?, '
            f'"SystemModstamp" = ? where "Id" in ({holes(len(chunk))})'
        )
        session.db.execute(sql, (session.now, session.user.id, session.now, *chunk))
    for child in definition.child_relationships:
        if child.cascade_delete and ids:
            child_definition = session.catalogue[child.child_sobject]
            _mark(session, child_definition, _children(session, child_definition, child.field, ids))


def _children(session: Session, definition: SObjectDef, field: str, parents: Sequence[str]) -> list[str]:
    found: list[str] = []
    for part in slices(len(parents)):
        chunk = parents[part]
        sql = (
            f'select "Id" from {quote(definition.name)} '
            f'where {quote(field)} in ({holes(len(chunk))}) and "IsDeleted" = 0'
        )
        found += [row[0] for row in session.db.execute(sql, chunk)]
    return found
