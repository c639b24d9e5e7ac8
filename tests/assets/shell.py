"""A small town behind the command line: an org and a profile service that serve, two feeds, and somebody who types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from typer.testing import CliRunner

from assets.cli import app
from resources.engage_sandbox.administration import EngageAdministrator
from resources.sandbox.administration import Administrator
from resources.sandbox.launch import Connection, running
from resources.world import BESIDE

INSTITUTIONS = """\
institution_id,name,status,city,postal_code,county,updated_at
I1,=1+1 School,A,Bonn,53111,,2026-01-01
I2,Beta College,A,Bonn,53111,,2026-01-01
I3,Gamma Academy,A,Jena,07743,,2026-01-01
I4,Delta Institute,A,Kiel,24103,,2026-01-01
I5,Closed Kindergarten,C,Kiel,24103,,2026-01-01
I6,,A,Kiel,24103,,2026-01-01
"""
PERSONNEL = """\
person_id,institution_id,first_name,last_name,email,status,updated_at
P1,I1,Ada,Byron,ada@example.org,A,2026-01-01
P2,I3,Grace,Hopper,grace@example.org,A,2026-01-01
P3,I9,Emmy,Noether,emmy@example.org,A,2026-01-01
P4,I5,Lise,Meitner,lise@example.org,A,2026-01-01
P5,I2,Mary,Anning,no address,A,2026-01-01
"""
ACCOUNTS = (
    {
        "Name": "Alpha School",
        "Source_Key__c": "I1",
        "Source_Status__c": "A",
        "BillingCity": "Bonn",
        "BillingPostalCode": "53111",
    },
    {
        "Name": "Beta College",
        "Source_Key__c": "I2",
        "Source_Status__c": "A",
        "BillingCity": "Bonn",
        "BillingPostalCode": "53111",
    },
    {"Name": "Delta Institut", "BillingCity": "Kiel", "BillingPostalCode": "24103"},
)
USER = {
    "Username": "ada@town.example",
    "LastName": "Town",
    "Email": "ada@town.example",
    "Alias": "town",
    "FederationIdentifier": "U1",
}
PROFILES = (
    {"id": "E1", "kind": "HCP", "state": "active", "account_ids": ["I1"], "first_name": "Ada"},
    {"id": "E2", "kind": "Staff", "state": "active", "account_ids": []},
)
CONNECTIONS = (
    {"id": "C1", "profile_id": "E1", "user_id": "U1", "active": True},
    {"id": "C2", "profile_id": "E1", "user_id": "U9", "active": True},
    {"id": "C3", "profile_id": "E9", "user_id": "U1", "active": True},
)


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value of stdout; an error if anything else is there."""
        return json.loads(self.out)


@dataclass
class Shell:
    """Types commands in one CONCORD_HOME."""

    home: Path
    connection: Connection
    env: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, **env: str) -> Said:
        result = CliRunner().invoke(app, words, env={**self.environment, **env}, prog_name="concord")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    @property
    def environment(self) -> dict[str, str]:
        return {"CONCORD_HOME": str(self.home), "DAGSTER_HOME": str(self.home / "dagster"), **self.env}

    @property
    def admin(self) -> Administrator:
        return Administrator(self.connection)

    @property
    def engage(self) -> EngageAdministrator:
        beside = self.connection.beside["engage"]
        return EngageAdministrator(beside.admin_url, beside.admin_token, self.connection.ca_file)

    def delete(self, sobject: str, record_id: str) -> None:
        """A person deletes a record."""
        token = self.admin.session(self.connection.username)
        url = f"{self.connection.url}/services/data/v62.0/sobjects/{sobject}/{record_id}"
        answer = requests.delete(
            url, headers={"Authorization": f"Bearer {token}"}, verify=self.connection.ca_file, timeout=30
        )
        assert answer.status_code == 204, answer.text

    def faults_met(self) -> int:
        """How many calls came to the first fault in force."""
        seen: int = self.admin.faults()[0]["seen"]
        return seen

    def feed(self, name: str, text: str) -> None:
        (self.home / "feeds" / f"{name}.csv").write_text(text, "utf-8")

    def keys(self, *keys: str) -> str:
        file = self.home / "keys.txt"
        file.write_text("\n".join(keys), "utf-8")
        return str(file)


@contextmanager
def town(home: Path) -> Iterator[Shell]:
    """A town as nobody has synced it yet."""
    (home / "feeds").mkdir(parents=True)
    with running(home / "sandbox", beside=BESIDE) as connection:
        shell = Shell(home, connection)
        shell.feed("institutions", INSTITUTIONS)
        shell.feed("personnel", PERSONNEL)
        shell.admin.seed("Account", ACCOUNTS)
        shell.admin.seed("User", [USER])
        shell.engage.put("profiles", PROFILES)
        shell.engage.put("connections", CONNECTIONS)
        yield shell
