"""What a mailbox told: rows, what is gone, where the next reading goes on; or why it told nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from resources.graph.batch import Result
from resources.graph.delta import Changes
from resources.outlook.cursor import Box
from resources.outlook.keys import id_of

UNKNOWN_USER = "unknown_user"

_NOBODY = frozenset({"erroruserinvalid", "errorinvaliduser", "request_resourcenotfound"})
_NOT_THERE = frozenset({"erroritemnotfound", "itemnotfound", "errorfoldernotfound", "notfound"})


@dataclass(slots=True)
class Told:
    """Of one mailbox. Once it is `refused`, nothing of it counts, and `box` is what it was."""

    user: str
    box: Box
    rows: dict[str, tuple[Mapping[str, Any], str | None]] = field(default_factory=dict)
    """Items and their places, by id."""
    gone: set[str] = field(default_factory=set)
    anew: bool = False
    """Something is gone because a place that was told anew does not have it."""
    rejected: int = 0
    refused: Result | None = None
    partly: Result | None = None
    """Why a list of it was not read."""

    def take(self, changes: Changes, place: str | None) -> None:
        """What a place told is among what the mailbox told."""
        self.rows |= {str(row["id"]): (row, place) for row in changes.rows}
        self.rejected += changes.rejected

    def lack(self, keys: set[str]) -> None:
        """These are not in a place that was told anew."""
        self.gone |= keys
        self.anew = True

    def refuse(self, why: Result, before: Box) -> None:
        """The mailbox told nothing."""
        self.refused, self.box = why, before
        self.rows, self.gone, self.rejected, self.partly = {}, set(), 0, None


@dataclass
class Known:
    """The ids of rows that are believed to be there, each kind asked for once, and only if need be."""

    ask: Callable[[], pa.Table]
    ask_awaited: Callable[[], pa.Table]

    def keys(self, user: str, place: str | None = None) -> set[str]:
        """Those of a mailbox, or of one place in it."""
        return {key for key, where in self._rows.get(user, ()) if place is None or where == place}

    def awaited(self, user: str) -> Sequence[tuple[str, str | None]]:
        """Those that we made and that should have been told by now, and their places."""
        return self._awaited.get(user, ())

    def places(self, user: str) -> set[str]:
        """The places where there are any."""
        return {where for _, where in self._rows.get(user, ()) if where}

    @cached_property
    def _rows(self) -> Rows:
        return _by_user(self.ask())

    @cached_property
    def _awaited(self) -> Rows:
        return _by_user(self.ask_awaited())


Rows = Mapping[str, list[tuple[str, str | None]]]


def _by_user(table: pa.Table) -> Rows:
    rows: dict[str, list[tuple[str, str | None]]] = {}
    columns = table.select(["key", "user", "place"]).columns
    for key, user, place in zip(*(column.to_pylist() for column in columns), strict=True):
        rows.setdefault(str(user).lower(), []).append((id_of(key), place))
    return rows


def is_gone(result: Result) -> bool:
    """Graph says that this very thing is not there; what else it may say of a mailbox proves nothing."""
    return result.status == 404 and result.code.lower() in _NOT_THERE


def word_of(refused: Result | None) -> str | None:
    """Why nothing was read."""
    if refused is None:
        return None
    return UNKNOWN_USER if refused.status == 404 and refused.code.lower() in _NOBODY else refused.code
