"""What a look at the org shows: objects, their fields, and what changed in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of the CRM as its describe tells it. `length` is 0 where none applies."""

    name: str
    label: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    defaulted: bool = False
    unique: bool = False
    external_id: bool = False
    picklist: tuple[str, ...] = ()
    """The allowed values of a *restricted* picklist; empty otherwise."""
    reference_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordTypeInfo:
    """One record type of an object. `available`: this user may give it to a record."""

    id: str
    available: bool


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One object of the CRM as this user may see it: a field hidden from the user is absent."""

    name: str
    fields: Mapping[str, FieldInfo]
    createable: bool
    updateable: bool
    deletable: bool = False
    record_types: Mapping[str, RecordTypeInfo] = field(default_factory=dict)
    """By developer name; the master, which every object has, is not among them."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Records of one object, in pages. Columns: the fields asked for, spelled so, with Arrow types by `arrow_type`."""

    pages: Iterator[pa.Table]
    taken_at: datetime
    """The server's clock just before the first page was asked for."""


@dataclass(frozen=True, slots=True)
class Window:
    """What changed in one object: these fields of the records touched since a moment, *with the deleted ones*."""

    sobject: str
    fields: tuple[str, ...]
    since: datetime
    gone: bool = False
    """Of the deleted ones alone, and of system fields, which every user may see: its object need not be looked at."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look showed: objects by the names asked for, and what the windows show."""

    objects: Mapping[str, ObjectInfo]
    snapshots: Mapping[Window, Snapshot] = field(default_factory=dict)


BLIND = Sight({})


def arrow_type(salesforce_type: str) -> pa.DataType:
    """The Arrow type in which values of a Salesforce field type travel: datetimes are UTC without a zone."""
    match salesforce_type:
        case "boolean":
            return pa.bool_()
        case "int":
            return pa.int64()
        case "double" | "currency" | "percent":
            return pa.float64()
        case "date":
            return pa.date32()
        case "datetime":
            return pa.timestamp("ms")
        case _:
            return pa.string()
