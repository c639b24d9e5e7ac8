"""Text as the org keeps it: trimmed, empty as null, line breaks as CRLF, e-mail addresses in lower case, full ids."""

from __future__ import annotations

import re
from collections.abc import Callable

from .errors import RowError
from .ids import is_id, to18
from .refusal import Refused, not_of_type
from .schema import FieldDef

BLANKS = "".join(map(chr, range(33)))
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)

Coercion = Callable[[object], object]


def as_text(definition: FieldDef, value: object) -> str:
    """A scalar as text without blanks around it; a structure is refused."""
    if isinstance(value, str):
        return value.strip(BLANKS)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise not_of_type(definition, "string", value, text=False)


def text(definition: FieldDef, *, multiline: bool = False) -> Coercion:
    """Trimmed text of at most the field's length."""
    limit = definition.length

    def one(value: object) -> object:
        trimmed = value.strip(BLANKS) if value.__class__ is str else as_text(definition, value)
        if multiline and ("\n" in trimmed or "\r" in trimmed):
            trimmed = _LINE_BREAK.sub("\r\n", trimmed)
        if len(trimmed) > limit:
            message = f"{definition.label}: data value too large: {trimmed} (max length={limit})"
            raise Refused(RowError("STRING_TOO_LONG", message, (definition.name,)))
        return trimmed or None

    return one


def email(definition: FieldDef) -> Coercion:
    """An e-mail address, in lower case."""
    as_text_value = text(definition)

    def one(value: object) -> object:
        trimmed = as_text_value(value)
        if trimmed is None:
            return None
        if _EMAIL.fullmatch(str(trimmed)) is None:
            message = f"{definition.label}: invalid email address: {trimmed}"
            raise Refused(RowError("INVALID_EMAIL_ADDRESS", message, (definition.name,)))
        return str(trimmed).lower()

    return one


def restricted_picklist(definition: FieldDef) -> Coercion:
    """One of the picklist's values."""
    allowed = frozenset(definition.picklist)
    as_text_value = text(definition)

    def one(value: object) -> object:
        chosen = as_text_value(value)
        if chosen is not None and chosen not in allowed:
            message = f"{definition.label}: bad value for restricted picklist field: {chosen}"
            raise Refused(RowError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (definition.name,)))
        return chosen

    return one


def reference(definition: FieldDef) -> Coercion:
    """A record id, in its 18-character form."""

    def one(value: object) -> object:
        trimmed = as_text(definition, value)
        if not trimmed:
            return None
        if not is_id(trimmed):
            message = f"{definition.label}: id value of incorrect type: {trimmed}"
            raise Refused(RowError("MALFORMED_ID", message, (definition.name,)))
        return to18(trimmed)

    return one
