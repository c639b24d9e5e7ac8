"""The recycle bin: deleted records come back, or go for good, by somebody's wish or after 15 days.

Undeleting a record brings back what was deleted with it, and nothing else that belonged to it. Deleting is in
`removal`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from . import lookups
from .circles import above, hierarchies, violation
from .dml import Dml, RowResult
from .errors import RowError
from .ids import is_id, to15, to18
from .moments import as_stored
from .permissions import User
from .schema import SObjectDef
from .store import holes, quote, slices
from .write_session import Session

if TYPE_CHECKING:
    from .org import Org

DAYS = 15
_NOT_THERE = RowError("UNDELETE_FAILED", "Entity is not in the recycle bin")
_UNKNOWN = RowError("INVALID_ID_FIELD", "Invalid record id; no recycle bin entry found")
_NO_RIGHT = RowError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")


def undelete(org: Org, user: User, ids: Sequence[str]) -> list[RowResult]:
    """Each of those records lives again, with what was deleted with it; a result for each id in its order."""
    with org.store.write() as db:
        return [_undelete_one(org, user, db, record_id) for record_id in ids]


def empty(org: Org, user: User, ids: Sequence[str]) -> list[RowResult]:
    """Each of those deleted records, and what was deleted with it, is gone for good."""
    results = []
    with org.store.write() as db:
        for asked in ids:
            definition, record_id = _known(org, asked)
            if definition is None or _state(db, definition, record_id) is not True:
                results.append(RowResult(None, False, errors=(_UNKNOWN,)))
            elif not user.may("delete", definition.name):
                results.append(RowResult(record_id, False, errors=(_NO_RIGHT,)))
            else:
                erase(org, db, _together(org, db, definition, record_id))
                results.append(RowResult(record_id, True))
    return results


def hard_delete(org: Org, user: User, sobject: str, ids: Sequence[str]) -> list[RowResult]:
    """Living or deleted, each of those records is gone for good; INSUFFICIENT_ACCESS_OR_READONLY without the right."""
    with org.store.write() as db:
        definition = org.catalogue[sobject]
        living = [i for i in ids if is_id(i) and _state(db, definition, to18(i)) is False]
        removed = dict(zip(living, Dml(org, user).delete(sobject, living), strict=True))
        results = []
        for asked in ids:
            gone = removed.get(asked) or _already(db, definition, asked)
            if gone.success and gone.id:
                erase(org, db, _together(org, db, definition, gone.id))
            results.append(gone)
    return results


def purge(org: Org) -> None:
    """What was deleted more than 15 days ago, by the org's clock, is gone for good."""
    before = as_stored(org.time() - timedelta(days=DAYS))
    with org.store.write() as db:
        for definition in org.catalogue:
            if definition.has_soft_delete:
                sql = f'select "Id" from {quote(definition.name)} where "IsDeleted" = 1 and "SystemModstamp" < ?'
                erase(org, db, [(definition, row[0]) for row in db.execute(sql, (before,)).fetchall()])
        db.execute("delete from _recycle_bin where deleted < ?", (before,))


def erase(org: Org, db: sqlite3.Connection, records: Iterable[tuple[SObjectDef, str]]) -> None:
    """The records are not in the store any more, and references to them are empty."""
    by_object: dict[str, list[str]] = {}
    for definition, record_id in records:
        by_object.setdefault(definition.name, []).append(record_id)
    for name, ids in by_object.items():
        for part in slices(len(ids)):
            chunk = ids[part]
            db.execute(f'delete from {quote(name)} where "Id" in ({holes(len(chunk))})', chunk)
            db.execute(f"update _recycle_bin set emptied = 1 where id in ({holes(len(chunk))})", chunk)
            for child in org.catalogue[name].child_relationships:
                sql = f"update {quote(child.child_sobject)} set {quote(child.field)} = null where {quote(child.field)} "
                if not child.field.endswith("ById") and child.field != "OwnerId":
                    db.execute(f"{sql} in ({holes(len(chunk))})", chunk)


def erased_between(org: Org, sobject: str, start: str, end: str) -> list[tuple[str, str]]:
    """The records that were deleted in that span and are gone for good: id and moment of the deletion."""
    sql = "select id, deleted from _recycle_bin where emptied = 1 and sobject = ? and deleted >= ? and deleted < ?"
    with org.store.read() as db:
        return db.execute(sql, (sobject, start, end)).fetchall()


def _undelete_one(org: Org, user: User, db: sqlite3.Connection, asked: str) -> RowResult:
    definition, record_id = _known(org, asked)
    if definition is None or _state(db, definition, record_id) is not True:
        return RowResult(record_id or None, False, errors=(_NOT_THERE,))
    if not user.may("delete", definition.name):
        return RowResult(record_id, False, errors=(_NO_RIGHT,))
    group = _together(org, db, definition, record_id)
    for kind, member in group:
        refused = _taken(db, kind, member) or _circular(db, kind, member, {other for _, other in group})
        if refused is not None:
            return RowResult(record_id, False, errors=(refused,))
    session = Session(org.store, db, org.catalogue, user, org.identity.pod, org.now(), set())
    stamps = session.stamps(created=False)
    for kind, member in group:
        master = ', "MasterRecordId" = null' if "MasterRecordId" in kind.fields else ""
        settings = ", ".join(f"{quote(name)} = ?" for name in stamps)
        sql = f'update {quote(kind.name)} set "IsDeleted" = 0{master}, {settings} where "Id" = ?'
        db.execute(sql, (*stamps.values(), member))
        db.execute("delete from _recycle_bin where id = ?", (member,))
    return RowResult(record_id, True)


def _together(org: Org, db: sqlite3.Connection, definition: SObjectDef, record_id: str) -> list[tuple[SObjectDef, str]]:
    """The record, and the records that were deleted with it."""
    sql = "select sobject, id from _recycle_bin where root = ? and id <> ? and emptied = 0"
    others = db.execute(sql, (record_id, record_id)).fetchall()
    return [(definition, record_id), *[(org.catalogue[name], other) for name, other in others]]


def _known(org: Org, asked: str) -> tuple[SObjectDef | None, str]:
    if not is_id(asked):
        return None, ""
    definition = org.catalogue.with_prefix(asked)
    return (definition if definition is not None and definition.has_soft_delete else None), to18(asked)


def _state(db: sqlite3.Connection, definition: SObjectDef, record_id: str) -> bool | None:
    """True for a deleted record, False for a living one, None for one that does not exist."""
    found = lookups.records(db, definition, [record_id], ()).get(record_id)
    return None if found is None else found.deleted


def _already(db: sqlite3.Connection, definition: SObjectDef, asked: str) -> RowResult:
    record_id = to18(asked) if is_id(asked) else asked
    if is_id(asked) and _state(db, definition, record_id):
        return RowResult(record_id, True)
    return RowResult(record_id, False, errors=(RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),))


def _taken(db: sqlite3.Connection, definition: SObjectDef, record_id: str) -> RowError | None:
    """Why the record cannot live: another one has its unique value by now."""
    for f in definition.columns:
        if not f.unique:
            continue
        (value,) = lookups.records(db, definition, [record_id], [f.name])[record_id].values
        holders = [] if value is None else lookups.ids_by_key(db, definition, f, [value]).get(lookups.key_of(f, value))
        if holders:
            message = f"duplicate value found: {f.name} duplicates value on record with id: {to15(holders[0])}"
            return RowError("DUPLICATE_VALUE", message)
    return None


def _circular(db: sqlite3.Connection, definition: SObjectDef, record_id: str, alive: set[str]) -> RowError | None:
    """Why the record cannot live: by now it would be above itself."""
    for f in hierarchies(definition):
        if not f.custom and record_id in above(db, definition, f, record_id, alive):
            return violation(f)
    return None
