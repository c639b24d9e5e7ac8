"""Runs dlt's Salesforce source, twice, into DuckDB, and prints what it found."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import dlt

sys.path.insert(0, os.environ["CLIENT_HOME"])
RESOURCES = ("account", "contact", "sf_user")


def main() -> None:
    pipeline = dlt.pipeline("trial", destination=dlt.destinations.duckdb("trial.duckdb"), dataset_name="salesforce")
    for _ in range(2):
        pipeline.run(_source())
    with pipeline.sql_client() as client:
        counts = {name: _count(client, name) for name in RESOURCES}
    sys.stdout.write(json.dumps(counts) + "\n")


def _source() -> Any:
    org = json.loads(Path(os.environ["SANDBOX"]).read_text())
    # its client reads these as dlt reads all configuration
    os.environ["SOURCES__SALESFORCE__CREDENTIALS__USER_NAME"] = org["username"]
    os.environ["SOURCES__SALESFORCE__CREDENTIALS__PASSWORD"] = org["client_secret"]
    os.environ["SOURCES__SALESFORCE__CREDENTIALS__SECURITY_TOKEN"] = org["org_id"]
    return importlib.import_module("salesforce").salesforce_source().with_resources(*RESOURCES)


def _count(client: Any, name: str) -> int:
    [(count,)] = client.execute_sql(f"select count(*) from {name}")
    return int(count)


if __name__ == "__main__":
    main()
