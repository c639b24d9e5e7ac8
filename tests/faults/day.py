"""A day of tasks: people change them on both sides all day long, and every five minutes a run brings them together."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta

from pipelines.telling.report import Report
from tests.faults.desk import PEOPLE, Desk

EVERY = timedelta(minutes=5)
LANGUID = 0.03
"""The share of changes that make a new task, and of those that delete one."""


@dataclass
class Day:
    """`changes` spread evenly over `runs`, on so many `tasks`; the counts of calls of each run."""

    desk: Desk
    tasks: int
    changes: int
    runs: int
    seed: int = 1
    org_calls: list[int] = field(default_factory=list)
    office_calls: list[int] = field(default_factory=list)
    made: int = 0

    def live_through(self) -> None:
        """The first run brings all tasks to the CRM; then the day goes by."""
        drawn = random.Random(self.seed)
        for user in PEOPLE:
            rows = [{"title": f"task {n} of {user}"} for n in range(self.tasks // len(PEOPLE))]
            self.desk.office.door("put", user=user, collection="tasks", rows=rows)
        assert self.run().error is None
        self.org_calls.clear()
        self.office_calls.clear()
        for number in range(self.runs):
            for _ in range(self.changes * (number + 1) // self.runs - self.changes * number // self.runs):
                self._change(drawn)
            self.desk.later(EVERY)
            assert self.run().error is None

    def run(self) -> Report:
        before = self.desk.office.calls
        report = self.desk.run()
        assert report is not None
        self.org_calls.append(report.api_calls)
        self.office_calls.append(self.desk.office.calls - before)
        return report

    def _change(self, drawn: random.Random) -> None:
        self.made += 1
        what, here = drawn.random(), drawn.random() < 0.5
        user = drawn.choice(PEOPLE)
        if what < LANGUID:
            self._add(f"new {self.made}", user, here=here)
        elif here:
            self._in_the_crm(drawn, deletes=what < 2 * LANGUID)
        else:
            self._in_outlook(drawn, user, deletes=what < 2 * LANGUID)

    def _add(self, name: str, user: str, *, here: bool) -> None:
        if here:
            self.desk.org.person("POST", "sobjects/Task", {"Subject": name, "OwnerId": self.desk.users[user]})
        else:
            self.desk.office.door("put", user=user, collection="tasks", rows=[{"title": name}])

    def _in_the_crm(self, drawn: random.Random, *, deletes: bool) -> None:
        record = drawn.choice(self._records())
        if deletes:
            self.desk.org.person("DELETE", f"sobjects/Task/{record}")
        else:
            fields = {"Description": f"said {self.made}", "Priority": drawn.choice(("High", "Low"))}
            self.desk.org.person("PATCH", f"sobjects/Task/{record}", fields)

    def _in_outlook(self, drawn: random.Random, user: str, *, deletes: bool) -> None:
        where = {"user": user, "collection": "tasks"}
        key = drawn.choice(self._items(user))
        if deletes:
            self.desk.office.door("delete", ids=[key], **where)
        else:
            change = {"id": key, "status": drawn.choice(("inProgress", "completed")), "title": f"titled {self.made}"}
            self.desk.office.door("patch", rows=[change], **where)

    def _records(self) -> list[str]:
        return [str(row["Id"]) for row in self.desk.org.records("Task", ["Id"])]

    def _items(self, user: str) -> list[str]:
        service = self.desk.office.service
        mailbox = service.mailbox(user)
        return [kept.id for kept in service.store.present(mailbox.tasks(mailbox.default_list))]
