"""The administrator's door from the client's side: what is asked of a running sandbox. The door itself is `admin`."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from .launch import Connection
from .tls import trusting


class Administrator:
    """Speaks to a running sandbox as its administrator. Its calls count towards no limit and appear in no log."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting(Path(connection.ca_file)))
        ).open

    def seed(self, sobject: str, rows: Sequence[Mapping[str, object]]) -> list[str]:
        """The rows are records, unchecked (audit fields may be given); their ids in the order of the rows."""
        ids: list[str] = self._ask("POST", "seed", {"sobject": sobject, "rows": list(rows)})["ids"]
        return ids

    def do(self, door: str, **body: object) -> Any:
        """What the door of that name answers; ValueError with its reason if it refuses. `doors` lists them."""
        return self._ask("POST", door, body)

    def doors(self) -> dict[str, str]:
        """Every door, with the body it takes and what it does."""
        doors: dict[str, str] = self._ask("GET", "doors")
        return doors

    def permit(
        self, sobject: str, rights: Mapping[str, bool], *, field: str | None = None, profile: str | None = None
    ) -> None:
        """The profile (the integration's unless named) has or lacks those rights to the object, or to one field of it.

        Rights of an object are create, read, edit and delete; those of a field read and edit.
        """
        body: dict[str, object] = {"sobject": sobject, "rights": dict(rights)}
        body |= {name: value for name, value in (("field", field), ("profile", profile)) if value is not None}
        self._ask("POST", "permissions", body)

    def allow_everything(self) -> None:
        """Every profile may do everything again."""
        self._ask("POST", "permissions", {"reset": True})

    def set_usage(self, *, daily: int | None = None, used: int | None = None) -> None:
        """The daily limit, or the calls used of it, are what is given."""
        self._ask("POST", "limits", {"daily": daily, "used": used})

    def expire_sessions(self) -> None:
        """No access token issued so far is good any more."""
        self._ask("POST", "sessions/expire", {})

    def session(self, username: str) -> str:
        """An access token of that user."""
        token: str = self._ask("POST", "sessions", {"username": username})["access_token"]
        return token

    def user_id(self, username: str) -> str:
        """The id of that user."""
        found: str = self._ask("POST", "sessions", {"username": username})["user_id"]
        return found

    def trust(self, public_key: str) -> None:
        """JWT assertions signed with the private half of that key (PEM) are accepted."""
        self._ask("POST", "keys", {"public_key": public_key})

    def advance_clock(self, seconds: float) -> None:
        """The org's clock is that much further on."""
        self._ask("POST", "clock", {"seconds": seconds})

    def set_faults(self, *rules: Mapping[str, object]) -> None:
        """These fault rules are in force, and no others; the keys of a rule are the fields of `Fault`."""
        self._ask("POST", "faults", {"rules": list(rules)})

    def faults(self) -> list[dict[str, Any]]:
        """The rules in force, with how many calls each has `seen` and how many `met` it."""
        rules: list[dict[str, Any]] = self._ask("GET", "faults")["rules"]
        return rules

    def fault_names(self) -> dict[str, str]:
        """The faults that have a name, and what each of them does."""
        names: dict[str, str] = self._ask("GET", "faults/names")
        return names

    def calls(self) -> list[dict[str, Any]]:
        """The calls made by clients: method, path, query, status (0: closed without an answer) and seconds."""
        calls: list[dict[str, Any]] = self._ask("GET", "calls")["calls"]
        return calls

    def forget_calls(self) -> None:
        """The log of calls is empty."""
        self._ask("DELETE", "calls")

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the URL is our own
            f"{self.connection.admin_url}/{path}", method=method
        )
        request.add_header("Authorization", f"Bearer {self.connection.admin_token}")
        content = None if body is None else orjson.dumps(body)
        try:
            with self._open(request, content) as answer:
                told = answer.read()
        except urllib.error.HTTPError as error:
            raise ValueError(f"{method} {path}: {error.read().decode()}") from error
        return orjson.loads(told) if told else None
