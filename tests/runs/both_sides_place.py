"""A place where two sides are kept in accord: a home, a sandbox org, an embedded Graph, and people at work on both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.tasks import ENTITY as TASKS
from pipelines.declaring.entity import Entity
from pipelines.telling.report import Report
from resources.graph_sandbox.administration import GraphAdministrator
from resources.salesforce.org import SalesforceOrg
from resources.sandbox.launch import running
from resources.settings import Settings
from resources.world import BESIDE, at_sandbox
from tests.resources.salesforce.embedded import Embedded
from tests.runs.place import HASTY, Place

ANN, BOB = "ann@example.com", "bob@example.com"


@dataclass
class Sides(Place):
    """`office` is Outlook's door, `org` the CRM's; `users` are ids of the org's users by principal name."""

    office: GraphAdministrator = field(kw_only=True)
    users: dict[str, str] = field(default_factory=dict, kw_only=True)

    def __init__(self, home: Path, org: Embedded, office: GraphAdministrator) -> None:
        super().__init__(home, org)
        self.office = office
        self.users = {}

    def settings(self, **given: object) -> Settings:
        settings = self.org.settings(concord_home=self.home, **given)
        return at_sandbox(settings, self.org.connection)

    def person(self, principal: str, **mailbox: object) -> str:
        """Somebody with a mailbox who is a user of the org as well; gives the user's id."""
        self.office.user(principal, **mailbox)
        name = principal.partition("@")[0]
        row = {
            "Username": principal,
            "LastName": name.title(),
            "Alias": name[:8],
            "Email": principal,
            "FederationIdentifier": principal,
            "IsActive": True,
        }
        (self.users[principal],) = self.org.seed("User", [row])
        return self.users[principal]

    def sync(self, entity: Entity = TASKS, *, approved: bool = True, **request: Any) -> Report:
        """A run of a two-way entity; `approved`: whatever its plan is, a person wants it."""
        return self.run(entity, approved=approved, **request)

    def tasks(self, sobject: str = "Task", *fields: str) -> dict[str, dict[str, Any]]:
        """The org's live records by subject."""
        wanted = ["Id", "Subject", "Status", "Priority", "ActivityDate", "Description", "Outlook_Id__c", *fields]
        with SalesforceOrg(self.settings(), HASTY) as org:
            pages = org.snapshot(sobject, wanted, since=None).pages
            return {row["Subject"]: row for page in pages for row in page.to_pylist()}

    def items(self, principal: str = ANN) -> dict[str, Mapping[str, Any]]:
        """The to-do tasks of a mailbox by title."""
        return {str(row.get("title")): row for row in self.office.rows(principal, "tasks")}


@contextmanager
def both_sides(home: Path) -> Iterator[Sides]:
    """Both serve while the block runs."""
    with running(home / "sandbox", beside=BESIDE) as connection:
        graph = connection.beside["graph"]
        office = GraphAdministrator(graph.admin_url, graph.admin_token, connection.ca_file)
        yield Sides(home, Embedded(connection), office)
