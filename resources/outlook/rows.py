"""An item as Graph tells it, as the columns of its collection: the same for what is read and for what a write answers.

`start` and `end` of an event are UTC, for it is asked for in UTC; a whole day begins and ends at midnight.
"""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Mapping
from typing import Any

import orjson

from pipelines.declaring.outlook import Collection
from resources.graph.rows import Texts, contact_of, event_of, objects, task_of
from resources.outlook.marker import mark_of
from resources.outlook.mentions import addresses_in, mailtos_in, record_id, record_ids_in


def row_of(collection: Collection, told: Mapping[str, Any], user: str, own: Some[str], place: str | None) -> Texts:
    """Every column of the collection. `own` are the mailbox's own addresses, of which no row speaks."""
    row = {"tasks": task_of, "events": _event, "contacts": contact_of}[collection](told)
    links = objects(told.get("linkedResources"))
    texts = [row.get(name) for name in ("title", "subject", "location", "bodyText", "personalNotes")]
    urls = [str(each["webUrl"]) for each in links if each.get("webUrl")]
    bodies = [row["body"]] if row.get("contentType") == "html" else []
    people = [row.get(name) for name in ("organizer", "attendees", "emailAddresses")]
    addresses = [*addresses_in([*people, *texts]), *mailtos_in([*bodies, *urls])]
    ids = [*(record_id(str(each.get("externalId"))) for each in links), *record_ids_in([*urls, *texts, *bodies])]
    linked, others = [each for each in ids if each], [each for each in addresses if each not in own]
    mark, link = mark_of(collection, told)
    return row | {
        "user": user,
        "place": place,
        "crmId": mark,
        "crmLink": link,
        "addresses": _json(others),
        "linkedIds": _json(linked),
        "mentions": _json([*linked, *others]),
    }


def _event(told: Mapping[str, Any]) -> Texts:
    row = event_of(told)
    moments = {name: f"{moment}.000Z" if (moment := row[name]) else None for name in ("start", "end")}
    return row | moments | {"timeZone": told.get("originalStartTimeZone") or row["timeZone"]}


def _json(found: list[str]) -> str | None:
    return orjson.dumps(list(dict.fromkeys(found))).decode() if found else None
