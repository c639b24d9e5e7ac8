"""SFDMU: CSV files into the org, through REST and both bulk APIs, and the org into CSV files."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clients.workshop import SCRIPTS, ClientFailed, Org, Workshop

NAME = "sfdmu"
REQUIREMENT = "sfdmu@3.7"
COUNT = 40
OBJECTS = [
    {"query": "SELECT Name, Source_Key__c FROM Account", "operation": "Upsert", "externalId": "Source_Key__c"},
    {"query": "SELECT LastName, Email, AccountId FROM Contact", "operation": "Upsert", "externalId": "Email"},
]
ROUTES: tuple[dict[str, object], ...] = (
    {"bulkThreshold": 1000},
    {"bulkThreshold": 10, "bulkApiVersion": "2.0"},
    {"bulkThreshold": 10, "bulkApiVersion": "1.0"},
)


def drive(workshop: Workshop, org: Org) -> str:
    """The version that passed."""
    home = workshop.npm("sfdmu", REQUIREMENT)
    for number, route in enumerate(ROUTES):
        with TemporaryDirectory() as folder:
            _fill(Path(folder), f"Round {number}")
            _copy(workshop, org, Path(folder), route, home=home, source="csvfile", target="trial")
        org.expect(COUNT, "Account")
        org.expect(COUNT, "Account", f"\"Name\" like 'Round {number} %'")
        org.expect(COUNT, "Contact", '"AccountId" is not null')
    with TemporaryDirectory() as folder:
        _copy(workshop, org, Path(folder), {}, home=home, source="trial", target="csvfile")
        with (Path(folder) / "Contact.csv").open(newline="") as file:
            found = sum(bool(row["Account.Source_Key__c"]) for row in csv.DictReader(file))
    if found != COUNT:
        raise ClientFailed(f"it exported {found} contacts with their account, not {COUNT}")
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
