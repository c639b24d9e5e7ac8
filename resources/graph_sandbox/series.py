"""Recurring events: the days of a series, and its occurrences between two moments.

An occurrence has an id of its own, made of the master's and its day. Once somebody changed or deleted it, it is an item
or a mark of that id, and the series no longer has it.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from typing import Any

import orjson

from .answer import Row
from .items import row_of
from .moments import understood
from .recurrence import DAYS, INDICES
from .store import Kept, Store
from .zones import in_utc, zone

_INDEX = dict(zip(INDICES, (0, 1, 2, 3, -1), strict=True))
MANY = 1_000
LONGEST = 5_000
"""Occurrences of one series are looked for no further."""


def occurrences(store: Store, folder: str, master: Kept, begins: datetime, ends: datetime) -> list[Row]:
    """The occurrences of the series in that span that nobody changed or deleted, whole."""
    return [row for row in scheduled(master, begins, ends) if store.item(folder, row["id"]) is None]


def scheduled(master: Kept, begins: datetime, ends: datetime) -> list[Row]:
    """The occurrences that the series has in that span, whatever became of them."""
    row = row_of(master)
    start, length, where = _first(row)
    found = []
    for day in days(row["recurrence"], start.date()):
        at = datetime.combine(day, start.time(), where)
        if at >= ends:
            break
        if at + length > begins:
            times = {"start": in_utc(at), "end": in_utc(at + length)}
            told = {name: value for name, value in orjson.loads(master.body).items() if name != "recurrence"}
            own = {"id": occurrence_id(master.id, day), "type": "occurrence", "seriesMasterId": master.id}
            found.append({**told, **times, **own})
    return found


def occurrence(store: Store, folder: str, item_id: str) -> Row | None:
    """The occurrence of that id, if a series has it."""
    master_id, _, day = item_id.rpartition("_")
    master = store.item(folder, master_id)
    if master is None or master.gone or not day.isdecimal() or len(day) != 8:
        return None
    at = datetime.strptime(f"{day}+0000", "%Y%m%d%z")
    span = occurrences(store, folder, master, at - timedelta(days=2), at + timedelta(days=3))
    return next((each for each in span if each["id"] == item_id), None)


def remade(before: Row, after: Row) -> tuple[list[date], list[date]] | None:
    """The days that a series lost by a change of its master, and those that it has now; None if its days are the same.

    Looked at as far as the first `MANY` days of the series that was.
    """
    same = ("recurrence", "_start", "isAllDay", "originalStartTimeZone")
    if not before["recurrence"] or all(before.get(name) == after.get(name) for name in same):
        return None
    old = list(islice(_days_of(before), MANY))
    last = old[-1] if old else date.min
    new = list(takewhile(lambda day: day <= last, _days_of(after))) if after["recurrence"] else []
    return [day for day in old if day not in set(new)], new


def _days_of(row: Row) -> Iterator[date]:
    return days(row["recurrence"], datetime.fromisoformat(row["_start"]).date())


def occurrence_id(master_id: str, day: date) -> str:
    return f"{master_id}_{day:%Y%m%d}"


def days(recurrence: Any, first: date) -> Iterator[date]:
    """The days of the series, in order."""
    pattern, span = recurrence.get("pattern") or {}, recurrence.get("range") or {}
    begins = max(first, date.fromisoformat(span.get("startDate") or first.isoformat()))
    last = date.fromisoformat(span["endDate"]) if span.get("type") == "endDate" else date(9990, 1, 1)
    count = int(span["numberOfOccurrences"]) if span.get("type") == "numbered" else LONGEST
    for number, day in enumerate(day for day in _steps(pattern, begins) if day >= begins):
        if day > last or number >= count:
            return
        yield day


def _steps(pattern: Any, first: date) -> Iterator[date]:
    every = max(1, int(pattern.get("interval") or 1))
    kind = pattern.get("type")
    if kind == "weekly":
        wanted = [DAYS.index(name.lower()) for name in pattern.get("daysOfWeek") or [DAYS[first.weekday()]]]
        monday = first - timedelta(days=first.weekday())
        for week in range(LONGEST):
            yield from (monday + timedelta(weeks=week * every, days=day) for day in sorted(wanted))
    elif kind in ("absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly"):
        months = every * (12 if kind.endswith("Yearly") else 1)
        month = int(pattern.get("month") or first.month) if kind.endswith("Yearly") else first.month
        for step in range(LONGEST):
            year, index = divmod(first.year * 12 + month - 1 + step * months, 12)
            if year > 9_000:
                return
            yield _day_of(pattern, first, year, index + 1)
    else:
        yield from (first + timedelta(days=every * step) for step in range(LONGEST))


def _day_of(pattern: Any, first: date, year: int, month: int) -> date:
    length = calendar.monthrange(year, month)[1]
    if str(pattern.get("type")).startswith("absolute"):
        return date(year, month, min(int(pattern.get("dayOfMonth") or first.day), length))
    wanted = [DAYS.index(name.lower()) for name in pattern.get("daysOfWeek") or [DAYS[first.weekday()]]]
    fitting = [day for day in range(1, length + 1) if date(year, month, day).weekday() in wanted]
    return date(year, month, fitting[_INDEX[pattern.get("index") or "first"]])


def _first(row: Row) -> tuple[datetime, timedelta, Any]:
    """When the series begins by its own clock, how long each occurrence is, and in which zone."""
    start = datetime.fromisoformat(row["_start"])
    length = understood(row["end"]["dateTime"]) - understood(row["start"]["dateTime"])
    return start, length, zone("UTC" if row["isAllDay"] else row["originalStartTimeZone"])
