"""An object's describe as the port has it, and the fields somebody asks for, checked against it.

A describe shows what the logged-in user may see: a field that is missing here may well exist in the org.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.ports import FieldInfo, ObjectInfo, RecordTypeInfo, SystemicError
from resources.salesforce.errors import Refused, Unavailable, body
from resources.salesforce.rest import Rest
from resources.salesforce.session import OrgSession

OBJECTS_A_CALL = 25

_COMPOUND = ("address", "location")


@dataclass(frozen=True, slots=True)
class Column:
    """A field as somebody asked for it: `asked` is their spelling."""

    asked: str
    info: FieldInfo


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
    return _object(told)


def describe_together(session: OrgSession, sobjects: Sequence[str]) -> dict[str, ObjectInfo]:
    """The objects by the names asked for, in one call for each 25; one that was not told is left to be asked alone."""
    found: dict[str, ObjectInfo] = {}
    for start in range(0, len(sobjects), OBJECTS_A_CALL):
        names = sobjects[start : start + OBJECTS_A_CALL]
        wanted = [
            {
                "method": "GET",
                "url": f"/services/data/v{session.version}/sobjects/{name}/describe",
                "referenceId": f"describe{number}",
            }
            for number, name in enumerate(names)
        ]
        try:
            told = body(session.call("POST", "composite", json={"compositeRequest": wanted}, safe=True))
        except (Refused, Unavailable):
            return found  # the plain way tells what is the matter, or works
        answers = {answer["referenceId"]: answer for answer in told["compositeResponse"]}
        for number, name in enumerate(names):
            answer = answers.get(f"describe{number}", {})
            if answer.get("httpStatusCode") == 200:
                found[name] = _object(answer["body"])
    return found


def _object(told: Mapping[str, Any]) -> ObjectInfo:
    return ObjectInfo(
        name=told["name"],
        fields={field["name"]: _field(field) for field in told["fields"]},
        createable=told["createable"],
        updateable=told["updateable"],
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
