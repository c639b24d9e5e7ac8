"""The service: one folder with what mailboxes hold, secrets, clock, the faults in force, and its ASGI application."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from pathlib import Path

from .application import Application
from .directory import Directory
from .faults import Faults
from .history import History
from .identity import Identity
from .items import Items
from .mailbox import Mailbox
from .moments import Clock, system_clock
from .store import Store
from .throttle import Throttle


class Service:
    """Opened on a folder; to be closed. `token` is the application's secret, `admin_token` opens the admin's door."""

    def __init__(self, folder: Path, clock: Clock = system_clock) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.store = Store(folder / "graph.db")
        self._clock = clock
        self._ahead = timedelta(seconds=float(self.store.setting("seconds_ahead") or 0))
        self.token = self._secret("token")
        self.admin_token = self._secret("admin_token")
        self.items = Items(self.store, self.now)
        self.directory = Directory(self.store)
        self.identity = Identity(self.token, self.now, lambda: self.store.setting("bearers") or "0")
        self.throttle = Throttle(self.now)
        self.faults = Faults()
        self.history = History()
        self.app = Application(self)

    def now(self) -> datetime:
        """The service's time, in UTC."""
        return self._clock() + self._ahead

    @property
    def task_bodies(self) -> str:
        """How bodies of tasks are told to whoever prefers nothing: `kept`, or always as `text`."""
        return self.store.setting("task_bodies") or "kept"

    def advance(self, seconds: float) -> None:
        """The service's clock is that much further on."""
        self._ahead += timedelta(seconds=seconds)
        self.store.set("seconds_ahead", str(self._ahead.total_seconds()))

    def expire(self, what: str) -> None:
        """No token of that kind holds any more: `bearers`, `tokens` (of delta rounds), `tokens/<user id>`."""
        self.store.set(what, str(int(self.store.setting(what) or 0) + 1))

    def mailbox(self, name: str) -> Mailbox:
        """The mailbox of that user, with the lists that every mailbox has."""
        mailbox = Mailbox(self.store, self.items, self.directory.user(name))
        mailbox.provide()
        return mailbox

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
