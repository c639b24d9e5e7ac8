"""One call's rows on their way into the store: chunk by chunk, in one transaction, with a result for each row.

Which row makes a new record and which changes one is decided here; how a chunk is saved is in `saving`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from . import checks, lookups
from .circumstances import circumstances
from .coercion import ABSENT
from .columns import Batch
from .errors import ApiError, RowError
from .ids import is_id, to18
from .locks import refuse_locked, refuse_locked_parents
from .moments import as_stored
from .parents import resolve_parents
from .removal import remove
from .saving import Saved, Saver
from .schema import FieldDef, SObjectDef
from .write_session import Session

if TYPE_CHECKING:
    from .org import Org
    from .permissions import User

ChunkSaver = Callable[[Sequence[int]], list[Saved]]

CHUNK = 200
ROLLED_BACK = RowError(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row; `id` is None for a record that was not created."""

    id: str | None
    success: bool
    created: bool = False
    errors: tuple[RowError, ...] = ()


class _Undo(Exception):
    """Nothing of this call may stay."""


class Writer(Protocol):
    """On whose behalf the rows are written."""

    @property
    def org(self) -> Org: ...

    @property
    def user(self) -> User: ...

    def may(self, definition: SObjectDef, right: str) -> bool: ...


class Transaction:
    """One call's rows on their way through the chunks."""

    def __init__(self, writer: Writer, definition: SObjectDef, batch: Batch, *, all_or_none: bool) -> None:
        self._writer = writer
        self._definition = definition
        self._batch = batch
        self._all_or_none = all_or_none
        self._saved: dict[int, Saved] = {}
        self._ids: dict[int, str] = {}

    def run(self, save: ChunkSaver) -> list[RowResult]:
        """Every chunk goes through `save` in one transaction; with all-or-none, one bad row undoes them all."""
        org = self._writer.org
        store = org.store
        try:
            with store.write() as db:
                self._session = self._new_session(db)
                self._locked = circumstances().locked | org.locks.held()
                self._saver = Saver(self._session, self._definition, self._batch)
                for chunk in self._chunks():
                    for row, error in circumstances().refusals(chunk).items():
                        self._batch.refuse(row, error)
                    resolve_parents(self._session, self._batch, chunk)
                    if self._locked:
                        refuse_locked_parents(self._definition, self._batch, chunk, self._locked)
                    for saved in save(chunk):
                        self._saved[saved.row] = saved
                if self._all_or_none and self._batch.errors:
                    raise _Undo
        except _Undo:
            return [self._undone(row) for row in range(self._batch.size)]
        return [self._result(row) for row in range(self._batch.size)]

    def insert(self, chunk: Sequence[int]) -> list[Saved]:
        return self._saver.insert(chunk)

    def update(self, chunk: Sequence[int]) -> list[Saved]:
        return self._saver.update(self._unlocked(self._named(chunk, required=True)))

    def delete(self, chunk: Sequence[int]) -> list[Saved]:
        return remove(self._session, self._definition, self._batch, self._unlocked(self._named(chunk, required=True)))

    def upsert_by_id(self, chunk: Sequence[int]) -> list[Saved]:
        ids = self._named(chunk, required=False)
        return self._either([row for row in chunk if row not in ids], ids, None)

    def upsert(self, chunk: Sequence[int], key: FieldDef) -> list[Saved]:
        batch = self._batch
        values = batch.values.setdefault(key.name, [ABSENT] * batch.size)
        rows_by_key: dict[object, list[int]] = {}
        for row in chunk:
            if row in batch.errors:
                continue
            if values[row] is None or values[row] is ABSENT:
                batch.refuse(row, RowError("MISSING_ARGUMENT", f"{key.name} not specified", (key.name,)))
            else:
                rows_by_key.setdefault(lookups.key_of(key, values[row]), []).append(row)
        found = lookups.ids_by_key(
            self._session.db, self._definition, key, {values[rows[0]] for rows in rows_by_key.values()}
        )
        new: list[int] = []
        old: dict[int, str] = {}
        for key_value, rows in rows_by_key.items():
            holders = found.get(key_value, [])
            if len(rows) > 1:
                for row in rows:
                    batch.refuse(row, RowError("DUPLICATE_VALUE", f"Duplicate external id specified: {values[row]}"))
            elif len(holders) > 1:
                batch.refuse(rows[0], checks.several(key, holders))
            elif holders:
                old[rows[0]] = holders[0]
                values[rows[0]] = ABSENT
            else:
                new.append(rows[0])
        self._ids.update(old)
        return self._either(new, old, key.name)

    def _either(self, new: Sequence[int], old: Mapping[int, str], key_field: str | None) -> list[Saved]:
        for rows, right in ((new, "create"), (list(old), "edit")):
            if rows and not self._writer.may(self._definition, right):
                error = forbidden(self._definition, right)
                for row in rows:
                    self._batch.refuse(row, RowError(error.code, error.message))
        old = self._unlocked(old)
        saved = self._saver.update(old, key_field) if old else []
        return [*saved, *(self._saver.insert(new) if new else [])]

    def _unlocked(self, ids: Mapping[int, str]) -> dict[int, str]:
        return refuse_locked(self._batch, ids, self._locked)

    def _named(self, chunk: Sequence[int], *, required: bool) -> dict[int, str]:
        """The record ids of those rows; a row without one, or with a wrong one, is refused."""
        values = self._batch.values.get("Id", [ABSENT] * self._batch.size)
        named: dict[int, str] = {}
        for row in chunk:
            value = values[row]
            if row in self._batch.errors:
                continue
            if value is None or value is ABSENT or value == "":
                if required:
                    self._batch.refuse(row, RowError("MISSING_ARGUMENT", "Id not specified in an update call", ("Id",)))
            elif not is_id(str(value)) or str(value)[:3] != self._definition.key_prefix:
                self._batch.refuse(row, checks.wrong_id(self._definition, value))
                named.pop(row, None)
            else:
                named[row] = to18(str(value))
        self._ids.update(named)
        return named

    def _chunks(self) -> Iterator[list[int]]:
        """Row numbers, at most CHUNK together, and never two rows with the same Id together."""
        ids = self._batch.values.get("Id")
        chunk: list[int] = []
        seen: set[object] = set()
        for row in range(self._batch.size):
            record_id = ids[row] if ids is not None else None
            if len(chunk) == CHUNK or (record_id and record_id is not ABSENT and record_id in seen):
                yield chunk
                chunk, seen = [], set()
            chunk.append(row)
            seen.add(record_id)
        if chunk:
            yield chunk

    def _new_session(self, db: sqlite3.Connection) -> Session:
        org = self._writer.org
        stamp = as_stored(org.time() - timedelta(seconds=circumstances().backdated))
        return Session(org.store, db, org.catalogue, self._writer.user, org.identity.pod, stamp, set(), org.declared)

    def _result(self, row: int) -> RowResult:
        saved = self._saved.get(row)
        if saved is not None:
            return RowResult(saved.id, True, saved.created)
        return RowResult(self._ids.get(row), False, False, tuple(self._batch.errors[row]))

    def _undone(self, row: int) -> RowResult:
        errors = self._batch.errors.get(row, [ROLLED_BACK])
        return RowResult(self._ids.get(row), False, row not in self._ids, tuple(errors))


def forbidden(definition: SObjectDef, right: str) -> ApiError:
    if right == "create":
        return ApiError(
            400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be inserted: {definition.label}"
        )
    return ApiError(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
