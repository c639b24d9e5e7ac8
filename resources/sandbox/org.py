"""The org: one state directory with its store, catalogue, people, permissions and clock. HTTP does not belong here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from . import catalogue as objects
from .permissions import Permissions, User
from .schema import Catalogue
from .store import Store

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


class Org:
    """An org on disk; `close` it when done."""

    def __init__(self, state: Path, *, catalogue: Catalogue | None = None, clock: Clock = system_clock) -> None:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.state = state
        self.clock = clock
        self.catalogue = catalogue or objects.shipped()
        self.store = Store(state / "org.db", self.catalogue)
        self.permissions = Permissions(state / "permissions.json", self.catalogue)

    def user(self, token: str) -> User:
        """The user whose session that is."""
        raise NotImplementedError

    def close(self) -> None:
        self.store.close()
