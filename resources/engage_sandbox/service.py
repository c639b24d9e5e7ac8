"""The service: one folder with its rows, tokens and clock, the faults in force, and its ASGI application."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from pathlib import Path

from .application import Application
from .faults import Faults
from .history import history
from .life import Life
from .moments import Clock, system_clock
from .store import Store


class Service:
    """Opened on a folder; to be closed. `token` opens the pages, `admin_token` the administrator's door."""

    def __init__(self, folder: Path, clock: Clock = system_clock) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.store = Store(folder / "engage.db")
        self._clock = clock
        self._ahead = timedelta(seconds=float(self.store.setting("seconds_ahead") or 0))
        self.token = self._secret("token")
        self.admin_token = self._secret("admin_token")
        self.life = Life(self.store, self.now)
        self.faults = Faults()
        self.calls = history()
        self.app = Application(self)

    def now(self) -> datetime:
        """The service's time, in UTC."""
        return self._clock() + self._ahead

    def advance(self, seconds: float) -> None:
        """The service's clock is that much further on."""
        self._ahead += timedelta(seconds=seconds)
        self.store.set("seconds_ahead", str(self._ahead.total_seconds()))

    def close(self) -> None:
        self.store.close()

    def _secret(self, name: str) -> str:
        kept = self.store.setting(name)
        if kept is None:
            kept = secrets.token_hex(32)
            self.store.set(name, kept)
        return kept


def service(folder: Path) -> Service:
    """The service that is kept in that folder, which is made if there is none."""
    return Service(folder)
