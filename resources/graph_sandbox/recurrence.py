"""patternedRecurrence: what a client may write of how an event or a task recurs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from .answer import Refusal, Row
from .kind import some_object

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INDICES = ("first", "second", "third", "fourth", "last")
PATTERNS = ("daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly")
RANGES = ("endDate", "noEnd", "numbered")


def checked(value: Any) -> Row:
    """The recurrence as it was written; Refusal if there is no such one."""
    told = some_object(value)
    pattern, span = told.get("pattern"), told.get("range")
    if not isinstance(pattern, Mapping) or not isinstance(span, Mapping):
        raise _failed("Recurrence")
    _check_pattern(pattern)
    _check_range(span)
    return dict(told)


def _check_pattern(pattern: Mapping[str, Any]) -> None:
    if pattern.get("type") not in PATTERNS:
        raise _failed("Recurrence.Pattern.Type")
    for name, least, most in (("interval", 1, 999), ("dayOfMonth", 1, 31), ("month", 1, 12)):
        # zero and null are how Graph itself tells that a pattern has no such part
        if pattern.get(name) and not _whole(pattern[name], least, most):
            raise _failed(f"Recurrence.Pattern.{name}")
    days = pattern.get("daysOfWeek") or []
    if not isinstance(days, list) or not all(isinstance(day, str) and day.lower() in DAYS for day in days):
        raise _failed("Recurrence.Pattern.DaysOfWeek")
    if (pattern.get("index") or "first") not in INDICES:
        raise _failed("Recurrence.Pattern.Index")


def _check_range(span: Mapping[str, Any]) -> None:
    if span.get("type") not in RANGES:
        raise _failed("Recurrence.Range.Type")
    needed = ["endDate"] if span["type"] == "endDate" else []
    for name in (*needed, *(["startDate"] if span.get("startDate") else [])):
        try:
            date.fromisoformat(str(span.get(name)))
        except ValueError:
            raise _failed(f"Recurrence.Range.{name}") from None
    if span["type"] == "numbered" and not _whole(span.get("numberOfOccurrences"), 1, 999):
        raise _failed("Recurrence.Range.NumberOfOccurrences")


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _failed(name: str) -> Refusal:
    return Refusal(400, "ErrorPropertyValidationFailure", f"At least one property failed validation: {name}.")
