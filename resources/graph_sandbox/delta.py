"""Rounds of change: what is in a folder at first, then what changed since, until nothing is left to tell.

A token says how far the reader came, by the number of the change; it holds until tokens expire. What changes while
somebody reads comes at the end of the same round, perhaps once more, and is never missed. In a first round what is gone
already is not told; what goes during it is.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import orjson

from .answer import Answer, Asked, Refusal, bad_request
from .pages import address
from .preferences import preferences, whole
from .store import Kept, Store

PAGE = 100

Told = Callable[[Kept, bool], list[bytes]]
"""The rows to tell of an item or mark that changed, and whether this reader may know of it already."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stands. `floor`: marks up to that change are not told; -1 in all rounds but the first."""

    folder: str
    generation: str
    change: int
    floor: int
    query: Mapping[str, str]

    def token(self) -> str:
        told = (self.folder, self.generation, self.change, self.floor, dict(self.query))
        return urlsafe_b64encode(orjson.dumps(told)).decode().rstrip("=")


def place_of(asked: Asked, store: Store, folder: str, generation: str) -> Place:
    """Where the caller stands, by the token of the call, or at the start; Refusal 410 if the token has expired."""
    token = asked.query.get("$deltatoken") or asked.query.get("$skiptoken")
    if token is None:
        return Place(folder, generation, 0, store.latest(), asked.query)
    try:
        kept, generated, change, floor, query = orjson.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        place = Place(kept, generated, int(change), int(floor), dict(query))
    except (ValueError, TypeError):
        raise bad_request("Badly formed token.", "ErrorInvalidSyncStateData") from None
    if place.folder != folder:
        raise bad_request("The token is of another collection.", "ErrorInvalidSyncStateData")
    if place.generation != generation:
        told = "The sync state generation is not found. The delta token is expired and data must be synchronized again."
        raise Refusal(410, "syncStateNotFound", told, {"Location": address(asked, place.query)})
    return place


def round_of(asked: Asked, store: Store, place: Place, told: Told) -> Answer:
    """The next page of the round in which the caller stands."""
    wanted = preferences(asked.headers).size
    size = wanted or (whole("$top", place.query["$top"]) if "$top" in place.query else PAGE)
    rows: list[bytes] = []
    change, more = max(0, place.change - asked.replay), True
    while more and len(rows) < size:
        found = store.after(place.folder, change, size - len(rows) + 1)
        more = len(found) > size - len(rows)
        for kept in found[: size - len(rows)] if more else found:
            change = kept.change
            if not kept.gone or change > place.floor:
                rows += told(kept, place.floor < 0 or change > place.floor)
    then = replace(place, change=change, floor=place.floor if more else -1)
    name, token = ("nextLink", "$skiptoken") if more else ("deltaLink", "$deltatoken")
    parts = [b'"@odata.context":' + orjson.dumps(f"{asked.base}/v1.0/$metadata#Collection({asked.path[-2]})")]
    parts.append(f'"@odata.{name}":'.encode() + orjson.dumps(address(asked, {token: then.token()})))
    return Answer(body=b"{" + b",".join([*parts, b'"value":[' + b",".join(rows) + b"]"]) + b"}")


def removed(item_id: str) -> bytes:
    """What is told of an item that is gone."""
    return orjson.dumps({"id": item_id, "@removed": {"reason": "deleted"}})
