"""Items of a folder made, changed and deleted by whoever may: ids, etags, and what is kept with them.

An id is long, and distinguishes capital and small letters, as those of Exchange do.
"""

from __future__ import annotations

import hashlib
import uuid
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from .answer import Refusal, Row, bad_request, not_found
from .kind import Change, Kind
from .moments import Clock
from .store import Kept, Store

OWN = "_"
"""Beside an item: what of its row is the service's own, and not told. Such names begin with an underscore."""


class Items:
    """What happens to items of any kind."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def create(self, folder: str, kind: Kind, content: Mapping[str, Any], item_id: str | None = None) -> Kept:
        """There is a new item with what a client wrote."""
        beside = {name: check(content[name]) for name, check in kind.beside.items() if name in content}
        row = kind.settled(Change(None, kind.written(content), self._clock()))
        with self._store.transaction():
            return self.keep(folder, kind, {**row, "id": item_id or ""}, beside=beside)

    def change(self, folder: str, kind: Kind, item_id: str, content: Mapping[str, Any], match: str = "") -> Kept:
        """What a client wrote is changed, the rest stays; Refusal 412 if `match` is no longer the item's etag."""
        for name in kind.beside:
            if name in content and name != "singleValueExtendedProperties":
                raise bad_request(
                    f"The navigation property '{name}' can't be updated with its parent.", "invalidRequest"
                )
        told = kind.written(content)
        with self._store.transaction():
            before = self.there(folder, item_id, match)
            beside = links_of(before)
            for name, check in kind.beside.items():
                if name in content:
                    beside[name] = _merged(beside.get(name, []), check(content[name]))
            row = kind.settled(Change(row_of(before), told, self._clock()))
            return self.keep(folder, kind, row, beside=beside, before=before)

    def delete(self, folder: str, item_id: str, match: str = "") -> None:
        """The item is gone, and leaves its mark."""
        with self._store.transaction():
            before = self.there(folder, item_id, match)
            change = self._store.numbers()[0]
            self._store.put(folder, [replace(before, change=change, gone=True)])

    def there(self, folder: str, item_id: str, match: str = "") -> Kept:
        """The item; Refusal if there is none, or if its etag is another than `match`."""
        found = self._store.item(folder, item_id)
        if found is None or found.gone:
            raise not_found()
        if match and match != "*" and _bare(match) != _bare(orjson.loads(found.body)["@odata.etag"]):
            told = "The send or update operation could not be performed because the change key passed in the request"
            told += " does not match the current change key for the item."
            raise Refusal(412, "ErrorIrresolvableConflict", told)
        return found

    def keep(self, folder: str, kind: Kind, row: Row, *, beside: Row | None = None, before: Kept | None = None) -> Kept:
        """The row is kept as it is, under a new version; inside of a transaction of the store."""
        change = self._store.numbers()[0]
        made = before.made if before else change
        version = key_of(folder, change)
        row = {"@odata.etag": f'W/"{version}"', **{k: v for k, v in row.items() if k != "@odata.etag"}}
        row["id"] = row.get("id") or (before.id if before else id_of(folder, made))
        if kind.versioned:
            row["changeKey"] = version
        own = {name: value for name, value in row.items() if name.startswith("_")}
        named = {name: _identified(rows, f"{version} {name}") for name, rows in (beside or {}).items() if name != OWN}
        links = orjson.dumps({name: value for name, value in {**named, OWN: own}.items() if value})[1:-1]
        body = orjson.dumps({name: value for name, value in row.items() if name not in own})
        kept = Kept(row["id"], change, made, False, body, links)
        self._store.put(folder, [kept])
        return kept


def row_of(kept: Kept) -> Row:
    """The whole row of an item, with what is not told."""
    return {**orjson.loads(kept.body), **links_of(kept).get(OWN, {})}


def links_of(kept: Kept) -> Row:
    """What the item has beside itself, by the name of the navigation."""
    found: Row = orjson.loads(b"{" + kept.links + b"}")
    return found


def id_of(folder: str, made: int) -> str:
    """The id of the item that was made as that change."""
    owner = hashlib.sha512(folder.partition("/")[0].encode()).digest()
    return "AAMkA" + urlsafe_b64encode(owner[:63] + b"\x07" + made.to_bytes(8, "big")).decode().rstrip("=") + "AAA="


def key_of(folder: str, change: int) -> str:
    """The changeKey of an item as of that change."""
    owner = hashlib.sha512(folder.encode()).digest()
    return b64encode(owner[:16] + change.to_bytes(6, "big")).decode()


def _identified(rows: list[Row], made: str) -> list[Row]:
    """What has no id yet gets one that follows from where it was made and as which change."""
    return [
        row if "id" in row else {**row, "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{made} {number}"))}
        for number, row in enumerate(rows)
    ]


def _merged(before: list[Row], told: list[Row]) -> list[Row]:
    """Extended properties are changed one by one."""
    return list({**{each["id"]: each for each in before}, **{each["id"]: each for each in told}}.values())


def _bare(etag: str) -> str:
    return etag.strip().removeprefix("W/").strip('"')
