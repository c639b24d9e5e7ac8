"""What becomes of profiles and connections: the changes that the administrator's door makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from .moments import Clock, told, understood
from .pages import COLLECTIONS
from .store import Store

Row = dict[str, Any]

_KEPT_OF_DELETED = ("id", "kind", "signed_up_at")


class Life:
    """Rows come as somebody tells them, right or wrong; only an `id` they must have."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def put(self, collection: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """The rows are there whole; without an `updated_at` of their own they were updated now."""
        now = told(self._clock())
        self._store.put(_known(collection), (_kept(_dated(row, now), now) for row in rows))

    def patch(self, collection: str, changes: Sequence[Mapping[str, Any]]) -> None:
        """Of each row the told fields are changed, the others stay; it was updated now unless that is told too."""
        now = told(self._clock())
        with self._store.transaction():
            before = self._store.bodies(_known(collection), [_id(change) for change in changes])
            rows = ({**orjson.loads(before.get(_id(change), b"{}")), **_dated(change, now)} for change in changes)
            self._store.put(collection, [_kept(row, now) for row in rows])

    def delete(self, ids: Sequence[str]) -> None:
        """These profiles are deleted: nothing is left of the person. Their connections stay as they are."""
        fields = {name: None for row in self._there("profiles", ids) for name in row if name not in _KEPT_OF_DELETED}
        gone: Row = {**fields, "account_ids": [], "state": "deleted"}
        gone.pop("updated_at", None)
        self.patch("profiles", [{**gone, "id": each} for each in ids])

    def merge(self, loser: str, into: str) -> None:
        """The profile is deleted in favour of another, of which it says so; its connections stay as they are."""
        self._there("profiles", [loser])
        self.patch("profiles", [{"id": loser, "state": "deleted", "merged_into": into}])

    def disconnect(self, ids: Sequence[str]) -> None:
        """These connections ended now."""
        self._there("connections", ids)
        now = told(self._clock())
        self.patch("connections", [{"id": each, "active": False, "disconnected_at": now} for each in ids])

    def reconnect(self, ids: Sequence[str]) -> None:
        """These connections, which had ended, are there again from now on."""
        self._there("connections", ids)
        now = told(self._clock())
        change = {"active": True, "connected_at": now, "disconnected_at": None}
        self.patch("connections", [{"id": each, **change} for each in ids])

    def row(self, collection: str, row_id: str) -> Row:
        """The row as it is now; ValueError if there is none."""
        return self._there(_known(collection), [row_id])[0]

    def _there(self, collection: str, ids: Sequence[str]) -> list[Row]:
        found = self._store.bodies(collection, ids)
        missing = [each for each in ids if each not in found]
        if missing:
            raise ValueError(f"no {collection} {', '.join(missing[:5])}")
        return [orjson.loads(found[each]) for each in ids]


def _known(collection: str) -> str:
    if collection not in COLLECTIONS:
        raise ValueError(f"no collection {collection!r}; there are {', '.join(COLLECTIONS)}")
    return collection


def _id(row: Mapping[str, Any]) -> str:
    found = row.get("id")
    if not isinstance(found, str) or not found:
        raise ValueError("each row is an object with an id, a text")
    return found


def _dated(row: Mapping[str, Any], now: str) -> Row:
    return {**row, "updated_at": row.get("updated_at", now)}


def _kept(row: Row, now: str) -> tuple[str, str, bytes]:
    """The row and where it stands; a time of update that is none stands where now is."""
    try:
        stamp = understood(str(row["updated_at"]))
    except ValueError:
        stamp = now
    return stamp, _id(row), orjson.dumps(row)
