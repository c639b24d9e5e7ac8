"""Tasks of two sides as an oracle tells them: items, records, pairs, and how both sides should end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

CELLS = ("subject", "body", "due", "status", "priority")


class NEVER:
    """Instead of a value: they never agreed on this cell."""


@dataclass
class Item:
    """A task in Outlook, in the CRM's words."""

    subject: str | None
    body: str | None
    due: date | None
    status: str
    priority: str
    owner: str
    """The CRM's user whose mailbox it is in."""
    changed: date
    private: bool = False
    recurring: bool = False
    formatted: bool = False
    mark: str | None = None
    """The record that it was made from."""
    deleted: bool = False

    def value(self, cell: str) -> object:
        return getattr(self, cell)


@dataclass
class Record:
    """A task in the CRM."""

    subject: str | None
    body: str | None
    due: date | None
    status: str
    priority: str
    owner: str
    changed: date
    private: bool = False
    key: str | None = None
    deleted: bool = False

    def value(self, cell: str) -> object:
        return getattr(self, cell)


@dataclass
class Pair:
    """An item and a record that belong together; `parted`: they no longer do, and never will."""

    item: str
    record: str
    base: dict[str, object] = field(default_factory=lambda: dict.fromkeys(CELLS, NEVER))
    """What the item had in each cell when both were seen last."""
    kept: dict[str, object] = field(default_factory=dict)
    """What the record had then, where that is something else: it could not be written there."""
    parted: bool = False

    def of_record(self, cell: str) -> object:
        return self.kept.get(cell, self.base[cell])


@dataclass
class End:
    """What both sides should be like. What is new has no id yet."""

    items: dict[str, Item]
    records: dict[str, Record]
    new_items: list[Item] = field(default_factory=list)
    new_records: list[Record] = field(default_factory=list)
    held: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Before:
    """Both sides before runs, and what is remembered of them from when all was quiet last."""

    items: Mapping[str, Item]
    records: Mapping[str, Record]
    pairs: list[Pair]
    today: date
    mailboxes: set[str]
    """Users with one."""
    gone: Mapping[str, Item]
    """Items as they were then, those among them that are not there any more."""
    withdrawn: set[str] = field(default_factory=set)
    """Items that were deleted because their records were."""
    anew: bool = False
    """All is to be paired anew: a record that has none gets an item, whichever it had before."""
