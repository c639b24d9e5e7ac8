"""tap-salesforce (Singer): login by refresh token, discovery; all through REST and Bulk API 1.0, then what is new."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.clients.workshop import Org, Workshop, expect, version_in

NAME = "tap-salesforce"
PROXY = True
ROUTES = {"REST": "/query", "BULK": "/services/async/"}
COUNT = 2500
PERSON = 'Person, "quoted"\nline'


def drive(workshop: Workshop, org: Org) -> str:
    """The version that passed."""
    programs = workshop.venv("tap-salesforce", "tap-salesforce==2.8.*")
    names = [f"Account {number}" for number in range(COUNT)]
    long_ago = [{"Name": name, "SystemModstamp": "2026-01-01T00:00:00Z"} for name in names[:-1]]
    accounts = org.admin.seed("Account", [*long_ago, {"Name": names[-1]}])
    org.admin.seed("Contact", [{"LastName": PERSON, "AccountId": accounts[0]}])
    with TemporaryDirectory() as folder:
        for api, path in ROUTES.items():
            tap = _Tap(workshop, org, programs / "tap-salesforce", Path(folder), api)
            found = tap.sync()
            org.expect_calls(path)
            expect(sorted(record["Name"] for record in found["Account"]), sorted(names))
            expect([(one["LastName"], one["AccountId"]) for one in found["Contact"]], [(PERSON, accounts[0])])
            names[0] = f"Renamed after {api}"
            org.admin.do("records/edit", sobject="Account", ids=accounts[:1], fields={"Name": names[0]})
            found = tap.sync()
            expect(names[0] in [record["Name"] for record in found["Account"]], True)
            expect(len(found["Account"]) <= 2, True)  # and perhaps the last one that it knew
    return version_in(programs, "tap-salesforce")


class _Tap:
    """The program with what it goes by: settings, a catalogue of what is wanted, and where it was."""

    def __init__(self, workshop: Workshop, org: Org, program: Path, folder: Path, api: str) -> None:
        self._workshop, self._org, self._program = workshop, org, program
        connection = org.connection
        self._config, self._catalog, self._state = (folder / f"{api} {name}.json" for name in ("own", "wanted", "was"))
        settings = {
            "client_id": connection.client_id,
            "client_secret": connection.client_secret,
            "refresh_token": connection.refresh_token,
            "start_date": "2020-01-01T00:00:00Z",
            "api_type": api,
            "select_fields_by_default": True,
        }
        self._config.write_text(json.dumps(settings))
        self._state.write_text("{}")
        catalog: dict[str, Any] = json.loads(self._run("--discover"))
        for stream in catalog["streams"]:
            [whole] = [entry["metadata"] for entry in stream["metadata"] if not entry["breadcrumb"]]
            whole["selected"] = stream["stream"] in ("Account", "Contact")
            whole |= {"replication-method": "INCREMENTAL", "replication-key": "SystemModstamp"}
        self._catalog.write_text(json.dumps(catalog))

    def sync(self) -> dict[str, list[dict[str, Any]]]:
        """The records of each object that changed since the last time, all at first."""
        told = self._run("--properties", self._catalog, "--state", self._state)
        messages = [json.loads(line) for line in told.splitlines()]
        self._state.write_text(json.dumps([one["value"] for one in messages if one["type"] == "STATE"][-1]))
        records = [(one["stream"], one["record"]) for one in messages if one["type"] == "RECORD"]
        return {name: [record for stream, record in records if stream == name] for name in ("Account", "Contact")}

    def _run(self, *arguments: str | Path) -> str:
        extra = {"HTTPS_PROXY": self._org.connection.proxy}
        return self._workshop.run([self._program, "--config", self._config, *arguments], self._org, extra=extra)
