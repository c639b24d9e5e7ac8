"""Which item and which record belong together, and which are left alone, told in plain Python."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date, timedelta

from tests.sides_of_both import CELLS, Before, End, Item, Pair, Record

PAST, AHEAD = 30, 365


class Belonging:
    """Of what was there before."""

    def __init__(self, before: Before) -> None:
        self.items = copy.deepcopy(dict(before.items))
        self.records = copy.deepcopy(dict(before.records))
        self.today = before.today
        self.mailboxes = before.mailboxes
        self.gone = before.gone
        self.withdrawn = set(before.withdrawn)
        self.anew = before.anew
        self.pairs = copy.deepcopy(before.pairs)
        self.end = End(self.items, self.records)

    def find(self) -> None:
        """Items without a record find theirs: by the mark they carry, where they moved from, or what they say."""
        marked = self._marked()
        for key, name in marked.items():
            if self.records[name].deleted:
                self._part(key, name)
            else:
                self._link(key, name)
        self._follow()
        known = {pair.item for pair in self.pairs}
        self.end.held |= {key for key, name in marked.items() if self.records[name].deleted and key not in known}
        self._look_alike()

    def _marked(self) -> dict[str, str]:
        """Records of new items by the mark of the one who carries it, where no item of theirs is there."""
        new = self._new()
        had = {pair.record for pair in self.pairs if pair.item in self.items}
        carried = [item.mark for item in new.values()]
        return {
            key: item.mark
            for key, item in new.items()
            if item.mark in self.records
            and self.records[item.mark].owner == item.owner  # anybody can write a link
            and item.mark not in had
            and carried.count(item.mark) == 1
        }

    def _part(self, key: str, name: str) -> None:
        """The item of that record, which was deleted, is this one now."""
        for pair in self.pairs:
            if pair.record == name and pair.item not in self.items:
                pair.item, pair.parted = key, True

    def _new(self) -> dict[str, Item]:
        known = {pair.item for pair in self.pairs}
        return {key: item for key, item in self.items.items() if key not in known}

    def _look_alike(self) -> None:
        taken = {pair.record for pair in self.pairs if pair.item in self.items or pair.parted}
        free = {
            name: record
            for name, record in self.records.items()
            if not record.deleted
            and name not in taken | self.end.held
            and (record.key is None or record.key not in self.items)
        }
        asking = [key for key, item in self._new().items() if key not in self.end.held and not self.item_apart(item)]
        alike = {key: [name for name, record in free.items() if _same(self.items[key], record)] for key in asking}
        claims: dict[str, int] = {}
        for names in alike.values():
            for name in names:
                claims[name] = claims.get(name, 0) + 1
        for key, names in alike.items():
            if len(names) == 1 and claims[names[0]] == 1:
                self._link(key, names[0])
            elif names:
                self.end.held |= {key, *names}

    def _follow(self) -> None:
        """What is new and as something that is gone was, in the same mailbox, is the same one; of several nobody is."""
        new = {key: _content(item) for key, item in self._new().items()}
        lost = [
            pair
            for pair in self.pairs
            if pair.item not in self.items and pair.item in self.gone and not (pair.parted and self._lives(pair.record))
        ]
        was = {pair.item: _content(self.gone[pair.item]) for pair in lost}
        for pair in lost:
            heirs = [key for key, content in new.items() if content == was[pair.item]]
            if len(heirs) == 1 and list(was.values()).count(was[pair.item]) == 1:
                pair.item = heirs[0]
                if self._lives(pair.record):
                    self.records[pair.record].key = pair.item
                else:
                    pair.parted = True  # that it is the same one is a guess: nothing is deleted for it
            elif heirs:
                self.end.held |= {*heirs, pair.record}

    def _lives(self, record: str) -> bool:
        return record in self.records and not self.records[record].deleted

    def _link(self, key: str, record: str) -> None:
        """The record belongs to that item now; what it agreed on with the one before goes along."""
        before = next((pair for pair in self.pairs if pair.record == record), None)
        self.pairs = [pair for pair in self.pairs if pair.record != record]
        self.pairs.append(replace(before, item=key) if before else Pair(key, record))
        self.records[record].key = key

    # what is left alone

    def _inside(self, day: date | None, changed: date) -> bool:
        at = day or changed
        return self.today - timedelta(days=PAST) <= at <= self.today + timedelta(days=AHEAD)

    def item_apart(self, item: Item) -> bool:
        return item.private or item.recurring or not self._inside(item.due, item.changed)

    def record_apart(self, record: Record) -> bool:
        return record.private or not self._inside(record.due, record.changed)

    def apart(self, item: Item, record: Record) -> bool:
        outside = not self._inside(item.due, item.changed) and not self._inside(record.due, record.changed)
        return item.private or item.recurring or record.private or outside or item.owner != record.owner


def _content(item: Item) -> tuple[object, ...]:
    return (item.owner, item.formatted, *(item.value(cell) for cell in CELLS))


def _same(item: Item, record: Record) -> bool:
    return (
        (item.subject or "").lower() == (record.subject or "").lower()
        and item.subject is not None
        and item.due == record.due
        and item.owner == record.owner
    )
