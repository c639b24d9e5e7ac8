"""An object's describe as the port has it, and the fields somebody asks for, checked against it.

A describe shows what the logged-in user may see: a field that is missing here may well exist in the org.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.ports.objects import FieldInfo, ObjectInfo, RecordTypeInfo
from pipelines.ports.world import SystemicError
from resources.salesforce.errors import Refused
from resources.salesforce.rest import Rest

_COMPOUND = ("address", "location")


@dataclass(frozen=True, slots=True)
class Column:
    """A field as somebody asked for it: `asked` is their spelling."""

    asked: str
    info: FieldInfo


SYSTEM = ObjectInfo(
    "every object",
    {
        name: FieldInfo(name, name, kind)
        for name, kind in (("Id", "id"), ("IsDeleted", "boolean"), ("MasterRecordId", "reference"))
    },
    createable=False,
    updateable=False,
)
"""What the org says of all objects alike, as far as they have it."""


def describe(rest: Rest, sobject: str) -> ObjectInfo:
    """The object as the user sees it; raises SystemicError `OBJECT_NOT_VISIBLE` when they do not."""
    try:
        told = rest.describe(sobject)
    except Refused as refused:
        if refused.status != 404:
            raise
        raise SystemicError(
            "OBJECT_NOT_VISIBLE",
            f"The org shows this user no object {sobject}. It does not exist there, or the user may not read it.",
        ) from None
    return object_of(told)


def object_of(told: Mapping[str, Any]) -> ObjectInfo:
    """The object as a describe tells it."""
    return ObjectInfo(
        name=told["name"],
        fields={field["name"]: _field(field) for field in told["fields"]},
        createable=told["createable"],
        updateable=told["updateable"],
        deletable=told["deletable"],
        record_types={
            one["developerName"]: RecordTypeInfo(one["recordTypeId"], available=one["available"])
            for one in told["recordTypeInfos"]
            if not one["master"]
        },
    )


def columns_of(about: ObjectInfo, fields: Sequence[str]) -> list[Column]:
    """The fields in the order asked for; raises SystemicError `FIELD_NOT_VISIBLE` that names all that are absent."""
    known = {name.lower(): info for name, info in about.fields.items()}
    absent = [name for name in fields if name.lower() not in known]
    if absent:
        raise SystemicError(
            "FIELD_NOT_VISIBLE",
            f"The org shows this user no {', '.join(absent)} on {about.name}. Create the field, or let the user's "
            "profile or permission set read it.",
        )
    columns = [Column(name, known[name.lower()]) for name in fields]
    compound = [column.asked for column in columns if column.info.type in _COMPOUND]
    if compound:
        raise SystemicError("INVALID_FIELD", f"{', '.join(compound)} on {about.name} has parts: ask for those instead.")
    return columns


def _field(told: Mapping[str, Any]) -> FieldInfo:
    return FieldInfo(
        name=told["name"],
        label=told["label"],
        type=told["type"],
        length=told["length"],
        precision=told["precision"] or told["digits"],  # integers have digits where decimals have a precision
        scale=told["scale"],
        nillable=told["nillable"],
        createable=told["createable"],
        updateable=told["updateable"],
        defaulted=told["defaultedOnCreate"],
        unique=told["unique"],
        external_id=told["externalId"],
        picklist=_allowed(told) if told["restrictedPicklist"] else (),
        reference_to=tuple(told["referenceTo"]),
    )


def _allowed(told: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(value["value"] for value in told["picklistValues"] if value["active"])
