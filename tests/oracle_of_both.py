"""What should come of tasks that people have on two sides, told in plain Python: per pair the end, who goes, who comes.

Written from the words of the declaration alone. A pair remembers of each cell the value in which both last agreed.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date, timedelta

from tests.sides_of_both import CELLS, NEVER, End, Item, Pair, Record

PAST, AHEAD = 30, 365


class Oracle:
    """`pairs` are those that were there when all was quiet last; `mailboxes` are users with one.

    `gone`: items as they were when all was quiet last.
    """

    def __init__(
        self,
        items: Mapping[str, Item],
        records: Mapping[str, Record],
        pairs: list[Pair],
        today: date,
        mailboxes: set[str],
        gone: Mapping[str, Item],
    ) -> None:
        self.items = copy.deepcopy(dict(items))
        self.records = copy.deepcopy(dict(records))
        self.today = today
        self.mailboxes = mailboxes
        self.gone = gone
        self.pairs = copy.deepcopy(pairs)
        self.end = End(self.items, self.records)
        self._find()
        for pair in list(self.pairs):
            self._meet(pair)
        self._bear()

    # who belongs to whom

    def _find(self) -> None:
        """Items without a record find theirs: by where they moved from, the mark they carry, or what they say."""
        self._follow()
        there = {pair.item for pair in self.pairs if pair.item in self.items}
        taken = {pair.record for pair in self.pairs if pair.item in there or pair.parted}
        known = {pair.item for pair in self.pairs}
        new = {key: item for key, item in self.items.items() if key not in known}
        for key, item in sorted(new.items()):
            marked = self.records.get(item.mark or "")
            others = [other for other, one in new.items() if one.mark == item.mark]
            if marked is None or item.mark in {pair.record for pair in self.pairs if pair.item in there}:
                continue
            if len(others) > 1:
                continue
            if marked.deleted:
                self.end.held.add(key)
            else:
                self._link(key, str(item.mark))
                taken.add(str(item.mark))
        linked = {pair.item for pair in self.pairs}
        free = {
            name: record
            for name, record in self.records.items()
            if not record.deleted and name not in taken and (record.key is None or record.key not in self.items)
        }
        asking = [key for key in new if key not in linked | self.end.held and not self._item_apart(self.items[key])]
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
        """What is new and as something that is gone was, in the same mailbox, is the same one."""
        known = {pair.item for pair in self.pairs}
        new = {key: _content(item) for key, item in self.items.items() if key not in known}
        lost = [
            pair
            for pair in self.pairs
            if pair.item not in self.items and pair.item in self.gone and not pair.parted and self._lives(pair.record)
        ]
        was = {pair.item: _content(self.gone[pair.item]) for pair in lost}
        for pair in lost:
            heirs = [key for key, content in new.items() if content == was[pair.item]]
            if len(heirs) == 1 and list(was.values()).count(was[pair.item]) == 1:
                pair.item = heirs[0]
                self.records[pair.record].key = pair.item

    def _lives(self, record: str) -> bool:
        return record in self.records and not self.records[record].deleted

    def _link(self, key: str, record: str) -> None:
        """The pair is new; what the record belonged to before is over."""
        self.pairs = [pair for pair in self.pairs if pair.record != record]
        self.pairs.append(Pair(key, record))
        self.records[record].key = key

    # what becomes of pairs

    def _meet(self, pair: Pair) -> None:
        item, record = self.items.get(pair.item), self.records.get(pair.record)
        live = record if record and not record.deleted else None
        if item is None and live is None:
            self.pairs.remove(pair)
            return
        if item is None or live is None:
            self._lost(pair, item, live)
            return
        if self.apart(item, live):
            return
        for cell in CELLS:
            _agree(pair, cell, item, live)

    def _lost(self, pair: Pair, item: Item | None, record: Record | None) -> None:
        if pair.parted:
            return
        left = item or record
        assert left is not None
        if isinstance(left, Item) and self._item_apart(left):
            return
        if isinstance(left, Record) and pair.item in self._hidden(pair, left):
            return
        based = all(base is not NEVER for base in pair.base.values())
        changed = any(pair.base[cell] != left.value(cell) for cell in CELLS)
        if not based:
            pair.parted = True
        elif changed and isinstance(left, Record):
            self.pairs.remove(pair)
            self.end.new_items.append(_item_of(left))
        elif changed and isinstance(left, Item):
            self.pairs.remove(pair)
            self.end.new_records.append(_record_of(left, pair.item))
        elif isinstance(left, Item):
            left.deleted = True
            self.pairs.remove(pair)
        else:
            pair.parted = True  # deletions in the CRM are prevented

    def _hidden(self, pair: Pair, record: Record) -> set[str]:
        """The pair's item where it is told nothing of, as one of the two is left alone."""
        last = self.gone.get(pair.item)
        apart = self.apart(last, record) if last else self._record_apart(record)
        return {pair.item} if apart else set()

    # what is born

    def _bear(self) -> None:
        paired_items = {pair.item for pair in self.pairs}
        paired = {pair.record for pair in self.pairs}
        anew = {(one.key) for one in self.end.new_records}
        for key, item in list(self.items.items()):
            if key in paired_items | self.end.held | anew or item.deleted or self._item_apart(item):
                continue
            self.end.new_records.append(_record_of(item, key))
        for name, record in list(self.records.items()):
            if record.deleted or name in paired | self.end.held or record.key is not None:
                continue
            if self._record_apart(record) or record.owner not in self.mailboxes:
                continue
            self.end.new_items.append(_item_of(record, name))

    # what is left alone

    def _inside(self, day: date | None, changed: date) -> bool:
        at = day or changed
        return self.today - timedelta(days=PAST) <= at <= self.today + timedelta(days=AHEAD)

    def _item_apart(self, item: Item) -> bool:
        return item.private or item.recurring or not self._inside(item.due, item.changed)

    def _record_apart(self, record: Record) -> bool:
        return record.private or not self._inside(record.due, record.changed)

    def apart(self, item: Item, record: Record) -> bool:
        outside = not self._inside(item.due, item.changed) and not self._inside(record.due, record.changed)
        return item.private or item.recurring or record.private or outside


def _agree(pair: Pair, cell: str, item: Item, record: Record) -> None:
    """One side changed: it wins. Both, differently: the CRM. What is formatted there stays as it is."""
    theirs, ours, base = item.value(cell), record.value(cell), pair.base[cell]
    if theirs == ours:
        pair.base[cell] = ours
        return
    if base is NEVER:
        to_crm = ours is None
    elif base == ours:
        to_crm = True
    elif base == theirs:
        to_crm = False
    else:
        to_crm = False
    if to_crm:
        setattr(record, cell, theirs)
        pair.base[cell] = theirs
    elif cell == "body" and item.formatted:
        return
    else:
        setattr(item, cell, ours)
        pair.base[cell] = ours


def _content(item: Item) -> tuple[object, ...]:
    return (item.owner, item.formatted, *(item.value(cell) for cell in CELLS))


def _same(item: Item, record: Record) -> bool:
    return (
        (item.subject or "").lower() == (record.subject or "").lower()
        and item.subject is not None
        and item.due == record.due
        and item.owner == record.owner
    )


def _item_of(record: Record, name: str | None = None) -> Item:
    return Item(
        record.subject, record.body, record.due, record.status, record.priority, record.owner, record.changed, mark=name
    )


def _record_of(item: Item, key: str) -> Record:
    return Record(item.subject, item.body, item.due, item.status, item.priority, item.owner, item.changed, key=key)
