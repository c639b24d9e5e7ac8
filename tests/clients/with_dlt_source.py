"""dlt's verified Salesforce source: SOAP login through the proxy, describes, Bulk API 1.0 in JSON, increments.

No package index has it by itself: `dlt init` takes it from GitHub, or from the copy (a URL or a folder) that
VERIFIED_SOURCES names. Where neither can be reached, an earlier state of it is driven that came to PyPI within ingestr;
the version told then says so.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clients.workshop import SCRIPTS, NotInstalled, Org, Workshop, expect, version_in

NAME = "dlt-salesforce"
PROXY = True
COUNT = 300
SINCE = "2026-01-02T03:04:05"
"""Bulk API 1.0 tells it in milliseconds, and the source makes it a time again."""
REQUIREMENTS = ("dlt[duckdb]>=1.31,<2", "simple-salesforce==1.12.*")
SHIPPED_IN = "ingestr==0.14.9"
"""The last releases of ingestr are no Python any more."""


def drive(workshop: Workshop, org: Org) -> str:
    """The version of dlt that passed; its sources have none."""
    programs = workshop.venv("dlt", *REQUIREMENTS)
    rows = [{"Name": f"A{number}", "SystemModstamp": f"{SINCE}Z"} for number in range(COUNT)]
    accounts = org.admin.seed("Account", rows)
    org.admin.seed("Contact", [{"LastName": f"C{n}", "AccountId": one} for n, one in enumerate(accounts)])
    with TemporaryDirectory() as folder:
        home = Path(folder)
        source = "" if _init(programs, home) else f" with the source in {_unpack(programs, home)}"
        extra = {"HTTPS_PROXY": org.connection.proxy, "CLIENT_HOME": folder, **_settings(home)}
        told = workshop.run([programs / "python", SCRIPTS / "dlt_salesforce.py"], org, extra=extra, cwd=home)
    found = json.loads(told.splitlines()[-1])
    expect(found, {"counts": [COUNT, COUNT, 3], "names": COUNT, "belongs": COUNT, "since": SINCE})
    org.expect_calls("/services/async/")
    return version_in(programs, "dlt") + source


def _init(programs: Path, folder: Path) -> bool:
    """Whether the source is there, as dlt brings it."""
    place = os.environ.get("VERIFIED_SOURCES")
    command = [str(programs / "dlt"), "--non-interactive", "init", "salesforce", "duckdb"]
    command += ["--location", place] if place else []
    environment = {**os.environ, **_settings(folder)}
    environment.pop("PYTHONPATH", None)
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=300, check=False)
    return (folder / "salesforce" / "__init__.py").exists()


def _unpack(programs: Path, folder: Path) -> str:
    """Puts the source there that PyPI has within another package, and says of which."""
    command = [str(programs / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    command += ["--target", str(folder / "shipped"), SHIPPED_IN]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise NotInstalled(f"neither GitHub nor {SHIPPED_IN} could be reached: {done.stderr.strip()[-500:]}")
    (folder / "shipped" / "ingestr" / "src" / "salesforce").rename(folder / "salesforce")
    return SHIPPED_IN.replace("==", " ")


def _settings(folder: Path) -> dict[str, str]:
    """dlt remembers nothing from one time to the next, and calls nobody but the org."""
    return {"DLT_DATA_DIR": str(folder / "data"), "RUNTIME__DLTHUB_TELEMETRY": "false"}
