"""Records that somebody holds: whoever writes them, or a child of theirs, meanwhile gets UNABLE_TO_LOCK_ROW.

Bulk batches take the records that they write and the parents that these point to, and wait for each other; the
administrator can hold records as a long-running process of the org would. Calls take no locks: they are short.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from .columns import Batch
from .errors import RowError
from .schema import FieldDef, SObjectDef

WAIT = 10.0
"""Seconds for which a batch waits for what another one holds, as in a real org."""


class Locks:
    def __init__(self) -> None:
        self.wait = WAIT
        self._changed = threading.Condition()
        self._taken: set[str] = set()
        self._held: dict[str, float] = {}

    def hold(self, ids: Collection[str], seconds: float) -> None:
        """Those records are locked for so long; 0 seconds set them free."""
        with self._changed:
            self._held.update(dict.fromkeys(ids, time.monotonic() + seconds))
            self._changed.notify_all()

    def held(self) -> frozenset[str]:
        """The records that the administrator holds now."""
        if not self._held:
            return frozenset()
        with self._changed:
            now = time.monotonic()
            self._held = {record_id: until for record_id, until in self._held.items() if until > now}
            return frozenset(self._held)

    @contextmanager
    def taking(self, ids: Collection[str]) -> Iterator[frozenset[str]]:
        """In the block those records are ours, save the ones yielded, which others did not set free in time."""
        wanted = frozenset(ids)
        with self._changed:
            self._changed.wait_for(lambda: not wanted & self._taken, self.wait)
            refused = wanted & self._taken
            self._taken |= wanted
        try:
            yield refused
        finally:
            with self._changed:
                self._taken -= wanted - refused
                self._changed.notify_all()


def locks_parent(f: FieldDef) -> bool:
    """True if saving a record locks the one that this field points to."""
    return f.type == "reference" and f.child_relationship_name is not None


def refuse_locked_parents(definition: SObjectDef, batch: Batch, rows: Sequence[int], locked: frozenset[str]) -> None:
    """Rows that point to a locked parent are refused."""
    for name, values in batch.values.items():
        if locks_parent(definition.fields[name]):
            for row in rows:
                if values[row] in locked:
                    batch.refuse(row, _locked_out(str(values[row])))


def refuse_locked(batch: Batch, ids: Mapping[int, str], locked: frozenset[str]) -> dict[int, str]:
    """Those rows whose records nobody holds; the others are refused."""
    for row, record_id in ids.items():
        if record_id in locked:
            batch.refuse(row, _locked_out(record_id))
    return {row: record_id for row, record_id in ids.items() if record_id not in locked}


def _locked_out(record_id: str) -> RowError:
    message = f"unable to obtain exclusive access to this record or 1 records: {record_id}"
    return RowError("UNABLE_TO_LOCK_ROW", message)
