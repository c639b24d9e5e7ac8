"""Numbers and checkboxes as the org keeps them: rounded half up to the scale of the field, within its digits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from .coercion_of_text import BLANKS
from .refusal import not_of_type, outside_range
from .schema import FieldDef

Coercion = Callable[[object], object]

_TRUE = frozenset({"true", "1", "yes", "y", "on"})
_FALSE = frozenset({"false", "0", "no", "n", "off"})
_LARGEST_INT = 2**31 - 1


def boolean(definition: FieldDef, *, text: bool) -> Coercion:
    """True or false; bulk CSV has more words for them than JSON."""

    def one(value: object) -> object:
        if isinstance(value, bool):
            return value
        word = str(value).strip(BLANKS).lower()
        if isinstance(value, str):
            if word in (_TRUE if text else {"true"}):
                return True
            if word in (_FALSE if text else {"false", ""}):
                return False
        raise not_of_type(definition, "boolean", value, text=text)

    return one


def int_value(definition: FieldDef, *, text: bool) -> Coercion:
    """A whole number."""
    largest = 10**definition.digits - 1 if definition.digits else _LARGEST_INT

    def one(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise not_of_type(definition, "int", value, text=text)
        trimmed = value.strip(BLANKS) if isinstance(value, str) else repr(value)
        if not trimmed:
            return None
        number = _number(definition, "int", trimmed, value, text=text)
        if number != number.to_integral_value():
            raise not_of_type(definition, "int", value, text=text)
        if abs(number) > largest:
            raise outside_range(definition, value)
        return int(number)

    return one


def decimal(definition: FieldDef, *, text: bool) -> Coercion:
    """A number rounded to the field's scale."""
    step = Decimal(1).scaleb(-definition.scale)
    largest = Decimal(10) ** (definition.precision - definition.scale)

    def one(value: object) -> object:
        trimmed = value.strip(BLANKS) if isinstance(value, str) else repr(value)
        if not trimmed:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise not_of_type(definition, "double", value, text=text)
        number = _number(definition, "double", trimmed, value, text=text)
        if abs(number) >= largest:
            raise outside_range(definition, value)
        return float(number.quantize(step, ROUND_HALF_UP))

    return one


def _number(definition: FieldDef, kind: str, trimmed: str, value: object, *, text: bool) -> Decimal:
    try:
        number = Decimal(trimmed)
    except InvalidOperation:
        raise not_of_type(definition, kind, value, text=text) from None
    if not number.is_finite():
        raise not_of_type(definition, kind, value, text=text)
    return number
