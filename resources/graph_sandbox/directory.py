"""The people of the tenant: who there is, by id or by user principal name, and whether they have a mailbox."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from .answer import Refusal
from .store import Store

PROPERTIES = (
    "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage", "surname", "userPrincipalName", "id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class User:
    """`mailbox` is false without a licence, or where the mailbox is on a server of one's own."""

    id: str
    principal: str
    mail: str | None
    name: str
    mailbox: bool = True
    zone: str = "UTC"

    def told(self) -> dict[str, Any]:
        """The user as `/users` tells it."""
        given, _, last = self.name.rpartition(" ")
        known = {"displayName": self.name, "givenName": given or None, "surname": last or None, "mail": self.mail}
        known |= {"userPrincipalName": self.principal, "id": self.id}
        return {name: known.get(name, [] if name == "businessPhones" else None) for name in PROPERTIES}


class Directory:
    """Kept in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, told: Mapping[str, Any]) -> User:
        """The user is there, in the place of one with that principal name."""
        principal = told["userPrincipalName"]
        if not isinstance(principal, str) or not principal:
            raise ValueError("a user has a userPrincipalName, a text")
        before = self._found(principal)
        user = User(
            str(told.get("id") or (before.id if before else uuid.uuid4())),
            principal,
            told.get("mail", principal),
            str(told.get("displayName") or principal.partition("@")[0].replace(".", " ").title()),
            bool(told.get("mailbox", True)),
            str(told.get("timeZone") or "UTC"),
        )
        with self._store.transaction() as db:
            db.execute("delete from users where name = ?", (principal.lower(),))
            body = orjson.dumps(user)
            db.execute("insert or replace into users values (?, ?, ?)", (user.id, principal.lower(), body))
        return user

    def users(self) -> list[User]:
        """Everybody, by principal name."""
        return [
            User(**orjson.loads(row[0]))
            for row in self._store.connection().execute("select body from users order by name")
        ]

    def user(self, name: str) -> User:
        """The user of that id or principal name; Refusal if there is none."""
        found = self._found(name)
        if found is None:
            told = f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
            raise Refusal(404, "Request_ResourceNotFound", told)
        return found

    def mailbox(self, name: str) -> User:
        """The same, of somebody who has a mailbox."""
        found = self._found(name)
        if found is None:
            raise Refusal(404, "ErrorInvalidUser", f"The requested user '{name}' is invalid.")
        if not found.mailbox:
            told = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
            raise Refusal(404, "MailboxNotEnabledForRESTAPI", told)
        return found

    def _found(self, name: str) -> User | None:
        sql = "select body from users where id = ? or name = ?"
        found = self._store.connection().execute(sql, (name, name.lower())).fetchone()
        return User(**orjson.loads(found[0])) if found else None
