"""What people do in the machine of `two_sides`: they write tasks in Outlook and in the CRM, and throw them away."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.faults.desk import Desk
from tests.faults.drawn_tasks import CELL, NUMBERS, TASK, USERS, WORDS, as_item, as_record
from tests.faults.folder import IN_MEMORY
from tests.faults.tale import Story

WEEKLY = {
    "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"], "firstDayOfWeek": "sunday"},
    "range": {"type": "noEnd", "startDate": "2026-03-02"},
}


class PeopleAtTasks(Story):
    """A desk of its own for each example."""

    def __init__(self) -> None:
        super().__init__()
        where = IN_MEMORY if IN_MEMORY.is_dir() else None
        self._folder = tempfile.TemporaryDirectory(prefix="two-", dir=where)
        self.desk = Desk(Path(self._folder.name))

    def teardown(self) -> None:
        self.desk.close()
        self._folder.cleanup()

    @property
    def today(self) -> date:
        return self.desk.clock.now.date()

    def _an_item(self, number: int) -> str | None:
        keys = sorted(self.desk.items())
        return keys[number % len(keys)] if keys else None

    def _a_record(self, number: int) -> str | None:
        names = sorted(self.desk.records())
        return names[number % len(names)] if names else None

    # Outlook

    @rule(user=USERS, told=TASK, private=st.sampled_from((False, False, False, True)))
    def somebody_notes_in_outlook(self, user: str, told: dict[str, Any], private: bool) -> None:  # noqa: FBT001 - drawn
        self.desk.puts(user, {**as_item(self.today, told), **({"categories": ["Private"]} if private else {})})

    @rule(number=NUMBERS, cells=st.lists(CELL, min_size=1, max_size=3))
    def somebody_changes_it_in_outlook(self, number: int, cells: list[tuple[str, Any]]) -> None:
        if key := self._an_item(number):
            self.desk.changes(key, **as_item(self.today, dict(cells)))

    @rule(number=NUMBERS)
    def somebody_deletes_it_in_outlook(self, number: int) -> None:
        if key := self._an_item(number):
            self.desk.throws_away(key)

    @rule(number=NUMBERS)
    def somebody_moves_it_to_another_list(self, number: int) -> None:
        if key := self._an_item(number):
            self.desk.moves(key)

    @rule(number=NUMBERS, marked=st.booleans())
    def somebody_copies_it_in_outlook(self, number: int, marked: bool) -> None:  # noqa: FBT001 - drawn
        key = self._an_item(number)
        if key is None:
            return
        row = self.desk.items()[key]
        names = [*WORDS.values(), "categories", *(["linkedResources"] if marked else [])]
        self.desk.puts(row["user"], {name: row[name] for name in names if name in row})

    @rule(number=NUMBERS, private=st.booleans())
    def somebody_says_in_outlook_whether_it_is_private(self, number: int, private: bool) -> None:  # noqa: FBT001
        if key := self._an_item(number):
            self.desk.changes(key, categories=["Private"] if private else [])

    @rule(number=NUMBERS, recurs=st.booleans())
    def somebody_says_whether_it_is_one_of_a_series(self, number: int, recurs: bool) -> None:  # noqa: FBT001 - drawn
        if key := self._an_item(number):
            self.desk.changes(key, recurrence=WEEKLY if recurs else None)

    # the CRM

    @rule(user=USERS, told=TASK, private=st.sampled_from((False, False, False, True)))
    def somebody_creates_it_in_the_crm(self, user: str, told: dict[str, Any], private: bool) -> None:  # noqa: FBT001
        self.desk.creates({**as_record(self.today, told), "OwnerId": self.desk.users[user], "Is_Private__c": private})

    @rule(number=NUMBERS, cells=st.lists(CELL, min_size=1, max_size=3))
    def somebody_edits_it_in_the_crm(self, number: int, cells: list[tuple[str, Any]]) -> None:
        if name := self._a_record(number):
            self.desk.edits(name, **as_record(self.today, dict(cells)))

    @rule(number=NUMBERS)
    def somebody_deletes_it_in_the_crm(self, number: int) -> None:
        if name := self._a_record(number):
            self.desk.deletes(name)

    @rule(number=NUMBERS)
    def somebody_undeletes_it_in_the_crm(self, number: int) -> None:
        records = self.desk.records(deleted=True)
        there = {row["Outlook_Id__c"] for row in records.values() if not row["IsDeleted"]} - {None}
        gone = sorted(name for name, row in records.items() if row["IsDeleted"] and row["Outlook_Id__c"] not in there)
        if gone:
            self.desk.undeletes(gone[number % len(gone)])

    @rule(number=NUMBERS, user=USERS)
    def somebody_gives_it_to_another(self, number: int, user: str) -> None:
        if name := self._a_record(number):
            self.desk.edits(name, OwnerId=self.desk.users[user])

    @rule(number=NUMBERS, private=st.booleans())
    def somebody_says_in_the_crm_whether_it_is_private(self, number: int, private: bool) -> None:  # noqa: FBT001
        if name := self._a_record(number):
            self.desk.edits(name, Is_Private__c=private)
