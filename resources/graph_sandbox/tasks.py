"""todoTask and todoTaskList: what a client may write, and what follows.

A day has no time: due, start and completion are midnight of the day in the zone that was told, kept in UTC, so that a
day east of Greenwich reads as the evening before. What is null is not told at all.
"""

from __future__ import annotations

from typing import Any

from . import recurrence
from .answer import Row
from .bodies import normalised
from .kind import Change, Kind, flag, objects, one_of, or_none, text, texts
from .moments import local, told
from .zones import instant, midnight

STATUSES = ("notStarted", "inProgress", "completed", "waitingOnOthers", "deferred")
LINK = ("webUrl", "applicationName", "displayName", "externalId")


def links(value: Any) -> list[Row]:
    """linkedResources."""
    return [link(each) for each in objects(value)]


def link(value: Any) -> Row:
    told_of = {name: text(value[name]) for name in LINK if name in value}
    return told_of | _id(value)


def checks(value: Any) -> list[Row]:
    """checklistItems."""
    return [
        {"displayName": each.get("displayName") or "", "isChecked": bool(each.get("isChecked"))} | _id(each)
        for each in objects(value)
    ]


def _id(value: Row) -> Row:
    """The one that it was told; else it gets one when it is kept."""
    return {"id": str(value["id"])} if value.get("id") else {}


def settled_task(change: Change) -> Row:
    now, before = told(change.now), change.before
    row: Row = dict(before or {**_NEW, "createdDateTime": now, "body": normalised(None)})
    row |= change.told
    if "title" in change.told or before is None:
        row["title"] = row["title"] or ""
    row["lastModifiedDateTime"] = now
    if "body" in change.told and (before is None or before.get("body") != row["body"]):
        row["bodyLastModifiedDateTime"] = now
    _complete(row, change)
    return {name: value for name, value in row.items() if value is not None}


def _complete(row: Row, change: Change) -> None:
    """A status and the moment of completion agree; the later told decides, and the status if both are."""
    if "status" not in change.told and change.told.get("completedDateTime"):
        row["status"] = "completed"
    if row.get("status") != "completed":
        row["completedDateTime"] = None
    elif not row.get("completedDateTime"):
        # evidence: the day is always told as midnight in UTC, whatever the zone of the person
        day = change.now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        row["completedDateTime"] = {"dateTime": local(day), "timeZone": "UTC"}


def settled_list(change: Change) -> Row:
    return {**(change.before or _NEW_LIST), **change.told}


_NEW: Row = {
    "importance": "normal", "isReminderOn": False, "status": "notStarted", "title": "", "hasAttachments": False,
    "categories": [],
}  # fmt: skip
_NEW_LIST: Row = {"displayName": "", "isOwner": True, "isShared": False, "wellknownListName": "none"}

TASKS = Kind(
    name="tasks",
    type="microsoft.graph.todoTask",
    writable={
        "title": text,
        "body": normalised,
        "status": one_of(*STATUSES),
        "importance": one_of("low", "normal", "high"),
        "isReminderOn": flag,
        "categories": texts,
        "dueDateTime": or_none(midnight),
        "startDateTime": or_none(midnight),
        "completedDateTime": or_none(midnight),
        "reminderDateTime": or_none(instant),
        "recurrence": or_none(recurrence.checked),
    },
    settled=settled_task,
    beside={"linkedResources": links, "checklistItems": checks},
    zoned=("dueDateTime", "startDateTime", "completedDateTime", "reminderDateTime"),
    page=100,
)

LISTS = Kind(
    name="lists",
    type="microsoft.graph.todoTaskList",
    writable={"displayName": text},
    settled=settled_list,
    beside={},
    ignored=frozenset({"isOwner", "isShared", "wellknownListName"}),
    page=100,
)
