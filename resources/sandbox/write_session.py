"""What every save of one call has in common."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from .declared import Declared
from .permissions import User
from .schema import Catalogue
from .store import Store


@dataclass(frozen=True, slots=True)
class Session:
    """What every save of one call has in common. `now` is the stamp that its records get."""

    store: Store
    db: sqlite3.Connection
    catalogue: Catalogue
    user: User
    pod: str
    now: str
    known_parents: set[str]
    declared: Declared = field(default_factory=Declared)

    def stamps(self, *, created: bool) -> dict[str, object]:
        """The audit fields of a record that is saved now."""
        changed: dict[str, object] = {
            "LastModifiedDate": self.now,
            "LastModifiedById": self.user.id,
            "SystemModstamp": self.now,
        }
        return {"CreatedDate": self.now, "CreatedById": self.user.id, **changed} if created else changed
