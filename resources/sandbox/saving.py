"""Saving one chunk of rows inside a transaction: parents by key, defaults, checks, computed name, then one statement.

Which rows make a chunk, and what happens to the others when one fails, is decided in `dml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import activity_links, checks, derived, lookups
from .automation import run_triggers, validate
from .circles import hierarchies, refuse_circles
from .coercion import ABSENT
from .columns import Batch
from .duplicates import detect
from .ids import mint
from .schema import FieldDef, SObjectDef
from .store import holes, quote
from .write_session import Session

Columns = dict[str, list[object]]


@dataclass(frozen=True, slots=True)
class Saved:
    """A row that was saved, by its number in the call."""

    row: int
    id: str
    created: bool


class Saver:
    """Saves rows of a batch; a row that is refused gets its errors in the batch and is left out."""

    def __init__(self, session: Session, definition: SObjectDef, batch: Batch) -> None:
        self._session = session
        self._definition = definition
        self._batch = batch

    def insert(self, rows: Sequence[int]) -> list[Saved]:
        """New records for those rows."""
        definition, batch = self._definition, self._batch
        self._refuse_unwritable(rows, creating=True, key_field=None)
        rows = self._sound(rows)
        columns = {f.name: self._cells(f, rows) for f in definition.columns if f.name in batch.values}
        if "Id" in batch.values:
            checks.refuse_ids(batch, rows, columns.pop("Id"))
        ids: list[str] = mint(
            definition.key_prefix,
            self._session.pod,
            self._session.store.reserve(definition.key_prefix, len(rows)),
            len(rows),
        )
        candidates = checks.Candidates(self._session.db, batch, definition, rows, ids, columns)
        _name_after_id(definition, columns, ids)
        run_triggers(self._session, candidates, columns, created=True)
        derived.fill(candidates, columns, self._session.now)
        checks.required(candidates, definition.fields.values())
        self._check(candidates, created=True)
        kept = [position for position, row in enumerate(rows) if row not in batch.errors]
        columns = _only(columns, kept, len(rows))
        ids = [ids[position] for position in kept]
        self._insert_into(ids, columns)
        return [Saved(rows[position], record_id, True) for position, record_id in zip(kept, ids, strict=True)]

    def update(self, ids: Mapping[int, str], key_field: str | None = None) -> list[Saved]:
        """The records with those ids hold what their rows say.

        `key_field` is the key they were found by, and is not written.
        """
        definition, batch = self._definition, self._batch
        self._refuse_unwritable(ids, creating=False, key_field=key_field)
        rows = self._sound(ids)
        named = [f for f in definition.columns if f.name in batch.values and f.name not in ("Id", key_field)]
        known = (*derived.parts(definition), *self._session.declared.fields_of(definition.name))
        read = list(dict.fromkeys([*(f.name for f in named), *known]))
        existing = lookups.records(self._session.db, definition, {ids[row] for row in rows}, read)
        for row in rows:
            checks.must_live(batch, row, existing.get(ids[row]))
        rows = self._sound(rows)
        current = list(zip(*(existing[ids[row]].values for row in rows), strict=True)) if rows else [()] * len(read)
        columns = {
            name: [
                now if new is ABSENT else new
                for now, new in zip(current[position], self._given(name, rows), strict=True)
            ]
            for position, name in enumerate(read)
        }
        if not rows:
            return []
        before = dict(zip(read, current, strict=True))
        record_ids = [ids[row] for row in rows]
        candidates = checks.Candidates(self._session.db, batch, definition, rows, record_ids, columns, before)
        run_triggers(self._session, candidates, columns, created=False)
        derived.fill(candidates, columns, self._session.now)
        checks.required(candidates, named)
        self._check(candidates, created=False)
        for f in hierarchies(definition):
            if f.name in columns:
                refuse_circles(candidates, f)
        kept = [position for position, row in enumerate(rows) if row not in batch.errors]
        self._write_back([existing[ids[rows[p]]].rowid for p in kept], _only(columns, kept, len(rows)))
        return [Saved(rows[position], ids[rows[position]], False) for position in kept]

    def _sound(self, rows: Iterable[int]) -> list[int]:
        errors = self._batch.errors
        return [row for row in rows if row not in errors]

    def _given(self, name: str, rows: Sequence[int]) -> list[object]:
        cells = self._batch.values.get(name)
        return [ABSENT] * len(rows) if cells is None else [cells[row] for row in rows]

    def _cells(self, f: FieldDef, rows: Sequence[int]) -> list[object]:
        default = self._session.user.id if f.name == "OwnerId" else f.default
        if f.defaulted_on_create and f.type != "boolean":
            return [default if v is ABSENT or v is None else v for v in self._given(f.name, rows)]
        return [default if v is ABSENT else v for v in self._given(f.name, rows)]

    def _refuse_unwritable(self, rows: Iterable[int], *, creating: bool, key_field: str | None) -> None:
        user, definition, batch = self._session.user, self._definition, self._batch
        names = dict.fromkeys([*batch.values, *batch.by_parent_key])
        names.pop("Id", None)
        if key_field is not None:
            names.pop(key_field, None)
        closed = [
            name
            for name in names
            if not (definition.fields[name].createable if creating else definition.fields[name].updateable)
            or not user.can_edit(definition.name, name)
        ]
        if closed:
            for row in rows:
                present = tuple(name for name in closed if batch.present(name, row))
                if present:
                    batch.refuse(row, checks.unwritable(present))

    def _check(self, candidates: checks.Candidates, *, created: bool) -> None:
        for name in candidates.columns:
            f = self._definition.fields[name]
            if name not in self._batch.values:
                continue
            if f.unique:
                checks.unique(candidates, f)
            if f.reference_to:
                checks.references(candidates, f, self._session.catalogue, self._session.known_parents)
            if name == "OwnerId":
                checks.owners(candidates)
        activity_links.check(candidates)
        validate(self._session, candidates)
        detect(self._session, candidates, created=created)

    def _insert_into(self, ids: Sequence[str], columns: Columns) -> None:
        count = len(ids)
        if not count:
            return
        fixed = {"Id": None, **self._session.stamps(created=True)}
        names = [f.name for f in self._definition.columns]
        cells: list[Sequence[object]] = []
        for f in self._definition.columns:
            if f.name == "Id":
                cells.append(ids)
            elif f.name in fixed:
                cells.append([fixed[f.name]] * count)
            elif f.name in columns:
                cells.append(columns[f.name])
            else:
                cells.append([self._session.user.id if f.name == "OwnerId" else f.default] * count)
        listed = ", ".join(map(quote, names))
        sql = f"insert into {quote(self._definition.name)} ({listed}) values ({holes(len(names))})"
        self._session.db.executemany(sql, zip(*cells, strict=True))

    def _write_back(self, rowids: Sequence[int], columns: Columns) -> None:
        count = len(rowids)
        if not count:
            return
        stamps = {
            name: value
            for name, value in self._session.stamps(created=False).items()
            if name in self._definition.fields
        }
        written = {**columns, **{name: [value] * count for name, value in stamps.items()}}
        settings = ", ".join(f"{quote(name)} = ?" for name in written)
        sql = f"update {quote(self._definition.name)} set {settings} where rowid = ?"
        self._session.db.executemany(sql, zip(*written.values(), rowids, strict=True))


def _only(columns: Columns, kept: Sequence[int], size: int) -> Columns:
    if len(kept) == size:
        return columns
    return {name: [values[position] for position in kept] for name, values in columns.items()}


def _name_after_id(definition: SObjectDef, columns: Columns, ids: Sequence[str]) -> None:
    """A record whose name nobody gave is called by its id, where the object allows that."""
    name = definition.field("Name")
    if name and name.name_field and name.createable and name.defaulted_on_create:
        given = columns.get("Name", [None] * len(ids))
        columns["Name"] = [own if value in (None, ABSENT) else value for own, value in zip(ids, given, strict=True)]
