"""The demo's tasks: mailboxes of the org's users, and what lies in Outlook and in the CRM before the first sync.

The same demo gives the same tasks, due on days around the day that is told, since a window is counted from today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Protocol

from resources.demo.engage import Engage
from resources.demo.making import Seeds
from resources.demo.task_cases import task_counts

MAILBOXES = 12
"""Users who have one; the others have no licence for it."""

FAR, LONG_AGO = 700, -200
"""Days from today that lie outside of the window."""

VERBS = (
    "Call",
    "Visit",
    "Send brochures to",
    "Thank",
    "Invite",
    "Write to",
    "Prepare the meeting with",
    "Congratulate",
)
HTML = "<html><body><p>Bring the <b>signed</b> forms:</p><ul><li>{0}</li><li>copies</li></ul></body></html>"
RECORD = "https://example.my.salesforce.com/lightning/r/Account/{0}/view"
HERE_ALONE = ("in_crm", "private_here", "to_be_moved_here")
ON_BOTH = ("on_both", "on_both_with_another_priority", "twice_on_both")

Values = dict[str, Any]


class Office(Protocol):
    """An Outlook whose administrator we are."""

    def users(self, *users: Mapping[str, object]) -> list[dict[str, Any]]:
        """These users are there."""

    def put(self, user: str, collection: str, rows: Iterable[Mapping[str, object]]) -> list[str]:
        """New items; their ids."""

    def patch(self, user: str, collection: str, *rows: Mapping[str, object]) -> None:
        """Of each item the told fields are changed."""

    def delete(self, user: str, collection: str, *ids: str) -> None:
        """These items are gone."""


@dataclass
class Todo:
    """One thing to do: how it looks on each side, and its ids once it is there; None where it is not."""

    kind: str
    user: str
    owner: str
    item: Values | None = None
    record: Values | None = None
    item_id: str = ""
    record_id: str = ""


@dataclass
class Tasks:
    """Made by `make_tasks`."""

    users: Sequence[Mapping[str, Any]]
    todos: list[Todo] = field(default_factory=list)

    def of(self, *kinds: str) -> list[Todo]:
        """The tasks of these kinds."""
        return [todo for todo in self.todos if todo.kind in kinds]

    def fill(self, org: Seeds, office: Office) -> None:
        """Both sides have their tasks; a contact is known by the address that a task speaks of."""
        office.users(*({"userPrincipalName": user["Username"]} for user in self.users))
        for user in self.users:
            there = [todo for todo in self.todos if todo.item and todo.user == user["Username"]]
            ids = office.put(user["Username"], "tasks", [todo.item for todo in there if todo.item])
            for todo, item_id in zip(there, ids, strict=True):
                todo.item_id = item_id
        here = [todo for todo in self.todos if todo.record]
        for todo, record_id in zip(here, org.seed("Task", [t.record for t in here if t.record]), strict=True):
            todo.record_id = record_id


def make_tasks(story: Engage, today: date, tasks: int = 300, seed: int = 7) -> Tasks:
    """About so many tasks, of users who have a mailbox."""
    draw = Random(seed)  # noqa: S311 - a story, not a secret
    made = Tasks(story.users()[:MAILBOXES])
    people = _contacts(story)
    for kind, count in task_counts(tasks).items():
        for number in range(count):
            user = made.users[len(made.todos) % MAILBOXES]
            name, address, account = people[len(made.todos) % len(people)]
            subject = f"{draw.choice(VERBS)} {name}" + (
                "" if kind == "twice_on_both" else f", {number + 1}/{len(made.todos) + 1}"
            )
            day = today + timedelta(days={"far_ahead": FAR, "long_ago": LONG_AGO}.get(kind, draw.randint(-20, 60)))
            for _ in range(2 if kind == "twice_on_both" else 1):
                made.todos.append(_todo(kind, user, subject, day, address if kind == "about_a_contact" else account))
    return made


def _todo(kind: str, user: Mapping[str, Any], subject: str, day: date, about: str) -> Todo:
    todo = Todo(kind, user["Username"], user["Id"])
    if kind not in HERE_ALONE:
        todo.item = {"title": subject, "dueDateTime": due(day), **_item(kind, day, about)}
    if kind in HERE_ALONE or kind in ON_BOTH:
        todo.record = {
            "Subject": subject,
            "ActivityDate": day.isoformat(),
            "OwnerId": user["Id"],
            "Status": "Not Started",
            "Priority": "High" if kind == "on_both_with_another_priority" else "Normal",
            "Is_Private__c": kind == "private_here",
        }
    return todo


def _item(kind: str, day: date, about: str) -> Values:
    match kind:
        case "private_there":
            return {"categories": ["Private"]}
        case "recurring":
            pattern = {"type": "weekly", "interval": 1, "daysOfWeek": [f"{day:%A}".lower()]}
            return {"recurrence": {"pattern": pattern, "range": {"type": "noEnd", "startDate": day.isoformat()}}}
        case "about_a_contact":
            return {"body": {"contentType": "text", "content": f"Their address is {about}."}}
        case "about_an_account":
            return {"body": {"contentType": "text", "content": f"They are at {RECORD.format(about)}."}}
        case "formatted" | "formatted_and_moved":
            return {"body": {"contentType": "html", "content": HTML.format(day)}}
    return {}


def due(day: date) -> dict[str, str]:
    """A day as Graph has it."""
    return {"dateTime": f"{day}T00:00:00", "timeZone": "UTC"}


def _contacts(story: Engage) -> list[tuple[str, str, str]]:
    """Names, addresses and accounts of contacts whom no feed is going to change."""
    found: list[tuple[str, str, str]] = story.connection.execute(
        """
select c.FirstName || ' ' || c.LastName, c.Email, c.AccountId
from contacts c
join persons p on p.key = c.Source_Key__c
where p.kind = 'edited_phone' and c.Email is not null and c.AccountId is not null
order by c.Id
limit 50
"""
    ).fetchall()
    return found
