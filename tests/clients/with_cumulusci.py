"""CumulusCI: login by refresh token, `query`, `extract_dataset`, `load_dataset`, inserts and upserts."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clients.workshop import SCRIPTS, ClientFailed, Org, Workshop, expect, version_in

NAME = "cumulusci"
COUNT = 230
BELONGS = """
exists (select 1 from "Account" a where a."Id" = "AccountId" and substr(a."Name", 2) = substr("LastName", 2))
"""


def drive(workshop: Workshop, org: Org) -> str:
    """The version that passed."""
    programs = workshop.venv("cumulusci", "cumulusci==4.10.*")
    accounts = org.admin.seed("Account", [{"Name": f"A{number}", "Phone": "1"} for number in range(COUNT)])
    org.admin.seed("Contact", [{"LastName": f"C{number}", "AccountId": accounts[number]} for number in range(COUNT)])
    with TemporaryDirectory() as folder:
        _Project(workshop, org, programs / "cci", Path(folder)).drive()
    return version_in(programs, "cumulusci")


class _Project:
    """A folder that CumulusCI takes for a project, and the org in its environment."""

    def __init__(self, workshop: Workshop, org: Org, program: Path, folder: Path) -> None:
        self._workshop, self._org, self._program, self._folder = workshop, org, program, folder
        shutil.copytree(SCRIPTS / "cumulusci", folder, dirs_exist_ok=True)
        asked = org.home / ".cumulusci" / "cumulus_timestamp"
        asked.parent.mkdir()
        asked.write_text(str(time.time()))  # it does not look for a newer version of itself within the hour
        for command in (
            ["init", "-q", "-b", "main"],
            ["remote", "add", "origin", "https://github.com/trial/trial.git"],
        ):
            subprocess.run(["git", *command], cwd=folder, check=True)  # noqa: S607

    def drive(self) -> None:
        org = self._org
        self._task("query", "--object", "Account", "--query", "SELECT Id, Name FROM Account", "--result_file", "a.csv")
        with (self._folder / "a.csv").open(newline="") as file:
            expect({row["Name"] for row in csv.DictReader(file)}, {f"A{number}" for number in range(COUNT)})
        self._task("extract_dataset", "--mapping", "mapping.yml", "--sql_path", "data.sql")
        self._task("load_dataset", "--mapping", "mapping.yml", "--sql_path", "data.sql")
        org.expect_calls("/services/async/")
        org.expect(2 * COUNT, "Account", "\"Phone\" = '1'")
        org.expect(2 * COUNT, "Contact", BELONGS)
        keyed = [{"Name": f"K{number}", "Source_Key__c": f"k{number}"} for number in range(COUNT)]
        ids = org.admin.seed("Account", keyed)
        self._task("extract_dataset", "--mapping", "upserts.yml", "--sql_path", "keyed.sql")
        org.admin.do("records/edit", sobject="Account", ids=ids, fields={"Name": "Mistyped"})
        org.admin.do("records/delete", sobject="Account", ids=ids[7:8])
        self._task("load_dataset", "--mapping", "upserts.yml", "--sql_path", "keyed.sql")
        org.expect(COUNT, "Account", '"Name" = \'K\' || substr("Source_Key__c", 2)')

    def _task(self, name: str, *options: str) -> None:
        told = self._cci("task", "run", name, "--org", "trial", *options)
        if "rror" in told:
            raise ClientFailed(f"{name}: {told[-500:]}")

    def _cci(self, *arguments: str) -> str:
        connection = self._org.connection
        user = self._org.admin.user_id(connection.username)
        login = {
            "instance_url": connection.url,
            "refresh_token": connection.refresh_token,
            "access_token": "",
            "id": f"{connection.url}/id/{connection.org_id}/{user}",
        }
        extra = {"CUMULUSCI_ORG_trial": json.dumps(login)}
        return self._workshop.run([self._program, *arguments], self._org, extra=extra, cwd=self._folder)
