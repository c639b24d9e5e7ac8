"""What a kind of item is: what clients may write of it and how it is kept, what it has unless told, what follows.

A kind is one module that makes one `Kind`: tasks, events, contacts, lists. Checks give the value as it is kept, or a
Refusal in the words of Graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .answer import Row, bad_request

Check = Callable[[Any], Any]

READ_ONLY = frozenset(
    {"id", "createdDateTime", "lastModifiedDateTime", "bodyLastModifiedDateTime", "changeKey", "hasAttachments"}
)
"""What every kind may be told, to no effect."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is about to be kept: `before` is None for a new item, `told` what was written, as it is kept."""

    before: Row | None
    told: Row
    now: datetime


@dataclass(frozen=True, slots=True)
class Kind:
    """`settled` gives the whole row that follows from a change. `beside` are the navigations that it has, with their
    checks; `zoned` the properties that are dateTimeTimeZone; `versioned` that it tells its changeKey."""

    name: str
    type: str
    writable: Mapping[str, Check]
    settled: Callable[[Change], Row]
    beside: Mapping[str, Check]
    ignored: frozenset[str] = frozenset()
    zoned: tuple[str, ...] = ()
    versioned: bool = False
    page: int = 10

    def written(self, content: Mapping[str, Any]) -> Row:
        """What a client wrote, as it is kept, without navigations; Refusal at the first that is wrong."""
        told: Row = {}
        for name, value in content.items():
            if name in self.writable:
                told[name] = self.writable[name](value)
            elif "@" not in name and name not in READ_ONLY | self.ignored and name not in self.beside:
                raise bad_request(
                    f"The property '{name}' does not exist on type '{self.type}'. Make sure to only use property names"
                    " that are defined by the type.",
                    "RequestBodyRead",
                )
        return told


def text(value: Any) -> Any:
    if value is not None and not isinstance(value, str):
        raise _wrong("Edm.String")
    return value


def flag(value: Any) -> Any:
    if not isinstance(value, bool):
        raise _wrong("Edm.Boolean")
    return value


def number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong("Edm.Int32")
    return value


def texts(value: Any) -> Any:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _wrong("Collection(Edm.String)")
    return value


def objects(value: Any) -> Any:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise bad_request("The value is expected to be a collection of objects.", "RequestBodyRead")
    return value


def some_object(value: Any) -> Any:
    if value is not None and not isinstance(value, Mapping):
        raise bad_request("The value is expected to be an object.", "RequestBodyRead")
    return value


def one_of(*names: str) -> Check:
    """Any of these names, spelled in any case."""
    known = {name.lower(): name for name in names}

    def checked(value: Any) -> Any:
        if not isinstance(value, str) or value.lower() not in known:
            raise bad_request(f"Requested value '{value}' was not found.", "RequestBodyRead")
        return known[value.lower()]

    return checked


def or_none(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _wrong(kind: str) -> Exception:
    return bad_request(f"Cannot convert a primitive value to the expected type '{kind}'.", "RequestBodyRead")
