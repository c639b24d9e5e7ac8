"""Values as clients send them, turned into values as the org keeps them: one function a type, chosen once a column.

Text is trimmed and empty text is null; line breaks of text areas become CRLF; e-mail addresses are kept in lower case;
numbers are rounded to the scale of the field; datetimes are UTC and lose their fraction of a second; a cleared
checkbox is unchecked. Of these, line breaks, lower case and fractions rest on common knowledge of the platform, not on
a recording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from .coercion_of_numbers import boolean, decimal, int_value
from .coercion_of_text import email, reference, restricted_picklist
from .coercion_of_text import text as plain_text
from .errors import RowError
from .moments import date_value, datetime_value
from .refusal import Refused
from .schema import FieldDef


class _Absent:
    """A cell that the row does not speak of."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()

Coercion = Callable[[object], object]


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
            return boolean(definition, text=text)
        case "int":
            return int_value(definition, text=text)
        case "double" | "currency" | "percent":
            return decimal(definition, text=text)
        case "date":
            return date_value(definition, text=text)
        case "datetime":
            return datetime_value(definition, text=text)
        case "id" | "reference":
            return reference(definition)
        case "email":
            return email(definition)
        case "picklist" if definition.restricted:
            return restricted_picklist(definition)
        case "textarea":
            return plain_text(definition, multiline=True)
        case _:
            return plain_text(definition)
