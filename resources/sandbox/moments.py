"""Dates and datetimes as the org keeps them: ISO 8601, in UTC, without fractions of a second, from 1700 to 4000.

Whoever reads a moment from a client asks `within` or `stored_datetime` here; nobody else knows where the calendar ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time

from .coercion_of_text import BLANKS
from .refusal import invalid_date, not_of_type
from .schema import FieldDef

Coercion = Callable[[object], object]

EARLIEST = datetime(1700, 1, 1, tzinfo=UTC)
LATEST = datetime(4000, 12, 31, tzinfo=UTC)

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|([+-])(\d\d):?(\d\d))?", re.IGNORECASE)


class OutsideCalendar(ValueError):
    """A moment before the first or after the last that the platform knows."""


def within(moment: datetime) -> datetime:
    """The same moment; OutsideCalendar if the platform does not know it."""
    if not EARLIEST <= moment <= LATEST:
        raise OutsideCalendar(f"not between {EARLIEST} and {LATEST}: {moment}")
    return moment


def day(value: str) -> date:
    """The day that is written so; ValueError if it is none, OutsideCalendar if the platform does not know it."""
    return within(datetime.combine(date.fromisoformat(value), time(), UTC)).date()


def stored_datetime(value: str) -> str:
    """An ISO 8601 moment (or a bare date, its midnight) as the store keeps it.

    ValueError if it is none, OutsideCalendar if the platform does not know it.
    """
    if _DATE.fullmatch(value):
        return f"{day(value).isoformat()}T00:00:00.000Z"
    match = _DATETIME.fullmatch(value)
    if match is None:
        raise ValueError(f"not a datetime: {value!r}")
    offset = f"{match[3]}{match[4]}:{match[5]}" if match[3] else "+00:00"
    return as_stored(within(datetime.fromisoformat(f"{match[1]}T{match[2]}{offset}")))


def as_stored(moment: datetime) -> str:
    """A moment as the store keeps it: UTC, whole seconds."""
    return utc_text(moment.replace(microsecond=0))


def utc_text(moment: datetime) -> str:
    """A moment as the store writes it, its milliseconds kept: UTC, a year of four digits, a Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def date_value(definition: FieldDef, *, text: bool) -> Coercion:
    """A day; of a datetime, its day."""

    def one(value: object) -> object:
        if not isinstance(value, str):
            raise not_of_type(definition, "date", value, text=text)
        trimmed = value.strip(BLANKS)
        if not trimmed:
            return None
        written = trimmed if _DATE.fullmatch(trimmed) else trimmed[:10] if _DATETIME.fullmatch(trimmed) else ""
        try:
            return day(written).isoformat()
        except OutsideCalendar:
            raise invalid_date(definition.label, definition.name, trimmed) from None
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
        except OutsideCalendar:
            raise invalid_date(definition.label, definition.name, trimmed) from None
        except ValueError:
            raise not_of_type(definition, "datetime", value, text=text) from None

    return one
