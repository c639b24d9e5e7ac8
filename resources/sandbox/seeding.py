"""Filling an org in bulk past the checks: audit fields may be given, nothing is validated but the kind of each value.

For demo data and tests. Writes that the platform would check go through `dml`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import derived, lookups
from .automation import Columns
from .checks import Candidates
from .coercion import ABSENT
from .columns import Batch, ColumnReader, Target
from .ids import mint, to18
from .permissions import User
from .schema import Catalogue, FieldDef, SObjectDef
from .store import Store, holes, quote

_EVERYTHING = User(id="", username="", profile="", denied=frozenset())


@dataclass(frozen=True, slots=True)
class Seeder:
    """Seeds one org's store. `owner_id` is whose the records are unless they say otherwise; `now` their stamp."""

    store: Store
    catalogue: Catalogue
    pod: str
    now: str
    owner_id: str | None = None

    def seed(self, sobject: str, rows: Sequence[Mapping[str, object]]) -> list[str]:
        """The rows are records; their ids in the order of the rows. Everything or nothing.

        Any stored field may be given, also Id, CreatedDate, SystemModstamp and IsDeleted; parents may be named by key
        (`Account.Source_Key__c`) if they exist already. ValueError names the first row that cannot be stored.
        """
        definition = self.catalogue[sobject]
        batch = ColumnReader(self.catalogue, definition, _EVERYTHING, text=False).read(rows)
        _raise_first(sobject, batch)
        with self.store.write() as db:
            for name, (target, keys) in batch.by_parent_key.items():
                batch.values[name] = self._parents(target, keys)
            columns = {f.name: self._column(definition, f, batch) for f in definition.columns}
            self._derive(db, definition, batch, columns)
            listed = ", ".join(map(quote, columns))
            sql = f"insert into {quote(definition.name)} ({listed}) values ({holes(len(columns))})"
            db.executemany(sql, zip(*columns.values(), strict=True))
        return [str(record_id) for record_id in columns["Id"]]

    def _derive(self, db: sqlite3.Connection, definition: SObjectDef, batch: Batch, columns: Columns) -> None:
        """What the org itself keeps of a record is as it would be, unless the row says otherwise."""
        ids, before = list(map(str, columns["Id"])), dict(columns)
        derived.fill(Candidates(db, batch, definition, range(batch.size), ids, columns), columns, self.now)
        _raise_first(definition.name, batch)
        for name in [name for name, column in columns.items() if column is not before[name]]:
            given = batch.values.get(name, [ABSENT] * batch.size)
            columns[name] = [kept if own is ABSENT else own for kept, own in zip(columns[name], given, strict=True)]

    def _parents(self, target: Target, keys: Sequence[object]) -> list[object]:
        if target.parent is None or target.parent_key is None:
            raise ValueError(f"{target.field.name} is no reference by key")
        asked = {key for key in keys if key is not None and key is not ABSENT}
        with self.store.read() as db:
            found = lookups.ids_by_key(db, target.parent, target.parent_key, asked)
        missing = [key for key in asked if lookups.key_of(target.parent_key, key) not in found]
        if missing:
            raise ValueError(f"no {target.parent.name} has {target.parent_key.name} {missing[0]!r}")
        return [found[lookups.key_of(target.parent_key, key)][0] if key in asked else None for key in keys]

    def _column(self, definition: SObjectDef, f: FieldDef, batch: Batch) -> list[object]:
        given = batch.values.get(f.name)
        default = self._default(f)
        if f.name == "Id":
            first = self.store.reserve(definition.key_prefix, batch.size)
            minted = mint(definition.key_prefix, self.pod, first, batch.size)
            given = [None] * batch.size if given is None else given
            return [to18(str(own)) if own else new for own, new in zip(given, minted, strict=True)]
        if f.name in ("LastModifiedDate", "SystemModstamp") and given is None:
            return self._stamps(f, definition, batch)
        if given is None:
            return [default] * batch.size
        return [default if value is ABSENT else value for value in given]

    def _stamps(self, f: FieldDef, definition: SObjectDef, batch: Batch) -> list[object]:
        """A record whose creation is dated was, unless its row says more, not touched since."""
        earlier = (
            "LastModifiedDate" if f.name == "SystemModstamp" and "LastModifiedDate" in batch.values else "CreatedDate"
        )
        given = batch.values.get(earlier)
        return (
            [self.now] * batch.size if given is None else [self.now if v is ABSENT or v is None else v for v in given]
        )

    def _default(self, f: FieldDef) -> object:
        if f.name in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
            return self.now
        if f.name in ("OwnerId", "CreatedById", "LastModifiedById"):
            return self.owner_id
        return f.default


def _raise_first(sobject: str, batch: Batch) -> None:
    if batch.errors:
        row, errors = min(batch.errors.items())
        raise ValueError(f"row {row} of {sobject}: {errors[0].message}")
