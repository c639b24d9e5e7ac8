"""What rows of Outlook have, under Graph's own names, and what of it can be written back.

Lists are JSON, of objects where people give names to entries (`emailAddresses`), booleans true and false, moments UTC
with milliseconds, days 2026-01-31. `place` is the id of a task's list; `crmId` the record that an item was made
from, and `crmLink` the id of our link to it that people see, where there is one (tasks); `addresses` and `linkedIds`
are the people and the CRM records that it speaks of. Columns that would send mail when written, such as attendees, are
not writable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Collection = Literal["tasks", "events", "contacts"]

TASK = (
    "id", "etag", "title", "body", "contentType", "bodyText", "bodyFormatted", "status", "importance", "dueDateTime",
    "startDateTime", "completedDateTime", "categories", "linkedResources", "recurrence", "hasAttachments",
    "createdDateTime", "lastModifiedDateTime", "bodyLastModifiedDateTime",
)  # fmt: skip
EVENT = (
    "id", "etag", "type", "seriesMasterId", "subject", "body", "contentType", "bodyText", "bodyFormatted",
    "start", "end", "timeZone", "isAllDay",
    "isCancelled", "sensitivity", "showAs", "importance", "location", "organizer", "isOrganizer", "attendees",
    "categories", "recurrence", "hasAttachments", "createdDateTime", "lastModifiedDateTime",
)  # fmt: skip
CONTACT = (
    "id", "etag", "givenName", "surname", "displayName", "emailAddresses", "businessPhones", "mobilePhone",
    "companyName", "department", "jobTitle", "categories", "sensitivity", "personalNotes", "createdDateTime",
    "lastModifiedDateTime",
)  # fmt: skip

PLACE = ("user", "place", "etag", "crmId", "crmLink")
"""What is needed to write a row back: whose it is, where, its version, and the record that it was made from."""

ADDED = ("user", "place", "crmId", "crmLink", "addresses", "linkedIds", "mentions")

COLUMNS: Mapping[Collection, tuple[str, ...]] = {
    "tasks": TASK + ADDED,
    "events": EVENT + ADDED,
    "contacts": CONTACT + ADDED,
}

WRITABLE: Mapping[Collection, tuple[str, ...]] = {
    "tasks": (
        "title", "bodyText", "status", "importance", "dueDateTime", "startDateTime", "completedDateTime", "categories",
    ),
    "events": (
        "subject", "bodyText", "start", "end", "isAllDay", "sensitivity", "showAs", "importance", "location",
        "categories",
    ),
    "contacts": (
        "givenName", "surname", "displayName", "emailAddresses", "businessPhones", "mobilePhone", "companyName",
        "department", "jobTitle", "personalNotes", "categories",
    ),
}  # fmt: skip

MOST: Mapping[str, int] = {"emailAddresses": 3, "businessPhones": 2}
"""How many entries of a list Graph takes."""
