"""What the platform refuses in a row, in its own words; each check looks at a whole chunk of rows at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from . import lookups
from .columns import Batch
from .errors import RowError
from .ids import to15
from .schema import Catalogue, FieldDef, SObjectDef
from .store import holes

_NO_SUCH_RECORD = RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
_DELETED = RowError("ENTITY_IS_DELETED", "entity is deleted")
_NO_OWNER = RowError("FIELD_INTEGRITY_EXCEPTION", "Owner ID: owner cannot be blank", ("OwnerId",))
_INACTIVE = RowError("INACTIVE_OWNER_OR_USER", "operation performed with inactive user")
OWNED_BY_ACTIVE_USERS = frozenset({"Contact", "Event", "Lead", "Task"})
"""Records of other objects, accounts and custom ones, can be given to users who are not active."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows that are about to be saved: their numbers, the ids of their records, and the columns as they will be.

    `before` holds what the same columns held so far, for records that exist.
    """

    db: sqlite3.Connection
    batch: Batch
    definition: SObjectDef
    rows: Sequence[int]
    ids: Sequence[str]
    columns: Mapping[str, Sequence[object]]
    before: Mapping[str, Sequence[object]] = field(default_factory=dict)


def required(candidates: Candidates, fields: Iterable[FieldDef]) -> None:
    """Refuses rows that leave one of `fields` empty which may not be.

    What the org sets on creation it does not set again, so that a record that exists cannot be without it; whose a
    record is, is asked in `owners`.
    """
    empty: dict[int, list[str]] = {}
    for f in fields:
        emptied = bool(candidates.before) and not f.nillable and f.updateable and f.name != "OwnerId"
        if not f.required and not emptied:
            continue
        values = candidates.columns.get(f.name)
        for position, row in enumerate(candidates.rows):
            if values is None or values[position] is None:
                empty.setdefault(row, []).append(f.name)
    for row, names in empty.items():
        message = f"Required fields are missing: [{', '.join(names)}]"
        candidates.batch.refuse(row, RowError("REQUIRED_FIELD_MISSING", message, tuple(names)))


def unique(candidates: Candidates, f: FieldDef) -> None:
    """Refuses rows whose value another record already has, or an earlier row of the same chunk takes."""
    values = candidates.columns[f.name]
    holders = lookups.ids_by_key(
        candidates.db, candidates.definition, f, {value for value in values if value is not None}
    )
    claimed: dict[object, str] = {}
    for row, record_id, value in zip(candidates.rows, candidates.ids, values, strict=True):
        if value is None or row in candidates.batch.errors:
            continue
        key = lookups.key_of(f, value)
        others = [other for other in holders.get(key, ()) if other != record_id]
        if not others and claimed.setdefault(key, record_id) != record_id:
            others = [claimed[key]]
        if others:
            listed = ", ".join(f"{f.name} duplicates value on record with id: {to15(other)}" for other in others)
            candidates.batch.refuse(row, RowError("DUPLICATE_VALUE", f"duplicate value found: {listed}"))


def references(candidates: Candidates, f: FieldDef, catalogue: Catalogue, known: set[str]) -> None:
    """Refuses rows that newly point to a record of the wrong kind, to none, or to a deleted one.

    `known` are ids that need no look; who turns out to live is added to them.
    """
    pointing = _pointing(candidates, f, known)
    if not pointing:
        return
    targets = {d.key_prefix: d for d in map(catalogue.get, f.reference_to) if d is not None}
    living: dict[str, bool] = {}
    for prefix, target in targets.items():
        living.update(lookups.alive(candidates.db, target, {p for _, p in pointing if p[:3] == prefix}))
    known.update(parent for parent, lives in living.items() if lives)
    for row, parent in pointing:
        if parent[:3] not in targets:
            message = f"{f.label}: id value of incorrect type: {parent}"
            candidates.batch.refuse(row, RowError("FIELD_INTEGRITY_EXCEPTION", message, (f.name,)))
        elif parent not in living:
            candidates.batch.refuse(row, _NO_SUCH_RECORD)
        elif not living[parent]:
            candidates.batch.refuse(row, _DELETED)


def owners(candidates: Candidates) -> None:
    """Refuses rows that leave a record to nobody, or newly to a user who is not active where that is not possible."""
    values = candidates.columns["OwnerId"]
    before = candidates.before.get("OwnerId") or [None] * len(values)
    asked = {str(new) for new in values} if candidates.definition.name in OWNED_BY_ACTIVE_USERS else set()
    inactive = _inactive(candidates.db, asked)
    for row, new, old in zip(candidates.rows, values, before, strict=True):
        if new is None:
            candidates.batch.refuse(row, _NO_OWNER)
        elif new != old and new in inactive:
            candidates.batch.refuse(row, _INACTIVE)


def _inactive(db: sqlite3.Connection, users: Collection[str]) -> set[str]:
    """Those of the users who are not active."""
    if not users:
        return set()
    sql = f'select "Id" from "User" where "IsActive" = 0 and "Id" in ({holes(len(users))})'
    return {str(row[0]) for row in db.execute(sql, list(users))}


def _pointing(candidates: Candidates, f: FieldDef, known: set[str]) -> list[tuple[int, str]]:
    """Rows and the ids they newly point to. A reference that stays as it is is not looked at again."""
    values = candidates.columns[f.name]
    before = candidates.before.get(f.name) or [None] * len(values)
    return [
        (row, str(new))
        for row, new, old in zip(candidates.rows, values, before, strict=True)
        if new is not None and new != old and new not in known
    ]


def must_live(batch: Batch, row: int, record: lookups.Existing | None) -> None:
    """Refuses a row about a record that is not there."""
    if record is None:
        batch.refuse(row, _NO_SUCH_RECORD)
    elif record.deleted:
        batch.refuse(row, _DELETED)


def refuse_ids(batch: Batch, rows: Sequence[int], ids: Sequence[object]) -> None:
    """Refuses rows that bring an id for a record that is yet to be made."""
    for row, record_id in zip(rows, ids, strict=True):
        if record_id:
            batch.refuse(
                row, RowError("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ("Id",))
            )


def wrong_id(definition: SObjectDef, record_id: object) -> RowError:
    """The error for an id that no record of that object can have."""
    label = definition.fields["Id"].label
    return RowError("MALFORMED_ID", f"{label}: id value of incorrect type: {record_id}", ("Id",))


def unwritable(names: tuple[str, ...]) -> RowError:
    """The error for fields that are read-only, for everybody or for this user."""
    message = (
        f"Unable to create/update fields: {', '.join(names)}. Please check the security settings of this field and "
        "verify that it is read/write for your profile or permission set."
    )
    return RowError("INVALID_FIELD_FOR_INSERT_UPDATE", message, names)


def parent_not_named(parent: SObjectDef, key: FieldDef, value: object, holders: Sequence[str]) -> RowError:
    """The error for a key that names no parent, or more than one."""
    if holders:
        return several(key, holders)
    return RowError(
        "INVALID_FIELD", f"Foreign key external ID: {value} not found for field {key.name} in entity {parent.name}"
    )


def several(key: FieldDef, holders: Sequence[str]) -> RowError:
    """The error for a key that more than one record has."""
    message = f"{key.label}: more than one record found for external id field: [{', '.join(holders)}]"
    return RowError("DUPLICATE_EXTERNAL_ID", message)
