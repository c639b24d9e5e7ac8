"""Tasks, events and contacts of Graph as columns of text (see `declaring.outlook`); the way back is `contents`.

What is nested is flattened where it has one meaning: `body` and `contentType`, a day as 2026-01-31, e-mail addresses as
a list. Lists are JSON, booleans true and false, moments UTC with milliseconds. Null and missing are the same.

A day is told by Graph as midnight in some zone: the day meant is the one whose midnight, in the zone that was asked
for, is nearest. Outlook writes no day as one of the year 1 or 4501.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import pyarrow as pa

from pipelines.declaring.outlook import CONTACT, EVENT, TASK
from resources.graph.html import lines_of, text_of

Row = Mapping[str, Any]
Texts = dict[str, str | None]

SENSITIVITY = "Integer 0x36"
"""The extended property that has the sensitivity of a contact."""

_SENSITIVITY = {"0": "normal", "1": "personal", "2": "private", "3": "confidential"}
DAYS = ("dueDateTime", "startDateTime", "completedDateTime")


def task_of(row: Row) -> Texts:
    """The columns of `TASK`."""
    days = {name: day_of(row.get(name)) for name in DAYS}
    return {**_plain(row, TASK), **days, **_body(row)}


def event_of(row: Row) -> Texts:
    """The columns of `EVENT`; times are local to `timeZone`, the one that was asked for."""
    told = _plain(row, EVENT) | _body(row)
    start, end, location = (_object(row.get(name)) for name in ("start", "end", "location"))
    told |= {"start": _text(start.get("dateTime"), 19), "end": _text(end.get("dateTime"), 19)}
    told |= {"timeZone": _text(start.get("timeZone")), "location": _text(location.get("displayName"))}
    told["organizer"] = _address(row.get("organizer"))
    told["attendees"] = _json([_address(each) for each in objects(row.get("attendees"))])
    return told


def contact_of(row: Row) -> Texts:
    """The columns of `CONTACT`; `emailAddresses` are objects with name and address, as Graph tells them."""
    told = _plain(row, CONTACT)
    told["emailAddresses"] = _json(objects(row.get("emailAddresses")))
    properties = objects(row.get("singleValueExtendedProperties"))
    extended = {str(each.get("id")): str(each.get("value")) for each in properties}
    told["sensitivity"] = _SENSITIVITY.get(extended.get(SENSITIVITY, "0"), "normal")
    return told


def objects(value: object) -> list[Row]:
    """Those of a list, whatever else it holds."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def table(rows: Iterable[Texts], columns: Sequence[str]) -> pa.Table:
    """The rows as text columns."""
    listed = list(rows)
    return pa.table({name: pa.array([row.get(name) for row in listed], pa.string()) for name in columns})


def hydrated(rows: Iterable[Row], masters: Mapping[str, Row]) -> list[dict[str, Any]]:
    """Events of a delta, each occurrence with what its series says, which the delta leaves out.

    `masters` are series by id; an occurrence whose series is not among them stays as it came.
    """
    return [
        {**_said(masters.get(str(row.get("seriesMasterId")), {})), **row}
        if row.get("type") == "occurrence"
        else dict(row)
        for row in rows
    ]


def day_of(value: object) -> str | None:
    """The day that a dateTimeTimeZone means; None for none."""
    told = value.get("dateTime") if isinstance(value, Mapping) else None
    if not isinstance(told, str) or not "1601" <= told[:4] <= "4500":
        return None
    try:
        return (datetime.fromisoformat(told[:19]) + timedelta(hours=12)).date().isoformat()
    except ValueError:
        return None


def _body(row: Row) -> Texts:
    """What the body says, and whether it says it in a way that text cannot."""
    body = _object(row.get("body"))
    if not body:
        return {"bodyText": None, "bodyFormatted": None}
    content = _text(body.get("content")) or ""
    text, formatted = text_of(content) if body.get("contentType") == "html" else (lines_of(content), False)
    return {"bodyText": text or None, "bodyFormatted": "true" if formatted else "false"}


def _plain(row: Row, columns: Sequence[str]) -> Texts:
    body = _object(row.get("body"))
    known = {"etag": row.get("@odata.etag"), "body": body.get("content"), "contentType": body.get("contentType")}
    told = {name: known[name] if name in known else row.get(name) for name in columns}
    return {name: _moment(value) if name.endswith("edDateTime") else _flat(value) for name, value in told.items()}


def _flat(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _json(value) if value else None


def _moment(value: object) -> str | None:
    return f"{value[:19]}.{(value[20:23].rstrip('Z') or '0'):0<3}Z" if isinstance(value, str) else _flat(value)


def _text(value: object, length: int | None = None) -> str | None:
    return value[:length] if isinstance(value, str) and value else None


def _address(value: object) -> str | None:
    return _text(_object(_object(value).get("emailAddress")).get("address"))


def _object(value: object) -> Row:
    return value if isinstance(value, Mapping) else {}


def _json(value: object) -> str | None:
    return orjson.dumps(value).decode() if value else None


def _said(master: Row) -> dict[str, Any]:
    return {name: value for name, value in master.items() if name not in ("@odata.etag", "recurrence")}
