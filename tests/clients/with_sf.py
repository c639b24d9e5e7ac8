"""Salesforce's own command line, `sf`: login by access token, queries, records, describe, limits, bulk jobs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.clients.workshop import ClientFailed, Org, Workshop, expect

NAME = "sf"
REQUIREMENTS = ("node@22", "@salesforce/cli@2.150")
COUNT = 25


def drive(workshop: Workshop, org: Org) -> str:
    """The version that passed."""
    programs = workshop.npm("sf", *REQUIREMENTS) / "node_modules" / ".bin"
    with TemporaryDirectory() as folder:
        client = _Sf(workshop, org, programs, Path(folder))
        client.log_in()
        client.records()
        client.bulk()
    manifest = programs.parent / "@salesforce" / "cli" / "package.json"
    return str(json.loads(manifest.read_text())["version"])


class _Sf:
    def __init__(self, workshop: Workshop, org: Org, programs: Path, folder: Path) -> None:
        self._workshop, self._org, self._programs, self._folder = workshop, org, programs, folder

    def log_in(self) -> None:
        self(
            "org",
            "login",
            "access-token",
            "--instance-url",
            self._org.connection.url,
            "--alias",
            "trial",
            "--no-prompt",
        )
        shown = self("org", "display", "--target-org", "trial")
        expect(shown["username"], self._org.connection.username)

    def records(self) -> None:
        self._org.admin.seed("Account", [{"Name": f"A{number}", "Source_Key__c": f"k{number}"} for number in range(3)])
        soql = "SELECT Id, Name, Owner.Name FROM Account ORDER BY Name"
        found = self("data", "query", "--query", soql, "--target-org", "trial")
        expect([record["Name"] for record in found["records"]], ["A0", "A1", "A2"])
        table = self.text("data", "query", "--query", soql, "--target-org", "trial")
        expect("A2" in table, True)
        one = self("data", "get", "record", "-s", "Account", "-w", "Source_Key__c=k1", "--target-org", "trial")
        expect(one["Name"], "A1")
        made = self("data", "create", "record", "-s", "Account", "-v", "Name=Made", "--target-org", "trial")
        self("data", "update", "record", "-s", "Account", "-i", made["id"], "-v", "Phone=1", "--target-org", "trial")
        self("data", "delete", "record", "-s", "Account", "-i", made["id"], "--target-org", "trial")
        self._org.expect(3, "Account")
        described = self("sobject", "describe", "--sobject", "Contact", "--target-org", "trial")
        expect(described["keyPrefix"], "003")
        listed = self("sobject", "list", "--sobject", "all", "--target-org", "trial")
        expect("Account" in listed, True)
        limits = self("org", "list", "limits", "--target-org", "trial")
        expect(any(limit["name"] == "DailyApiRequests" for limit in limits), True)

    def bulk(self) -> None:
        rows = [[f"Bulk {number}", f"b{number}"] for number in range(COUNT)]
        self._bulk("import", ["Name", "Source_Key__c"], rows)
        self._org.expect(COUNT, "Account", "\"Source_Key__c\" like 'b%'")
        again = [[f"Again {number}", f"b{number}"] for number in range(COUNT + 5)]
        self._bulk("upsert", ["Name", "Source_Key__c"], again, "--external-id", "Source_Key__c")
        self._org.expect(COUNT + 5, "Account", "\"Name\" like 'Again %'")
        exported = self._folder / "exported.csv"
        soql = "SELECT Id, Name FROM Account WHERE Source_Key__c LIKE 'b%'"
        self(
            "data", "export", "bulk", "--query", soql, "--output-file", str(exported), "--result-format", "csv",
            "--wait", "2", "--target-org", "trial",
        )  # fmt: skip
        with exported.open(newline="") as file:
            found = list(csv.DictReader(file))
        expect(sorted(row["Name"] for row in found), sorted(name for name, _ in again))
        done = self._bulk("update", ["Id", "Phone"], [[row["Id"], "12"] for row in found])
        results = self("data", "bulk", "results", "--job-id", done["jobId"], "--target-org", "trial")
        expect((results["processedRecords"], results["failedRecords"]), (COUNT + 5, 0))
        self._org.expect(COUNT + 5, "Account", "\"Phone\" = '12'")
        self._bulk("delete", ["Id"], [[row["Id"]] for row in found])
        self._org.expect(3, "Account")
        bad = self._file("bad.csv", ["Id", "Name"], [[found[0]["Id"], "gone"]])
        refused = self._tried("data", "update", "bulk", "--file", bad, "-s", "Account", "--wait", "2", "-o", "trial")
        expect((refused["name"], refused["data"]["state"]), ("FailedRecordDetailsError", "JobComplete"))

    def _bulk(self, verb: str, header: list[str], rows: list[list[str]], *more: str) -> Any:
        file = self._file(f"{verb}.csv", header, rows)
        command = ["data", verb, "bulk", "--file", file, "--sobject", "Account", "--wait", "2", "--target-org", "trial"]
        return self(*command, *more)

    def _file(self, name: str, header: list[str], rows: list[list[str]]) -> str:
        path = self._folder / name
        with path.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
        return str(path)

    def __call__(self, *arguments: str) -> Any:
        """The result of a command that succeeded."""
        answer = self._tried(*arguments)
        if answer["status"] != 0:
            raise ClientFailed(f"sf {' '.join(arguments[:3])}: {json.dumps(answer)[:1500]}")
        return answer["result"]

    def _tried(self, *arguments: str) -> Any:
        told = self._workshop.tried(
            [self._programs / "sf", *arguments, "--json"], self._org, extra=self._extra, cwd=self._folder
        )
        try:
            return json.loads(told.stdout)
        except json.JSONDecodeError as error:
            raise ClientFailed(f"sf {' '.join(arguments[:3])}: {told.stdout[-500:]} {told.stderr[-500:]}") from error

    def text(self, *arguments: str) -> str:
        """What the command prints for people."""
        return self._workshop.run([self._programs / "sf", *arguments], self._org, extra=self._extra)

    @property
    def _extra(self) -> dict[str, str]:
        path = f"{self._programs}:{self._workshop.environment(self._org)['PATH']}"
        connection = self._org.connection
        return {
            "PATH": path,
            "SF_ACCESS_TOKEN": self._org.admin.session(connection.username),
            "SF_DISABLE_TELEMETRY": "true",
            "SF_AUTOUPDATE_DISABLE": "true",
            "SF_SKIP_NEW_VERSION_CHECK": "true",
            "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
        }
