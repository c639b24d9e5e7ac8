"""Why a value cannot stand in a field or a body, as the platform says it to JSON clients and in bulk results."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import ApiError, RowError
from .schema import FieldDef

_JSON_TOKENS: dict[type, str] = {
    str: "VALUE_STRING",
    bool: "VALUE_FALSE",
    int: "VALUE_NUMBER_INT",
    float: "VALUE_NUMBER_FLOAT",
    dict: "START_OBJECT",
    list: "START_ARRAY",
}


class Refused(Exception):
    """The value cannot stand in the field."""

    def __init__(self, error: RowError) -> None:
        super().__init__(error.code)
        self.error = error


def not_of_type(definition: FieldDef, kind: str, value: object, *, text: bool) -> Refused:
    """The refusal of a value of another type than the field's; `text` if it stood in a bulk CSV."""
    if text:
        message = f"{definition.label}: value not of required type: {value}"
        return Refused(RowError("INVALID_TYPE_ON_FIELD_IN_RECORD", message, (definition.name,)))
    return Refused(RowError("JSON_PARSER_ERROR", not_deserialized(kind, value), (definition.name,)))


def not_deserialized(kind: str, value: object) -> str:
    """What is said to JSON of another type than is asked for."""
    token = "VALUE_TRUE" if value is True else _JSON_TOKENS[type(value)]
    shown = "" if isinstance(value, dict | list) else f" value {value}"
    return f"Cannot deserialize instance of {kind} from {token}{shown} or request may be missing a required field"


def outside_range(definition: FieldDef, value: object) -> Refused:
    """The refusal of a number with too many digits."""
    message = f"{definition.label}: value outside of valid range on numeric field: {value}"
    return Refused(RowError("NUMBER_OUTSIDE_VALID_RANGE", message, (definition.name,)))


def invalid_date(label: str, name: str, value: object) -> Refused:
    """The refusal of a date or datetime outside the platform's calendar."""
    return Refused(RowError("FIELD_INTEGRITY_EXCEPTION", f"{label}: invalid date: {value}", (name,)))


def flag(body: Mapping[str, object], name: str) -> bool:
    """The member of a JSON body that is true or false, the latter if it is not given; JSON_PARSER_ERROR for others."""
    value = body.get(name)
    if isinstance(value, bool):
        return value
    if value in (None, "true", "false"):
        return value == "true"
    raise ApiError(400, "JSON_PARSER_ERROR", not_deserialized("boolean", value))
