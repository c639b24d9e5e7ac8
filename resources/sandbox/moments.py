"""Dates and datetimes as the org keeps them: ISO 8601, in UTC, without fractions of a second."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from .coercion_of_text import BLANKS
from .refusal import not_of_type
from .schema import FieldDef

Coercion = Callable[[object], object]

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|([+-])(\d\d):?(\d\d))?", re.IGNORECASE)


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


def date_value(definition: FieldDef, *, text: bool) -> Coercion:
    """A day; of a datetime, its day."""

    def one(value: object) -> object:
        if not isinstance(value, str):
            raise not_of_type(definition, "date", value, text=text)
        trimmed = value.strip(BLANKS)
        if not trimmed:
            return None
        day = trimmed if _DATE.fullmatch(trimmed) else trimmed[:10] if _DATETIME.fullmatch(trimmed) else ""
        try:
            return date.fromisoformat(day).isoformat()
        except ValueError:
            raise not_of_type(definition, "date", value, text=text) from None

    return one


def datetime_value(definition: FieldDef, *, text: bool) -> Coercion:
    """A moment in UTC, in whole seconds."""

    def one(value: object) -> object:
        if not isinstance(value, str):
            raise not_of_type(definition, "datetime", value, text=text)
        trimmed = value.strip(BLANKS)
        if not trimmed:
            return None
        try:
            return stored_datetime(trimmed)
        except ValueError:
            raise not_of_type(definition, "datetime", value, text=text) from None

    return one
