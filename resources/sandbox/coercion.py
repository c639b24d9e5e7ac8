"""Values as clients send them, turned into values as the org keeps them: one function a type, chosen once a column.

Text is trimmed and empty text is null; line breaks of text areas become CRLF; e-mail addresses are kept in lower case;
numbers are rounded to the scale of the field; datetimes are UTC and lose their fraction of a second; a cleared
checkbox is unchecked. Of these, line breaks, lower case and fractions rest on common knowledge of the platform, not on
a recording.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from .errors import RowError
from .ids import is_id, to18
from .schema import FieldDef


class _Absent:
    """A cell that the row does not speak of."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()

Coercion = Callable[[object], object]

_BLANKS = "".join(map(chr, range(33)))
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|([+-])(\d\d):?(\d\d))?", re.IGNORECASE)
_TRUE = frozenset({"true", "1", "yes", "y", "on"})
_FALSE = frozenset({"false", "0", "no", "n", "off"})
_LARGEST_INT = 2**31 - 1
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


def coerce_column(
    definition: FieldDef, values: Sequence[object], *, text: bool
) -> tuple[list[object], dict[int, RowError]]:
    """The stored value of each cell (ABSENT stays ABSENT), and an error for each cell that has none.

    With `text`, cells follow the rules of bulk CSV: an empty one is ABSENT, `#N/A` is null.
    """
    cleared = False if definition.type == "boolean" else None
    one = coercion(definition, text=text)
    if text:
        one = _Known(one, cleared).__getitem__
    try:
        return [cleared if v is None else v if v is ABSENT else one(v) for v in values], {}
    except Refused:
        return _one_by_one(values, one, cleared)


class _Known(dict[object, object]):
    """Texts and what is stored for them; columns of a file repeat themselves, so each text is turned once."""

    def __init__(self, one: Coercion, cleared: object) -> None:
        super().__init__({"": ABSENT, "#N/A": cleared})
        self._one = one

    def __missing__(self, text: object) -> object:
        stored = self[text] = self._one(text)
        return stored


def _one_by_one(values: Sequence[object], one: Coercion, cleared: object) -> tuple[list[object], dict[int, RowError]]:
    stored: list[object] = []
    errors: dict[int, RowError] = {}
    for position, value in enumerate(values):
        try:
            stored.append(cleared if value is None else value if value is ABSENT else one(value))
        except Refused as refused:
            stored.append(ABSENT)
            errors[position] = refused.error
    return stored, errors


def coercion(definition: FieldDef, *, text: bool) -> Coercion:
    """The function that turns one value (never None) into the stored one or raises Refused."""
    match definition.type:
        case "boolean":
            return _boolean(definition, text=text)
        case "int":
            return _int(definition, text=text)
        case "double" | "currency" | "percent":
            return _decimal(definition, text=text)
        case "date":
            return _date(definition, text=text)
        case "datetime":
            return _datetime(definition, text=text)
        case "id" | "reference":
            return _reference(definition)
        case "email":
            return _email(definition)
        case "picklist" if definition.restricted:
            return _restricted_picklist(definition)
        case "textarea":
            return _text(definition, multiline=True)
        case _:
            return _text(definition)


def _not_of_type(definition: FieldDef, kind: str, value: object, *, text: bool) -> Refused:
    if text:
        message = f"{definition.label}: value not of required type: {value}"
        return Refused(RowError("INVALID_TYPE_ON_FIELD_IN_RECORD", message, (definition.name,)))
    token = "VALUE_TRUE" if value is True else _JSON_TOKENS[type(value)]
    shown = "" if isinstance(value, dict | list) else f" value {value}"
    message = f"Cannot deserialize instance of {kind} from {token}{shown} or request may be missing a required field"
    return Refused(RowError("JSON_PARSER_ERROR", message, (definition.name,)))


def _as_text(definition: FieldDef, value: object) -> str:
    if isinstance(value, str):
        return value.strip(_BLANKS)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise _not_of_type(definition, "string", value, text=False)


def _text(definition: FieldDef, *, multiline: bool = False) -> Coercion:
    limit = definition.length

    def one(value: object) -> object:
        trimmed = value.strip(_BLANKS) if value.__class__ is str else _as_text(definition, value)
        if multiline and ("\n" in trimmed or "\r" in trimmed):
            trimmed = _LINE_BREAK.sub("\r\n", trimmed)
        if len(trimmed) > limit:
            message = f"{definition.label}: data value too large: {trimmed} (max length={limit})"
            raise Refused(RowError("STRING_TOO_LONG", message, (definition.name,)))
        return trimmed or None

    return one


def _email(definition: FieldDef) -> Coercion:
    as_text = _text(definition)

    def one(value: object) -> object:
        trimmed = as_text(value)
        if trimmed is None:
            return None
        if _EMAIL.fullmatch(str(trimmed)) is None:
            message = f"{definition.label}: invalid email address: {trimmed}"
            raise Refused(RowError("INVALID_EMAIL_ADDRESS", message, (definition.name,)))
        return str(trimmed).lower()

    return one


def _restricted_picklist(definition: FieldDef) -> Coercion:
    allowed = frozenset(definition.picklist)
    as_text = _text(definition)

    def one(value: object) -> object:
        chosen = as_text(value)
        if chosen is not None and chosen not in allowed:
            message = f"{definition.label}: bad value for restricted picklist field: {chosen}"
            raise Refused(RowError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (definition.name,)))
        return chosen

    return one


def _boolean(definition: FieldDef, *, text: bool) -> Coercion:
    def one(value: object) -> object:
        if isinstance(value, bool):
            return value
        word = str(value).strip(_BLANKS).lower()
        if isinstance(value, str):
            if word in (_TRUE if text else {"true"}):
                return True
            if word in (_FALSE if text else {"false", ""}):
                return False
        raise _not_of_type(definition, "boolean", value, text=text)

    return one


def _int(definition: FieldDef, *, text: bool) -> Coercion:
    largest = 10**definition.digits - 1 if definition.digits else _LARGEST_INT

    def one(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise _not_of_type(definition, "int", value, text=text)
        trimmed = value.strip(_BLANKS) if isinstance(value, str) else repr(value)
        if not trimmed:
            return None
        number = _number(definition, "int", trimmed, value, text=text)
        if number != number.to_integral_value():
            raise _not_of_type(definition, "int", value, text=text)
        if abs(number) > largest:
            raise _outside_range(definition, value)
        return int(number)

    return one


def _decimal(definition: FieldDef, *, text: bool) -> Coercion:
    step = Decimal(1).scaleb(-definition.scale)
    largest = Decimal(10) ** (definition.precision - definition.scale)

    def one(value: object) -> object:
        trimmed = value.strip(_BLANKS) if isinstance(value, str) else repr(value)
        if not trimmed:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise _not_of_type(definition, "double", value, text=text)
        number = _number(definition, "double", trimmed, value, text=text)
        if abs(number) >= largest:
            raise _outside_range(definition, value)
        return float(number.quantize(step, ROUND_HALF_UP))

    return one


def _number(definition: FieldDef, kind: str, trimmed: str, value: object, *, text: bool) -> Decimal:
    try:
        number = Decimal(trimmed)
    except InvalidOperation:
        raise _not_of_type(definition, kind, value, text=text) from None
    if not number.is_finite():
        raise _not_of_type(definition, kind, value, text=text)
    return number


def _outside_range(definition: FieldDef, value: object) -> Refused:
    message = f"{definition.label}: value outside of valid range on numeric field: {value}"
    return Refused(RowError("NUMBER_OUTSIDE_VALID_RANGE", message, (definition.name,)))


def _date(definition: FieldDef, *, text: bool) -> Coercion:
    def one(value: object) -> object:
        if not isinstance(value, str):
            raise _not_of_type(definition, "date", value, text=text)
        trimmed = value.strip(_BLANKS)
        if not trimmed:
            return None
        day = trimmed if _DATE.fullmatch(trimmed) else trimmed[:10] if _DATETIME.fullmatch(trimmed) else ""
        try:
            return date.fromisoformat(day).isoformat()
        except ValueError:
            raise _not_of_type(definition, "date", value, text=text) from None

    return one


def _datetime(definition: FieldDef, *, text: bool) -> Coercion:
    def one(value: object) -> object:
        if not isinstance(value, str):
            raise _not_of_type(definition, "datetime", value, text=text)
        trimmed = value.strip(_BLANKS)
        if not trimmed:
            return None
        try:
            return stored_datetime(trimmed)
        except ValueError:
            raise _not_of_type(definition, "datetime", value, text=text) from None

    return one


def stored_datetime(value: str) -> str:
    """An ISO 8601 moment (or a bare date, its midnight) as the store keeps it; ValueError if it is none."""
    if _DATE.fullmatch(value):
        return f"{date.fromisoformat(value).isoformat()}T00:00:00.000Z"
    match = _DATETIME.fullmatch(value)
    if match is None:
        raise ValueError(f"not a datetime: {value!r}")
    moment = datetime.fromisoformat(f"{match[1]}T{match[2]}+00:00")
    if match[3] and (match[4], match[5]) != ("00", "00"):
        offset = timedelta(hours=int(match[4]), minutes=int(match[5]))
        moment = moment - offset if match[3] == "+" else moment + offset
    return as_stored(moment)


def as_stored(moment: datetime) -> str:
    """A moment as the store keeps it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _reference(definition: FieldDef) -> Coercion:
    def one(value: object) -> object:
        trimmed = _as_text(definition, value)
        if not trimmed:
            return None
        if not is_id(trimmed):
            message = f"{definition.label}: id value of incorrect type: {trimmed}"
            raise Refused(RowError("MALFORMED_ID", message, (definition.name,)))
        return to18(trimmed)

    return one
