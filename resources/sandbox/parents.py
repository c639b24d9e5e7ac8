"""Parents that rows name by a key of theirs."""

from __future__ import annotations

from collections.abc import Sequence

from . import checks, lookups
from .coercion import ABSENT
from .columns import Batch
from .write_session import Session


def resolve_parents(session: Session, batch: Batch, rows: Sequence[int]) -> None:
    """Parents that those rows name by key are named by id afterwards."""
    for name, (target, keys) in batch.by_parent_key.items():
        if target.parent is None or target.parent_key is None:
            continue
        asked = {keys[row] for row in rows if keys[row] is not None and keys[row] is not ABSENT}
        found = lookups.ids_by_key(session.db, target.parent, target.parent_key, asked)
        ids = batch.values.setdefault(name, [ABSENT] * batch.size)
        for row in rows:
            key = keys[row]
            if key is None:
                ids[row] = None
            elif key is not ABSENT:
                holders = found.get(lookups.key_of(target.parent_key, key), [])
                if len(holders) == 1:
                    ids[row] = holders[0]
                    session.known_parents.add(holders[0])
                else:
                    batch.refuse(row, checks.parent_not_named(target.parent, target.parent_key, key, holders))
