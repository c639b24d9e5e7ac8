"""The sandbox as these tests use it: its settings for our client, and its administrator's door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from resources.route import Route
from resources.salesforce.auth import login_of
from resources.salesforce.session import OrgSession
from resources.sandbox.launch import Connection
from resources.settings import Settings, read_settings


class Embedded:
    """One running sandbox."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._door = requests.Session()
        self._door.trust_env = False
        self._door.verify = connection.ca_file
        self._door.headers["Authorization"] = f"Bearer {connection.admin_token}"

    def settings(self, **given: object) -> Settings:
        """Settings that reach it; a given one replaces or, as None, removes one."""
        reach: dict[str, object] = {
            "salesforce_instance_url": self.connection.url,
            "salesforce_client_id": self.connection.client_id,
            "salesforce_client_secret": self.connection.client_secret,
            "salesforce_ca_file": Path(self.connection.ca_file),
        }
        return read_settings(env_file=None, **{**reach, **given})

    def reset(self) -> None:
        """No faults, every right, no limit in sight, no calls remembered."""
        self.faults()
        self.do("permissions", {"reset": True})
        self.do("limits", {"daily": 100_000, "used": 0})
        self._door.delete(f"{self.connection.url}/sandbox/calls").raise_for_status()

    def do(self, door: str, body: Mapping[str, object]) -> Any:
        answer = self._door.post(f"{self.connection.url}/sandbox/{door}", json=body)
        assert answer.ok, answer.text
        return answer.json()

    def now(self) -> datetime:
        """The org's time."""
        return datetime.fromisoformat(self.do("clock", {"seconds": 0})["now"])

    def faults(self, *rules: Mapping[str, object]) -> None:
        self.do("faults", {"rules": rules})

    def calls(self) -> list[str]:
        """Method and path below the version of each API call so far; token requests left out."""
        calls = self._door.get(f"{self.connection.url}/sandbox/calls").json()["calls"]
        split = ((call["method"], call["path"].partition("/services/data/v62.0/")[2]) for call in calls)
        return [f"{method} {path}" for method, path in split if path]

    def seed(self, sobject: str, rows: Sequence[Mapping[str, object]]) -> list[str]:
        return list(self.do("seed", {"sobject": sobject, "rows": rows})["ids"])

    def delete(self, record_id: str) -> None:
        """Somebody deletes the record."""
        settings = self.settings()
        with OrgSession(login_of(settings), version="62.0", route=Route(settings.salesforce_ca_file)) as session:
            session.call("DELETE", "composite/sobjects", params={"ids": record_id})
