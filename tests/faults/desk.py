"""Tasks of a few people, in Outlook and in the org: what they do on either side, and runs in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from assets.tasks import ENTITY as TASKS
from pipelines.declaring.entity import Entity
from pipelines.run import Request
from pipelines.telling.report import Report
from resources.warehouse import Warehouse
from tests.faults.clock import SimulatedClock
from tests.faults.drawn_wire import Drawn, DrawnWire
from tests.faults.inside import inside
from tests.faults.kinds import WRITES
from tests.faults.outside import HeldOpen, Listed
from tests.faults.running import Runner, Struck
from tests.faults.wire import nothing
from tests.runs.place import run_id

ANN, BOB = "ann@example.com", "bob@example.com"
PEOPLE = (ANN, BOB)
FIELDS = ("Subject", "Description", "ActivityDate", "Status", "Priority", "OwnerId")
Item = dict[str, Any]
Record = dict[str, Any]


class Desk:
    """A home, an org and mailboxes, with one clock; to be closed."""

    def __init__(self, home: Path, entity: Entity = TASKS) -> None:
        self._stack = ExitStack()
        self.entity = replace(entity, retries=10_000)
        self.clock = SimulatedClock()
        self.org = self._stack.enter_context(inside(home / "org", self.clock))
        self.office = self.org.office
        self.warehouse = HeldOpen(Warehouse(home, entity.name))
        self._runner = Runner(self.org, self.warehouse, home)
        # ids of items begin with the mailbox's: a story that is told again has the same ones
        people = [{"userPrincipalName": each, "id": str(uuid5(NAMESPACE_URL, each))} for each in PEOPLE]
        self.office.door("users", users=people)
        self.users = {each: self._user(each) for each in PEOPLE}
        self.second_lists = {
            each: str(self.office.door("lists", user=each, displayName="Later")["id"]) for each in PEOPLE
        }

    def _user(self, principal: str) -> str:
        name = principal.partition("@")[0]
        row = {
            "Username": principal,
            "LastName": name.title(),
            "Alias": name,
            "Email": principal,
            "FederationIdentifier": principal,
            "IsActive": True,
        }
        return str(self.org.org.seed("User", [row])[0])

    def close(self) -> None:
        self.warehouse.close()
        self._stack.close()

    def later(self, by: timedelta) -> None:
        self.clock.go_on(by)

    # both sides as they are

    def items(self) -> dict[str, Item]:
        """All tasks of all mailboxes by id, each with its `user` and `list`."""
        return {key: {**row, "user": each} for each in PEOPLE for key, row in self.office.items(each).items()}

    def records(self, *, deleted: bool = False) -> dict[str, Record]:
        """The org's tasks by id; with `deleted` those of the recycle bin as well."""
        fields = ["Id", *FIELDS, "Outlook_Id__c", "Is_Private__c", "LastModifiedDate", "IsDeleted"]
        rows = self.org.records("Task", fields, deleted=deleted)
        return {str(row["Id"]): {**row, "Outlook_Id__c": _id_of(row["Outlook_Id__c"])} for row in rows}

    def org_tasks(self, *fields: str) -> dict[str, Record]:
        """These fields of the org's tasks, by id."""
        rows = self.org.records("Task", ["Id", *fields])
        return {str(row["Id"]): {name: row[name] for name in fields} for row in rows}

    # people

    def puts(self, user: str, item: Mapping[str, object], list_id: str | None = None) -> str:
        """Somebody has a new task in Outlook; its id."""
        self.clock.go_on(timedelta(seconds=2))
        where = {"list": list_id} if list_id else {}
        return str(self.office.door("put", user=user, collection="tasks", rows=[item], **where)["ids"][0])

    def changes(self, key: str, **told: object) -> None:
        """Somebody changes a task in Outlook."""
        self.clock.go_on(timedelta(seconds=2))
        item = self.items()[key]
        where = {"user": item["user"], "collection": "tasks", "list": item["list"]}
        self.office.door("patch", rows=[{"id": key, **told}], **where)

    def throws_away(self, key: str) -> None:
        self.clock.go_on(timedelta(seconds=2))
        item = self.items()[key]
        self.office.door("delete", user=item["user"], collection="tasks", ids=[key], list=item["list"])

    def moves(self, key: str) -> str:
        """A task is in the other list now; its new id."""
        self.clock.go_on(timedelta(seconds=2))
        item = self.items()[key]
        user, there = item["user"], item["list"]
        first, second = self.office.lists(user)[0], self.second_lists[user]
        moved = self.office.door("move", user=user, ids=[key], list=there, to=first if there == second else second)
        return str(moved["ids"][key])

    def creates(self, record: Mapping[str, object]) -> str:
        """Somebody has a new task in the org; its id."""
        self.clock.go_on(timedelta(seconds=2))
        return str(self.org.person("POST", "sobjects/Task", dict(record))["id"])

    def edits(self, record_id: str, **fields: object) -> None:
        self.clock.go_on(timedelta(seconds=2))
        self.org.person("PATCH", f"sobjects/Task/{record_id}", fields)

    def deletes(self, record_id: str) -> None:
        self.clock.go_on(timedelta(seconds=2))
        self.org.person("DELETE", f"sobjects/Task/{record_id}")

    def undeletes(self, record_id: str) -> None:
        self.clock.go_on(timedelta(seconds=2))
        assert self.org.door("records/undelete", {"sobject": "Task", "ids": [record_id]})

    # runs

    def run(
        self,
        schedule: Drawn | None = None,
        *,
        struck: int = 0,
        dies_after: str = "",
        meanwhile: Callable[[int], None] = nothing,
        approved: bool = True,
        **request: Any,
    ) -> Report | None:
        """The report of one run, whatever its plan was where it is `approved`; None of one that was struck down.

        That is before the call of a number, or after the first one of a path. `meanwhile` is what people do just before
        each call.
        """
        wire = DrawnWire(self.org, {} if schedule is None else schedule, ("Task", "Description"))
        self.wire = wire

        def strike(number: int) -> None:
            meanwhile(number)
            if number == struck:
                raise Struck

        def strike_after(number: int) -> None:
            if wire.calls[number - 1].path == dies_after:
                raise Struck

        wire.before, wire.after = strike, strike_after
        self.clock.go_on(timedelta(seconds=2))
        asked = Request(run_id=run_id(), **request)
        return self._runner.run(self.entity, asked, wire, Listed([]), approved=approved)

    @property
    def org_writes(self) -> int:
        """Calls of the last run that write in the org."""
        return sum(
            call.changes and call.path.startswith(("composite/sobjects", WRITES, "jobs")) for call in self.wire.calls
        )


def _id_of(key: str | None) -> str | None:
    """The id that Graph gave, of the key by which an item is known, which tells apart ids of other capitals."""
    return key and key.partition("~")[0]
