"""dlt's verified Salesforce source: SOAP login through the proxy, describes, Bulk API 1.0 in JSON, increments.

`dlt init` takes it from GitHub; where that cannot be reached, VERIFIED_SOURCES names a copy (a URL or a folder).
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clients.workshop import SCRIPTS, ClientFailed, NotInstalled, Org, Workshop, version_in

NAME = "dlt-salesforce"
PROXY = True
COUNT = 300
REQUIREMENTS = ("dlt[duckdb]>=1.31,<2", "simple-salesforce==1.12.*")


def drive(workshop: Workshop, org: Org) -> str:
    """The version of dlt that passed; its sources have none."""
    programs = workshop.venv("dlt", *REQUIREMENTS)
    accounts = org.admin.seed("Account", [{"Name": f"A{number}"} for number in range(COUNT)])
    org.admin.seed("Contact", [{"LastName": "C", "AccountId": account} for account in accounts])
    with TemporaryDirectory() as folder:
        home = Path(folder)
        _init(programs, home)
        extra = {"HTTPS_PROXY": org.connection.proxy, "CLIENT_HOME": folder, **_settings(home)}
        told = workshop.run([programs / "python", SCRIPTS / "dlt_salesforce.py"], org, extra=extra, cwd=home)
    found = json.loads(told.splitlines()[-1])
    if found != {"account": COUNT, "contact": COUNT, "sf_user": 3}:
        raise ClientFailed(f"it found {found}")
    return version_in(programs, "dlt")


def _init(programs: Path, folder: Path) -> None:
    place = os.environ.get("VERIFIED_SOURCES")
    command = [str(programs / "dlt"), "--non-interactive", "init", "salesforce", "duckdb"]
    command += ["--location", place] if place else []
    environment = {**os.environ, **_settings(folder)}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    if not (folder / "salesforce" / "__init__.py").exists():
        raise NotInstalled(f"could not be installed: {done.stdout[-500:]} {done.stderr[-500:]}")


def _settings(folder: Path) -> dict[str, str]:
    """dlt remembers nothing from one time to the next, and calls nobody but the org."""
    return {"DLT_DATA_DIR": str(folder / "data"), "RUNTIME__DLTHUB_TELEMETRY": "false"}
