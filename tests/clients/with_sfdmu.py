"""SFDMU: CSV files into the org, through REST and both bulk APIs, and the org into CSV files."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clients.workshop import SCRIPTS, Org, Workshop, expect

NAME = "sfdmu"
REQUIREMENT = "sfdmu@3.7"
COUNT = 40
OBJECTS = [
    {"query": "SELECT Name, Source_Key__c FROM Account", "operation": "Upsert", "externalId": "Source_Key__c"},
    {"query": "SELECT LastName, Email, AccountId FROM Contact", "operation": "Upsert", "externalId": "Email"},
]
ROUTES: dict[str, dict[str, object]] = {
    "/composite": {"bulkThreshold": 1000},
    "/jobs/ingest": {"bulkThreshold": 10, "bulkApiVersion": "2.0"},
    "/services/async/": {"bulkThreshold": 10, "bulkApiVersion": "1.0"},
}
"""Where it calls, by how it is told to."""
BELONGS = """
exists (
  select 1 from "Account" a
  where a."Id" = "AccountId" and "Email" = 'p' || substr(a."Source_Key__c", 2) || '@a.example'
)
"""


def drive(workshop: Workshop, org: Org) -> str:
    """The version that passed."""
    home = workshop.npm("sfdmu", REQUIREMENT)
    for number, (path, route) in enumerate(ROUTES.items()):
        with TemporaryDirectory() as folder:
            _fill(Path(folder), f"Round {number}")
            _copy(workshop, org, Path(folder), route, home=home, source="csvfile", target="trial")
        org.expect_calls(path)
        org.expect(COUNT, "Account")
        org.expect(COUNT, "Account", f"\"Name\" like 'Round {number} %'")
        org.expect(COUNT, "Contact")
        org.expect(COUNT, "Contact", BELONGS)
    with TemporaryDirectory() as folder:
        _copy(workshop, org, Path(folder), {}, home=home, source="trial", target="csvfile")
        with (Path(folder) / "Contact.csv").open(newline="") as file:
            found = {row["Email"]: row["Account.Source_Key__c"] for row in csv.DictReader(file)}
    expect(found, {f"p{number}@a.example": f"k{number}" for number in range(COUNT)})
    return str(json.loads((home / "node_modules" / "sfdmu" / "package.json").read_text())["version"])


def _fill(folder: Path, name: str) -> None:
    accounts = [[f"{name} {number}", f"k{number}"] for number in range(COUNT)]
    contacts = [[f"Person {number}", f"p{number}@a.example", f"k{number}"] for number in range(COUNT)]
    for sobject, header, rows in (
        ("Account", ["Name", "Source_Key__c"], accounts),
        ("Contact", ["LastName", "Email", "Account.Source_Key__c"], contacts),
    ):
        with (folder / f"{sobject}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([header, *rows])


def _copy(
    workshop: Workshop, org: Org, folder: Path, settings: dict[str, object], *, home: Path, source: str, target: str
) -> None:
    connection = org.connection
    login = {
        "name": "trial",
        "instanceUrl": connection.url,
        "accessToken": org.admin.session(connection.username),
    }
    plan = {"orgs": [login], "objects": OBJECTS, "pollingIntervalMs": 200, **settings}
    (folder / "export.json").write_text(json.dumps(plan))
    command: list[str | Path] = ["node", SCRIPTS / "sfdmu_run.cjs", "--sourceusername", source]
    command += ["--targetusername", target, "--path", folder, "--noprompt"]
    workshop.run(command, org, extra={"CLIENT_HOME": str(home)}, cwd=folder)
