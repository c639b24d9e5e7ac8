"""What should come of tasks that people have on two sides, told in plain Python: per pair the end, who goes, who comes.

Written from the words of the declaration alone. A pair remembers of each cell the value in which both last agreed.
"""

from __future__ import annotations

from tests.belonging_of_both import Belonging
from tests.sides_of_both import CELLS, NEVER, Before, Item, Pair, Record


class Oracle(Belonging):
    """What becomes of them: `end`."""

    def __init__(self, before: Before) -> None:
        super().__init__(before)
        self.find()
        for pair in list(self.pairs):
            self._meet(pair)
        self._bear()

    def _meet(self, pair: Pair) -> None:
        item, record = self.items.get(pair.item), self.records.get(pair.record)
        live = record if record and not record.deleted else None
        if item is None and live is None:
            if pair.record not in self.end.held:
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
        if isinstance(left, Item) and (self.item_apart(left) or self._apart_from_the_deleted(pair, left)):
            return
        if isinstance(left, Record) and (pair.item in self._hidden(pair, left) or pair.record in self.end.held):
            return
        based = all(base is not NEVER for base in pair.base.values())
        seen = pair.base if isinstance(left, Item) else {cell: pair.of_record(cell) for cell in CELLS}
        changed = any(seen[cell] != left.value(cell) for cell in CELLS)
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
            self.withdrawn.add(pair.item)
            self.pairs.remove(pair)
        else:
            pair.parted = True  # deletions in the CRM are prevented

    def _apart_from_the_deleted(self, pair: Pair, item: Item) -> bool:
        """Its record was left alone when it was deleted, or belonged to somebody else."""
        record = self.records.get(pair.record)
        return record is not None and self.apart(item, record)

    def _hidden(self, pair: Pair, record: Record) -> set[str]:
        """The pair's item where it is told nothing of, as one of the two is left alone."""
        last = self.gone.get(pair.item)
        apart = self.apart(last, record) if last else self.record_apart(record)
        return {pair.item} if apart else set()

    # what is born

    def _bear(self) -> None:
        paired_items = {pair.item for pair in self.pairs}
        paired = {pair.record for pair in self.pairs}
        anew = {(one.key) for one in self.end.new_records}
        for key, item in list(self.items.items()):
            if key in paired_items | self.end.held | anew or item.deleted or self.item_apart(item):
                continue
            self.end.new_records.append(_record_of(item, key))
        for name, record in list(self.records.items()):
            if record.deleted or name in paired | self.end.held:
                continue
            if record.key is not None and record.key not in self.withdrawn and not self.anew:
                continue
            if self.record_apart(record) or record.owner not in self.mailboxes:
                continue
            self.end.new_items.append(_item_of(record, name))


def _agree(pair: Pair, cell: str, item: Item, record: Record) -> None:
    """One side changed: it wins. Both, differently: the CRM. What is formatted there stays as it is.

    A value that was kept back is a change of the CRM that is still open when the item changes.
    """
    theirs, ours, base, was = item.value(cell), record.value(cell), pair.base[cell], pair.of_record(cell)
    if (theirs, ours) == (base, was):
        return
    kept = cell in pair.kept
    pair.kept.pop(cell, None)
    if theirs == ours:
        pair.base[cell] = ours
    elif ours is None if base is NEVER else was == ours and not kept:
        setattr(record, cell, theirs)
        pair.base[cell] = theirs
    elif cell == "body" and item.formatted:
        pair.base[cell], pair.kept[cell] = theirs, ours
    else:
        setattr(item, cell, ours)
        pair.base[cell] = ours


def _item_of(record: Record, name: str | None = None) -> Item:
    return Item(
        record.subject, record.body, record.due, record.status, record.priority, record.owner, record.changed, mark=name
    )


def _record_of(item: Item, key: str) -> Record:
    return Record(item.subject, item.body, item.due, item.status, item.priority, item.owner, item.changed, key=key)
