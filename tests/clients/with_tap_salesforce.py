"""tap-salesforce (Singer): login by refresh token, discovery, a sync through REST and one through Bulk API 1.0."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.clients.workshop import ClientFailed, Org, Workshop, version_in

NAME = "tap-salesforce"
PROXY = True
STREAMS = ("Account", "Contact")
COUNT = 2500


def drive(workshop: Workshop, org: Org) -> str:
    """The version that passed."""
    programs = workshop.venv("tap-salesforce", "tap-salesforce==2.8.*")
    accounts = org.admin.seed("Account", [{"Name": f"Account {number}"} for number in range(COUNT)])
    org.admin.seed("Contact", [{"LastName": 'Person, "quoted"\nline', "AccountId": accounts[0]}])
    with TemporaryDirectory() as folder:
        for api in ("REST", "BULK"):
            _sync(workshop, org, programs / "tap-salesforce", Path(folder), api)
    return version_in(programs, "tap-salesforce")


def _sync(workshop: Workshop, org: Org, tap: Path, folder: Path, api: str) -> None:
    connection = org.connection
    config = folder / f"{api}.json"
    config.write_text(
        json.dumps(
            {
                "client_id": connection.client_id,
                "client_secret": connection.client_secret,
                "refresh_token": connection.refresh_token,
                "start_date": "2020-01-01T00:00:00Z",
                "api_type": api,
                "select_fields_by_default": True,
            }
        )
    )
    extra = {"HTTPS_PROXY": connection.proxy}
    catalog: dict[str, Any] = json.loads(workshop.run([tap, "--config", config, "--discover"], org, extra=extra))
    for stream in catalog["streams"]:
        [whole] = [entry["metadata"] for entry in stream["metadata"] if not entry["breadcrumb"]]
        whole["selected"] = stream["stream"] in STREAMS
    chosen = folder / "catalog.json"
    chosen.write_text(json.dumps(catalog))
    told = workshop.run([tap, "--config", config, "--properties", chosen], org, extra=extra)
    messages = [json.loads(line) for line in told.splitlines()]
    found = {name: sum(m["type"] == "RECORD" and m["stream"] == name for m in messages) for name in STREAMS}
    if found != {"Account": COUNT, "Contact": 1}:
        raise ClientFailed(f"through {api} it found {found}")
