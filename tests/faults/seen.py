"""Both sides of a desk as the oracle takes them, and where they are not as it says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.faults.desk import Desk
from tests.oracle_of_both import Oracle
from tests.sides_of_both import CELLS, Item, Record

STATUS = {
    "notStarted": "Not Started",
    "inProgress": "In Progress",
    "completed": "Completed",
    "waitingOnOthers": "Waiting on someone else",
    "deferred": "Deferred",
}


def items_of(desk: Desk) -> dict[str, Item]:
    return {key: _item(desk, row) for key, row in desk.items().items()}


def records_of(desk: Desk) -> dict[str, Record]:
    return {name: _record(row) for name, row in desk.records(deleted=True).items()}


def _item(desk: Desk, row: Mapping[str, Any]) -> Item:
    body = row["body"]
    links = [link["externalId"] for link in row.get("linkedResources", []) if link["applicationName"] == "Salesforce"]
    due = row.get("dueDateTime")
    return Item(
        subject=row["title"].strip() or None,
        body=re.sub("<[^>]*>", "", body["content"]).strip() or None,
        due=date.fromisoformat(due["dateTime"][:10]) if due else None,
        status=STATUS[row["status"]],
        priority=row["importance"].title(),
        owner=desk.users[row["user"]],
        changed=date.fromisoformat(row["lastModifiedDateTime"][:10]),
        private="Private" in row["categories"],
        recurring=row.get("recurrence") is not None,
        formatted="<b>" in body["content"],
        mark=links[0] if links else None,
    )


def _record(row: Mapping[str, Any]) -> Record:
    return Record(
        subject=row["Subject"],
        body=row["Description"],
        due=date.fromisoformat(row["ActivityDate"]) if row["ActivityDate"] else None,
        status=row["Status"],
        priority=row["Priority"],
        owner=row["OwnerId"],
        changed=date.fromisoformat(row["LastModifiedDate"][:10]),
        private=row["Is_Private__c"],
        key=row["Outlook_Id__c"],
        deleted=row["IsDeleted"],
    )


def differences(desk: Desk, oracle: Oracle, amid: Mapping[tuple[str, str], set[object]]) -> list[str]:
    """Where both sides are not as the oracle says. `amid`: cells that people typed while a run went on, and values
    one of which is right."""
    wrong: list[str] = []
    items, records = items_of(desk), {name: one for name, one in records_of(desk).items() if not one.deleted}
    meant = {key: one for key, one in oracle.end.items.items() if not one.deleted}
    kept = {name: one for name, one in oracle.end.records.items() if not one.deleted}
    sides: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any], list[Any]], ...] = (
        ("item", items, meant, oracle.end.new_items),
        ("record", records, kept, oracle.end.new_records),
    )
    for side, found, wanted, new in sides:
        wrong += [f"{side} {_short(key)} is gone" for key in wanted.keys() - found.keys()]
        extra = [one for key, one in found.items() if key not in wanted]
        if Counter(map(_told, extra)) != Counter(map(_told, new)):
            wrong.append(f"new {side}s {[*map(_told, extra)]}, not {[*map(_told, new)]}")
        for key, one in wanted.items():
            for cell in CELLS if key in found else ():
                have, want = found[key].value(cell), one.value(cell)
                if have not in amid.get((key, cell), {want}):
                    wrong.append(f"{side} {_short(key)}.{cell} is {have!r}, not {want!r}")
    for pair in oracle.pairs:
        item, record = items.get(pair.item), oracle.records.get(pair.record)
        if item and record and record.deleted and item.mark == pair.record and not oracle.apart(item, record):
            wrong.append(f"item {_short(pair.item)} has a link to {_short(pair.record)}, which is deleted")
    return wrong


def _told(one: Item | Record) -> tuple[object, ...]:
    return (*(one.value(cell) for cell in CELLS), one.owner)


def _short(key: str) -> str:
    return key[-6:]
