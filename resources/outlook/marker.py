"""The sign by which an item is known again that was made from a CRM record: the record's id, kept with the item.

A task has a linked resource of our application, an event its transactionId (by which Graph makes no event twice), a
contact an extended property.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.declaring.outlook import Collection
from resources.graph.rows import objects
from resources.outlook.mentions import record_id

APPLICATION = "Salesforce"
"""The application that a linked resource of ours names."""

RECORD = "String {7c0d3a52-5e0b-4c8e-9d35-9b6f1f2a64e1} Name CrmRecordId"
"""The extended property of contacts; Graph tells the case of its letters as it likes."""


def mark_of(collection: Collection, row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The id of the record that the item was made from, and that of the link by which people get there.

    A task alone has a link, and one that is not as we write it is nobody's but theirs who made it. Outlook gives
    transactionIds of its own, which are no ids of records.
    """
    if collection == "tasks":
        return _of_task(row)
    found = {"events": _of_event, "contacts": _of_contact}[collection](row)
    return next((each for each in map(record_id, map(str, found)) if each), None), None


def marked(collection: Collection, marker: str, crm_url: str | None) -> dict[str, Any]:
    """What a new item is told besides its content."""
    if collection == "events":
        return {"transactionId": marker}
    if collection == "contacts":
        return {"singleValueExtendedProperties": [{"id": RECORD, "value": marker}]}
    link = {"applicationName": APPLICATION, "externalId": marker, "displayName": APPLICATION}
    return {"linkedResources": [{**link, "webUrl": f"{crm_url.rstrip('/')}/{marker}"} if crm_url else link]}


def _of_task(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Of the links that lead to records, the first that is as we write it, else the first at all."""
    first = None
    for link in objects(row.get("linkedResources")):
        found = record_id(str(link.get("externalId"))) if link.get("applicationName") == APPLICATION else None
        if found and _as_we_write(link):
            return found, str(link.get("id") or "") or None
        first = first or found
    return first, None


def _as_we_write(link: Mapping[str, Any]) -> bool:
    url = link.get("webUrl")
    return link.get("displayName") == APPLICATION and (not url or str(url).endswith(f"/{link['externalId']}"))


def _of_event(row: Mapping[str, Any]) -> Iterator[object]:
    yield row.get("transactionId")


def _of_contact(row: Mapping[str, Any]) -> Iterator[object]:
    for each in objects(row.get("singleValueExtendedProperties")):
        if str(each.get("id")).lower() == RECORD.lower():
            yield each.get("value")
