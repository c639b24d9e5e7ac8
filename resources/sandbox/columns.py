"""Rows turned into columns: which field each name means, and its cells, normalised. What may be written is `dml`'s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .coercion import ABSENT, coerce_column
from .errors import ApiError, RowError, no_such_column
from .permissions import User
from .schema import Catalogue, FieldDef, SObjectDef

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that all speak of the same names, as a CSV file has them: one cell a name, in the order of the names."""

    names: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __len__(self) -> int:
        return len(self.rows)


Rows = Sequence[Row] | Table


@dataclass(frozen=True, slots=True)
class Target:
    """What a name in a row means: a field, or (with `parent_key`) a reference named through a key."""

    field: FieldDef
    parent: SObjectDef | None = None
    parent_key: FieldDef | None = None


@dataclass(slots=True)
class Batch:
    """Rows as columns of stored values; ABSENT where a row does not speak of the field. `errors` are by row number."""

    size: int
    values: dict[str, list[object]] = field(default_factory=dict)
    by_parent_key: dict[str, tuple[Target, list[object]]] = field(default_factory=dict)
    errors: dict[int, list[RowError]] = field(default_factory=dict)

    def refuse(self, row: int, error: RowError) -> None:
        self.errors.setdefault(row, []).append(error)

    def present(self, name: str, row: int) -> bool:
        """True if that row speaks of the field, directly or through a key of the parent."""
        direct = self.values.get(name)
        if direct is not None and direct[row] is not ABSENT:
            return True
        through = self.by_parent_key.get(name)
        return through is not None and through[1][row] is not ABSENT


class ColumnReader:
    """Reads the rows of one user for one object."""

    def __init__(self, catalogue: Catalogue, definition: SObjectDef, user: User, *, text: bool) -> None:
        self._catalogue = catalogue
        self._definition = definition
        self._user = user
        self._text = text

    def read(self, rows: Rows) -> Batch:
        """All rows as columns; ApiError INVALID_FIELD for a name that is no field for this user.

        A JSON value that cannot be parsed as its field's type refuses the whole call, as the platform's parser does;
        in bulk CSV it refuses the row.
        """
        batch = Batch(len(rows))
        if isinstance(rows, Table):
            for name, column in zip(rows.names, zip(*rows.rows, strict=True), strict=False):
                self._add(batch, name, column)
            return batch
        for key in _names(rows):
            if self._is_parent_object(key):
                for name, cells in self._nested(key, rows).items():
                    self._add(batch, name, cells)
            else:
                self._add(batch, key, [row.get(key, ABSENT) for row in rows])
        return batch

    def target(self, name: str) -> Target:
        """What that name means; ApiError INVALID_FIELD if it means nothing to this user."""
        relation, dot, key = name.partition(".")
        if dot:
            return self._parent_target(relation, key)
        found = self._definition.field(name)
        if found is None or not self._user.can_read(self._definition.name, found.name):
            raise no_such_column(name, self._definition.name)
        return Target(found)

    def _is_parent_object(self, key: str) -> bool:
        return not self._text and "." not in key and self._definition.relationship(key) is not None

    def _nested(self, key: str, rows: Sequence[Row]) -> dict[str, list[object]]:
        columns: dict[str, list[object]] = {}
        polymorphic = getattr(self._definition.relationship(key), "polymorphic", False)
        for number, row in enumerate(rows):
            inner = row.get(key)
            if inner is None:
                continue
            if not isinstance(inner, Mapping):
                message = f"The value provided for foreign key reference {key} is not a nested SObject"
                raise ApiError(400, "INVALID_FIELD", message)
            keys = [name for name in inner if name != "attributes"]
            if len(keys) != 1:
                message = f"More than 1 field provided in an external foreign key reference in entity: {key}"
                raise ApiError(400, "INVALID_FIELD", message)
            relation = f"{_type_of(inner)}:{key}" if polymorphic else key
            cells = columns.setdefault(f"{relation}.{keys[0]}", [ABSENT] * len(rows))
            cells[number] = inner[keys[0]]
        return columns

    def _parent_target(self, relation: str, key: str) -> Target:
        kind, _, name = relation.rpartition(":")
        reference = self._definition.relationship(name)
        if reference is None or not self._user.can_read(self._definition.name, reference.name):
            raise no_such_column(f"{relation}.{key}", self._definition.name)
        parent = self._parent(reference, kind, f"{relation}.{key}")
        parent_key = parent.field(key)
        if parent_key is None or not parent_key.usable_as_key or not self._user.can_read(parent.name, parent_key.name):
            known = f"an External ID, Salesforce Id, or indexed field for {parent.name}"
            raise ApiError(400, "INVALID_FIELD", f"Field name provided, {key} does not match {known}")
        return Target(reference, parent, parent_key)

    def _parent(self, reference: FieldDef, kind: str, asked: str) -> SObjectDef:
        """The object that the reference leads to, of several the one that is named (`Contact:Who.Outlook_Id__c`)."""
        if not reference.polymorphic:
            return self._catalogue[reference.reference_to[0]]
        found = self._catalogue.get(kind) if kind else None
        if found is None or found.name not in reference.reference_to:
            raise ApiError(400, "INVALID_FIELD", f"type is needed for polymorphic foreign key references: {asked}")
        return found

    def _add(self, batch: Batch, name: str, cells: Sequence[object]) -> None:
        target = self.target(name)
        stored, errors = coerce_column(target.parent_key or target.field, cells, text=self._text)
        for row, error in errors.items():
            if error.code == "JSON_PARSER_ERROR":
                raise error.as_api_error()
            batch.refuse(row, error)
        if target.parent_key is None:
            batch.values[target.field.name] = _either(stored, batch.values.get(target.field.name))
        else:
            if batch.by_parent_key.setdefault(target.field.name, (target, stored))[0].parent is not target.parent:
                message = f"keys of several kinds of parents for {target.field.name} in one call are not emulated"
                raise ApiError(400, "INVALID_FIELD", message)
            batch.by_parent_key[target.field.name] = (target, stored)


def _type_of(parent: Mapping[str, object]) -> object:
    """The kind of record that a parent named by key says it is."""
    attributes = parent.get("attributes")
    return attributes.get("type", "") if isinstance(attributes, Mapping) else ""


def _either(first: list[object], second: list[object] | None) -> list[object]:
    """One column of two that spell the same field differently."""
    return first if second is None else [b if a is ABSENT else a for a, b in zip(first, second, strict=True)]


def _names(rows: Iterable[Row]) -> list[str]:
    """Every name in any row, in order of first appearance, without the attributes block."""
    names: dict[str, None] = {}
    last: object = None
    for row in rows:
        keys = row.keys()
        if keys != last:
            names.update(dict.fromkeys(keys))
            last = keys
    names.pop("attributes", None)
    return list(names)
