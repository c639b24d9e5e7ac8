"""Literals as SQL parameters for a given operand: does the kind fit, and what does the store hold for it."""

from __future__ import annotations

from datetime import datetime, time
from typing import cast

from resources.sandbox import ids
from resources.sandbox.moments import utc_text
from resources.sandbox.soql import problems, relative_dates
from resources.sandbox.soql.operands import TEXT, Operand
from resources.sandbox.soql.scope import Scope
from resources.sandbox.soql.syntax import Literal

_FITTING = {
    "boolean": ("boolean",),
    "number": ("number", "currency"),
    "date": ("date", "range"),
    "datetime": ("datetime", "range"),
    "id": ("string",),
    TEXT: ("string",),
}
_TYPE_NAMES = {"datetime": "dateTime", "id": "ID"}


def fold(text: str | None) -> str | None:
    """The form in which texts that differ by letter case only are equal."""
    return None if text is None else text.casefold()


def parameter(literal: Literal, operand: Operand, scope: Scope) -> object:
    """What the store holds for this value, None for null or ''; raises INVALID_FIELD if the kind does not fit."""
    if literal.kind == "null":
        return None
    if literal.kind not in _FITTING.get(operand.family, ()):
        raise _misfit(literal, operand, scope)
    if operand.family == "id":
        return _identifier(literal, scope)
    if operand.family == "boolean":
        return int(bool(literal.value))
    return literal.value or (None if literal.value == "" else literal.value)


def bounds(literal: Literal, operand: Operand, scope: Scope) -> tuple[str, str]:
    """The first value within a relative date and the first beyond it, as the store writes dates or moments."""
    name, n = cast("tuple[str, int | None]", literal.value)
    today = scope.view.now.astimezone(scope.view.zone).date()
    try:
        first, beyond = relative_dates.span(name, n, today)
        if operand.family == "date":
            return first.isoformat(), beyond.isoformat()
        midnight = [utc_text(datetime.combine(day, time(), scope.view.zone)) for day in (first, beyond)]
    except (OverflowError, ValueError) as error:
        raise problems.outside_range(f"{literal.text} reaches beyond the calendar") from error
    return midnight[0], midnight[1]


def _identifier(literal: Literal, scope: Scope) -> str | None:
    text = str(literal.value)
    if text == "":
        return None
    if not ids.is_id(text):
        raise problems.invalid_filter(scope.statement, literal.at, f"invalid ID field: {text}")
    return ids.to18(text)


def _misfit(literal: Literal, operand: Operand, scope: Scope) -> Exception:
    wanted = _TYPE_NAMES.get(operand.family, "string" if operand.family == TEXT else operand.type)
    quoted = "should be enclosed" if operand.family in (TEXT, "id") else "should not be enclosed"
    message = f"value of filter criterion for field '{operand.name}' must be of type {wanted} and {quoted} in quotes"
    return problems.invalid_field(scope.statement, literal.at, message)
