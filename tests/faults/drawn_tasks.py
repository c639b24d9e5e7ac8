"""What people may do at random to tasks on two sides: few words and days, so that everything collides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

from hypothesis import strategies as st

from tests.faults.desk import PEOPLE
from tests.faults.seen import STATUS
from tests.sides_of_both import CELLS

WORDS = dict(zip(CELLS, ("title", "body", "dueDateTime", "status", "importance"), strict=True))
FIELDS = dict(zip(CELLS, ("Subject", "Description", "ActivityDate", "Status", "Priority"), strict=True))
NUMBERS = st.integers(0, 9)
USERS = st.sampled_from(PEOPLE)
DAYS = st.sampled_from((None, 0, 3, 3, 364, 365, 366, -29, -30, -31))
"""Due so many days from now."""
TYPED = {
    "subject": st.sampled_from(("one", "two", "Zoë 🦉", "One", None)),
    "body": st.sampled_from((None, "text", "two\nlines", "<b>bold</b>")),
    "due": DAYS,
    "status": st.sampled_from(tuple(STATUS.values())),
    "priority": st.sampled_from(("Low", "Normal", "High")),
}
CELL = st.sampled_from(CELLS).flatmap(lambda cell: st.tuples(st.just(cell), TYPED[cell]))
TASK = st.fixed_dictionaries(TYPED)
QUIETLY = st.sampled_from(("status", "priority")).flatmap(lambda cell: st.tuples(st.just(cell), TYPED[cell]))
"""A cell that decides of nothing but itself."""
SIDES = st.sampled_from(("item", "record"))
Asked = Literal["changed", "all", "catch_up", "slice"] | int
"""What a run is about; a number: one item alone, which may be gone, or one record."""
WHOLE: tuple[Asked, ...] = ("changed", "changed", "all", "catch_up")
SCOPES = st.sampled_from(WHOLE)
PARTS = st.sampled_from(("slice", *range(10)))
"""A run that is not about everything."""
PAUSES = st.sampled_from(
    (timedelta(minutes=5), timedelta(minutes=5), timedelta(days=1), timedelta(days=2), timedelta(days=20))
)


def _day(today: date, days: int | None) -> str | None:
    return None if days is None else f"{today + timedelta(days=days):%Y-%m-%d}"


def as_item(today: date, told: Mapping[str, Any]) -> dict[str, Any]:
    """What is typed in Outlook."""
    item: dict[str, Any] = {}
    for cell, value in told.items():
        match cell:
            case "due":
                day = _day(today, value)
                item["dueDateTime"] = {"dateTime": f"{day}T00:00:00", "timeZone": "UTC"} if day else None
            case "body":
                kind = "html" if "<" in (value or "") else "text"
                item["body"] = {"content": value or "", "contentType": kind}
            case "status":
                item["status"] = next(theirs for theirs, ours in STATUS.items() if ours == value)
            case "priority":
                item["importance"] = value.lower()
            case _:
                item["title"] = value or ""
    return item


def as_record(today: date, told: Mapping[str, Any]) -> dict[str, Any]:
    """The same in the CRM, where nothing is formatted."""
    plain: dict[str, Any] = {
        cell: re.sub("<[^>]*>", "", value) if cell == "body" and value else value for cell, value in told.items()
    }
    return {FIELDS[cell]: _day(today, value) if cell == "due" else value for cell, value in plain.items()}
