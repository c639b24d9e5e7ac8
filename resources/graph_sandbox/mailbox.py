"""The folders of a mailbox, its lists of tasks, and the tokens of delta rounds that hold for it."""

from __future__ import annotations

import orjson

from .answer import Row, not_found
from .directory import User
from .items import Items
from .kind import Kind
from .store import Store
from .tasks import LISTS


class Mailbox:
    """That of one user, who has one."""

    def __init__(self, store: Store, items: Items, user: User) -> None:
        self.user = user
        self._store = store
        self._items = items

    @property
    def lists(self) -> str:
        """The folder of the lists of tasks."""
        return f"{self.user.id}/lists"

    def tasks(self, list_id: str) -> str:
        """The folder of that list; Refusal if there is no such list."""
        found = self._store.item(self.lists, list_id)
        if found is None or found.gone:
            raise not_found()
        return f"{self.user.id}/tasks/{list_id}"

    def folder(self, kind: Kind) -> str:
        """The folder of events or of contacts."""
        return f"{self.user.id}/{kind.name}"

    def every_list(self) -> list[Row]:
        """The lists, in the order in which they were made."""
        return [orjson.loads(kept.body) for kept in reversed(self._store.present(self.lists))]

    @property
    def default_list(self) -> str:
        """The id of the list `Tasks`."""
        return str(next(row["id"] for row in self.every_list() if row["wellknownListName"] == "defaultList"))

    def provide(self) -> None:
        """The mailbox has the lists that every mailbox has."""
        if self._store.present(self.lists, count=1):
            return
        with self._store.transaction():
            for name, known in (("Tasks", "defaultList"), ("Flagged Emails", "flaggedEmails")):
                row = {"displayName": name, "isOwner": True, "isShared": False, "wellknownListName": known}
                self._items.keep(self.lists, LISTS, row)

    @property
    def generation(self) -> str:
        """Changes when the tokens of delta rounds expire, all of them or those of this mailbox."""
        return f"{self._store.setting('tokens') or 0}.{self._store.setting(f'tokens/{self.user.id}') or 0}"
