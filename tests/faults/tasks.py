"""A small plan of tasks on two sides: one is created each way, one changed each way, one deleted, one in conflict.

Amid the run a person types into the body of a task that we write, on the side on which we write it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from assets.tasks import ENTITY
from pipelines.declaring.entity import Entity
from pipelines.ports.source import Source
from pipelines.telling.report import Report
from tests.faults.inside import Inside
from tests.faults.outside import Listed, Row

ANN = "ann@example.com"
LABELS = ("p1", "p2", "p3", "p4")
RECORD = ("Subject", "Description", "Status", "Priority")
MEANT: Mapping[str, tuple[str | None, str, str]] = {
    "p1": ("typed in the CRM", "Completed", "Normal"),  # changed in Outlook
    "p2": ("typed in Outlook", "Not Started", "High"),  # changed in the CRM
    "p4": (None, "In Progress", "Normal"),  # changed on both sides
    "n1": (None, "Not Started", "Low"),  # new in Outlook
    "n2": (None, "Deferred", "Normal"),  # new in the CRM
}
"""Body, status and priority at the end, on both sides. `p3` is deleted in the CRM, and then in Outlook."""
STATUS = {"notStarted": "Not Started", "inProgress": "In Progress", "completed": "Completed", "deferred": "Deferred"}


@dataclass(frozen=True)
class Tasks:
    """What a walk asks of a plan."""

    entity: Entity = ENTITY
    taken_away: str = "Description"
    outcomes: dict[str, int] = field(default_factory=lambda: {"created": 2, "deleted": 1, "updated": 3})
    rows: Sequence[Row] = ()

    @property
    def name(self) -> str:
        return self.entity.name

    @property
    def sobject(self) -> str:
        return self.entity.target.sobject

    def source(self) -> Listed:
        """Mailboxes are read, no list."""
        return Listed([])

    def get_ready(self, org: Inside, run: Callable[[Entity, Source], Report]) -> None:
        """Four tasks that both sides had; then people did what they did."""
        office, day = org.office, org.org.time() + timedelta(days=5)
        due = {"dateTime": f"{day:%Y-%m-%d}T00:00:00", "timeZone": "UTC"}
        names = {"Username": ANN, "Email": ANN, "FederationIdentifier": ANN, "LastName": "Ann", "Alias": "ann"}
        (user,) = org.org.seed("User", [{**names, "IsActive": True}])
        office.door("users", users=[{"userPrincipalName": ANN}])
        self._put(org, *({"title": label, "dueDateTime": due} for label in LABELS))
        report = run(self.entity, self.source())
        assert (report.outcomes, report.error) == ({"created": len(LABELS)}, None), report.message
        self._change(org, "p1", status="completed")
        self._edit(org, "p2", Priority="High")
        org.person("DELETE", f"sobjects/Task/{self._id(org, 'p3')}")
        self._change(org, "p4", status="deferred")
        self._edit(org, "p4", Status="In Progress")
        self._put(org, {"title": "n1", "importance": "low", "dueDateTime": due})
        new = {"Subject": "n2", "Status": "Deferred", "OwnerId": user, "ActivityDate": f"{day:%Y-%m-%d}"}
        org.person("POST", "sobjects/Task", new)

    def edit(self, org: Inside) -> None:
        """The person's edits."""
        self._edit(org, "p1", Description="typed in the CRM")
        self._change(org, "p2", body={"content": "typed in Outlook", "contentType": "text"})

    def meant(self, org: Inside) -> dict[str, dict[str, Any]]:
        """How both sides should end, by side and label."""
        del org
        told = {label: dict(zip(("body", "status", "priority"), cells, strict=True)) for label, cells in MEANT.items()}
        return {f"{side} {label}": {**cells} for side in ("item", "record") for label, cells in told.items()}

    def found(self, org: Inside) -> tuple[dict[str, dict[str, Any]], int]:
        """How they did end, and how many are there beyond one a label."""
        items = [
            (
                f"item {row['title']}",
                {
                    "body": row["body"]["content"] or None,
                    "status": STATUS[row["status"]],
                    "priority": row["importance"].title(),
                },
            )
            for row in org.office.items(ANN).values()
        ]
        records = [
            (
                f"record {row['Subject']}",
                {"body": row["Description"], "status": row["Status"], "priority": row["Priority"]},
            )
            for row in org.records("Task", RECORD)
        ]
        both = [*items, *records]
        return dict(both), len(both) - len(Counter(label for label, _ in both))

    def _put(self, org: Inside, *items: Mapping[str, object]) -> None:
        org.office.door("put", user=ANN, collection="tasks", rows=items)

    def _change(self, org: Inside, label: str, **told: object) -> None:
        (key,) = [key for key, row in org.office.items(ANN).items() if row["title"] == label]
        org.office.door("patch", user=ANN, collection="tasks", rows=[{"id": key, **told}])

    def _edit(self, org: Inside, label: str, **fields: object) -> None:
        org.person("PATCH", f"sobjects/Task/{self._id(org, label)}", fields)

    def _id(self, org: Inside, label: str) -> str:
        (found,) = [str(row["Id"]) for row in org.records("Task", ["Id", "Subject"]) if row["Subject"] == label]
        return found


TASKS = Tasks()
