"""What the platform refuses in a row, in its own words; each check looks at a whole chunk of rows at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from . import lookups
from .columns import Batch
from .errors import RowError
from .ids import to15
from .schema import Catalogue, FieldDef, SObjectDef


def required(
    batch: Batch, definition: SObjectDef, rows: Sequence[int], columns: Mapping[str, Sequence[object]], fields: Iterable[FieldDef]
) -> None:
    """Refuses rows that leave one of `fields` empty which may not be."""
    watched = [f for f in fields if f.required]
    empty: dict[int, list[str]] = {}
    for f in watched:
        values = columns.get(f.name)
        for position, row in enumerate(rows):
            if values is None or values[position] is None:
                empty.setdefault(row, []).append(f.name)
    for row, names in empty.items():
        message = f"Required fields are missing: [{', '.join(names)}]"
        batch.refuse(row, RowError("REQUIRED_FIELD_MISSING", message, tuple(names)))


def unique(
    db: sqlite3.Connection, batch: Batch, definition: SObjectDef, f: FieldDef,
    rows: Sequence[int], ids: Sequence[str], values: Sequence[object],
) -> None:  # fmt: skip
    """Refuses rows whose value another record already has, or an earlier row of the same chunk takes."""
    holders = lookups.ids_by_key(db, definition, f, {value for value in values if value is not None})
    claimed: dict[object, str] = {}
    for row, record_id, value in zip(rows, ids, values, strict=True):
        if value is None or row in batch.errors:
            continue
        key = lookups.key_of(f, value)
        others = [other for other in holders.get(key, ()) if other != record_id]
        if not others and claimed.setdefault(key, record_id) != record_id:
            others = [claimed[key]]
        if others:
            listed = ", ".join(f"{f.name} duplicates value on record with id: {to15(other)}" for other in others)
            batch.refuse(row, RowError("DUPLICATE_VALUE", f"duplicate value found: {listed}"))


def references(
    db: sqlite3.Connection, batch: Batch, catalogue: Catalogue, f: FieldDef,
    rows: Sequence[int], values: Sequence[object], before: Sequence[object], known: set[str],
) -> None:  # fmt: skip
    """Refuses rows that newly point to a record of the wrong kind, to none, or to a deleted one; `known` collects who exists."""
    pointing = [
        (row, str(value))
        for position, (row, value) in enumerate(zip(rows, values, strict=True))
        if value is not None and value not in known and not (before and before[position] == value)
    ]
    if not pointing:
        return
    targets = {d.key_prefix: d for d in map(catalogue.get, f.reference_to) if d is not None}
    living: dict[str, bool] = {}
    for prefix, target in targets.items():
        asked = {parent for _, parent in pointing if parent[:3] == prefix}
        living.update(lookups.alive(db, target, asked))
    known.update(parent for parent, lives in living.items() if lives)
    for row, parent in pointing:
        if parent[:3] not in targets:
            message = f"{f.label}: id value of incorrect type: {parent}"
            batch.refuse(row, RowError("FIELD_INTEGRITY_EXCEPTION", message, (f.name,)))
        elif parent not in living:
            batch.refuse(row, RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"))
        elif not living[parent]:
            batch.refuse(row, RowError("ENTITY_IS_DELETED", "entity is deleted"))


def must_live(batch: Batch, row: int, record: lookups.Existing | None) -> None:
    """Refuses a row about a record that is not there."""
    if record is None:
        batch.refuse(row, RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"))
    elif record.deleted:
        batch.refuse(row, RowError("ENTITY_IS_DELETED", "entity is deleted"))


def refuse_ids(batch: Batch, rows: Sequence[int], ids: Sequence[object]) -> None:
    """Refuses rows that bring an id for a record that is yet to be made."""
    for row, record_id in zip(rows, ids, strict=True):
        if record_id:
            batch.refuse(row, RowError("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ("Id",)))


def wrong_id(definition: SObjectDef, record_id: object) -> RowError:
    """The error for an id that no record of that object can have."""
    label = definition.fields["Id"].label
    return RowError("MALFORMED_ID", f"{label}: id value of incorrect type: {record_id}", ("Id",))


def unwritable(names: tuple[str, ...]) -> RowError:
    """The error for fields that are read-only, for everybody or for this user."""
    message = (
        f"Unable to create/update fields: {', '.join(names)}. Please check the security settings of this field and verify that "
        "it is read/write for your profile or permission set."
    )
    return RowError("INVALID_FIELD_FOR_INSERT_UPDATE", message, names)


def parent_not_named(parent: SObjectDef, key: FieldDef, value: object, holders: Sequence[str]) -> RowError:
    """The error for a key that names no parent, or more than one."""
    if holders:
        return several(key, holders)
    return RowError("INVALID_FIELD", f"Foreign key external ID: {value} not found for field {key.name} in entity {parent.name}")


def several(key: FieldDef, holders: Sequence[str]) -> RowError:
    """The error for a key that more than one record has."""
    message = f"{key.label}: more than one record found for external id field: [{', '.join(holders)}]"
    return RowError("DUPLICATE_EXTERNAL_ID", message)
