"""event: what a client may write, and what follows. Bodies are HTML whatever was written; times are kept in UTC."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from . import recurrence
from .answer import Refusal, Row
from .bodies import always_html, plain
from .contacts import extended
from .kind import Change, Kind, flag, number, objects, one_of, or_none, some_object, text, texts
from .moments import local, told, understood
from .zones import instant, moment_of

SENSITIVITIES = ("normal", "personal", "private", "confidential")
SHOWN = ("free", "tentative", "busy", "oof", "workingElsewhere", "unknown")


def zoned(value: Any) -> Row:
    """A moment with the zone in which somebody meant it."""
    _, name = moment_of(value)
    return {**instant(value), "_zone": name, "_local": moment_of(value)[0].replace(tzinfo=None).isoformat()}


def attendees(value: Any) -> list[Row]:
    unknown = {"response": "none", "time": "0001-01-01T00:00:00Z"}
    return [
        {
            "type": each.get("type", "required"),
            "status": each.get("status", unknown),
            "emailAddress": each["emailAddress"],
        }
        for each in objects(value)
        if each.get("emailAddress")
    ]


def location(value: Any) -> Row:
    name = (some_object(value) or {}).get("displayName") or ""
    return {"displayName": name, "locationType": "default", "uniqueId": name, "uniqueIdType": "private"}


def settled(change: Change) -> Row:
    now = told(change.now)
    row: Row = dict(change.before or {**_NEW, "createdDateTime": now, "body": always_html(None)})
    once = ("transactionId",) if change.before else ()  # it stays what it was when the event was made
    row |= {name: value for name, value in change.told.items() if name not in ("start", "end", *once)}
    for name in ("start", "end"):
        if name in change.told:
            _set_time(row, name, change.told[name])
        elif name not in row:
            raise _failed(f"The Event.{name.capitalize()} property is required.")
    row["lastModifiedDateTime"] = now
    row["bodyPreview"] = plain(row["body"]["content"])[:255]
    row["type"] = (
        row["type"] if row.get("seriesMasterId") else ("seriesMaster" if row["recurrence"] else "singleInstance")
    )
    _check_times(row)
    return row


def _set_time(row: Row, name: str, value: Row) -> None:
    row[name] = {"dateTime": value["dateTime"], "timeZone": "UTC"}
    row[f"original{name.capitalize()}TimeZone"] = value["_zone"]
    row[f"_{name}"] = value["_local"]


def _check_times(row: Row) -> None:
    begins, ends = (datetime.fromisoformat(row[name]) for name in ("_start", "_end"))
    if row["isAllDay"]:
        for name, moment in (("Start", begins), ("End", ends)):
            if moment.time() != time():
                told_of = f"The Event.{name} property for an all-day event needs to be set to midnight."
                raise Refusal(400, "ErrorInvalidRequest", told_of)
            # a day is a day wherever one is: it is told as midnight, not moved to UTC
            row[name.lower()] = {"dateTime": local(moment), "timeZone": "UTC"}
        if ends <= begins:
            raise _failed("The duration of an event marked as All day must be at least 24 hours.")
    if understood(row["end"]["dateTime"]) < understood(row["start"]["dateTime"]):
        raise _failed("The Event.End property is earlier than the Event.Start property.")


def _failed(message: str) -> Refusal:
    return Refusal(400, "ErrorPropertyValidationFailure", f"At least one property failed validation. {message}")


_NEW: Row = {
    "subject": None, "bodyPreview": "", "importance": "normal", "sensitivity": "normal", "showAs": "busy",
    "isAllDay": False, "isCancelled": False, "isOrganizer": True, "isReminderOn": True, "hasAttachments": False,
    "reminderMinutesBeforeStart": 15, "responseRequested": True, "allowNewTimeProposals": True, "categories": [],
    "attendees": [], "recurrence": None, "seriesMasterId": None, "isOnlineMeeting": False, "transactionId": None,
    "location": location(None), "type": "singleInstance",
}  # fmt: skip

EVENTS = Kind(
    name="events",
    type="microsoft.graph.event",
    writable={
        "subject": text,
        "body": always_html,
        "start": zoned,
        "end": zoned,
        "isAllDay": flag,
        "sensitivity": one_of(*SENSITIVITIES),
        "showAs": one_of(*SHOWN),
        "importance": one_of("low", "normal", "high"),
        "categories": texts,
        "attendees": attendees,
        "location": location,
        "recurrence": or_none(recurrence.checked),
        "isReminderOn": flag,
        "reminderMinutesBeforeStart": number,
        "responseRequested": flag,
        "allowNewTimeProposals": flag,
        "isOnlineMeeting": flag,
        "transactionId": text,
    },
    settled=settled,
    beside={"singleValueExtendedProperties": extended},
    ignored=frozenset({
        "bodyPreview", "iCalUId", "isCancelled", "isOrganizer", "organizer", "seriesMasterId", "type", "webLink",
        "originalStartTimeZone", "originalEndTimeZone", "locations", "responseStatus", "onlineMeeting",
    }),
    zoned=("start", "end"),
    versioned=True,
)  # fmt: skip
