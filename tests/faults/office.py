"""The embedded Microsoft Graph inside this process: a mailbox, the people at it, and requests without a socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from starlette.types import ASGIApp

from resources.graph.settings import GraphAccount
from resources.graph_sandbox import CLIENT_ID, TENANT, doors
from resources.graph_sandbox.service import Service

URL = "https://graph.example"


class Office:
    """Its administrator's door is opened without HTTP; `answers` carries requests of clients."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.service = Service(folder, clock)

    @property
    def app(self) -> ASGIApp:
        return self.service.app

    @property
    def account(self) -> GraphAccount:
        from pydantic import SecretStr

        return GraphAccount(URL, URL, TENANT, CLIENT_ID, SecretStr(self.service.token))

    @property
    def writes(self) -> int:
        """Writes of clients that took effect."""
        return self.service.history.counts()["writes"]

    @property
    def calls(self) -> int:
        return self.service.history.counts()["calls"]

    def door(self, path: str, **body: object) -> Any:
        """What the administrator's door answers."""
        answer = doors.answered(self.service, "POST", path, orjson.dumps(body))
        return orjson.loads(answer.body)

    def lists(self, user: str) -> list[str]:
        """Ids of a mailbox's lists, the default one first."""
        found = orjson.loads(doors.answered(self.service, "GET", f"users/{user}/lists", b"").body)
        return [str(row["id"]) for row in found["rows"]]

    def contacts(self, user: str) -> list[dict[str, Any]]:
        """The contacts of a mailbox."""
        found = orjson.loads(doors.answered(self.service, "GET", f"users/{user}/contacts", b"").body)["rows"]
        return list(found)

    def items(self, user: str) -> dict[str, dict[str, Any]]:
        """The tasks of all lists by id, each with its `list`."""
        found: dict[str, dict[str, Any]] = {}
        for each in self.lists(user):
            path = f"users/{user}/tasks/of/{each}"
            rows = orjson.loads(doors.answered(self.service, "GET", path, b"").body)["rows"]
            found |= {str(row["id"]): {**row, "list": each} for row in rows}
        return found

    def close(self) -> None:
        self.service.close()
