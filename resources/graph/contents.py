"""What Graph is to be told of a task, an event or a contact, from columns of text as `rows` has them.

Only the named columns are told; None clears. What cannot be cleared, Graph refuses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from resources.graph.rows import DAYS

_UNLESS = {"title": "", "status": "notStarted", "importance": "normal"}
_EVENT_UNLESS = {"subject": "", "sensitivity": "normal", "showAs": "busy", "importance": "normal"}


def task_content(row: Mapping[str, str | None], zone: str = "UTC") -> dict[str, Any]:
    """A task, whose days are meant in that zone."""
    told: dict[str, Any] = {}
    for name, unless in _UNLESS.items():
        if name in row:
            told[name] = row[name] or unless
    told |= _body(row)
    for name in DAYS:
        if name in row:
            told[name] = {"dateTime": f"{row[name]}T00:00:00", "timeZone": zone} if row[name] else None
    return told | _lists(row, ("categories", "linkedResources"))


def event_content(row: Mapping[str, str | None], zone: str = "UTC") -> dict[str, Any]:
    """An event, whose `start` and `end` are UTC if they end in Z, else local to the row's `timeZone` or to that one."""
    told: dict[str, Any] = {name: row[name] or unless for name, unless in _EVENT_UNLESS.items() if name in row}
    told |= _body(row)
    for name in ("start", "end"):
        if name in row:
            told[name] = _moment(row[name], row.get("timeZone") or zone)
    if "isAllDay" in row:
        told["isAllDay"] = row["isAllDay"] == "true"
    if "location" in row:
        told["location"] = {"displayName": row["location"] or ""}
    if "attendees" in row:
        addresses = orjson.loads(row["attendees"] or "[]")
        told["attendees"] = [{"type": "required", "emailAddress": {"address": each}} for each in addresses]
    return told | _lists(row, ("categories",))


def contact_content(row: Mapping[str, str | None]) -> dict[str, Any]:
    """A contact. An address without a name is called by itself; blank entries of lists are none."""
    texts = (
        "givenName",
        "surname",
        "displayName",
        "mobilePhone",
        "companyName",
        "department",
        "jobTitle",
        "personalNotes",
    )
    told: dict[str, Any] = {name: row[name] for name in texts if name in row}
    if "emailAddresses" in row:
        entries = _entries(row["emailAddresses"])
        told["emailAddresses"] = [{"name": each.get("address"), **each} for each in entries]
    return told | _lists(row, ("categories", "businessPhones"))


def _body(row: Mapping[str, str | None]) -> dict[str, Any]:
    if "bodyText" in row:
        return {"body": {"content": row["bodyText"] or "", "contentType": "text"}}
    if "body" in row:
        return {"body": {"content": row["body"] or "", "contentType": row.get("contentType") or "text"}}
    return {}


def _moment(value: str | None, zone: str) -> dict[str, str] | None:
    if not value:
        return None
    return {"dateTime": value[:19], "timeZone": "UTC"} if value.endswith("Z") else {"dateTime": value, "timeZone": zone}


def _lists(row: Mapping[str, str | None], names: Sequence[str]) -> dict[str, Any]:
    return {name: _entries(row[name]) for name in names if name in row}


def _entries(listed: str | None) -> list[Any]:
    return [each for each in orjson.loads(listed or "[]") if each]
