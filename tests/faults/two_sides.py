"""People have tasks in Outlook and in the CRM, and runs come in between, disturbed or not: a state machine.

After the edits stop two undisturbed runs suffice, the third writes nothing on either side, and both sides are as a
plain-Python oracle says from what they held before: no value flips back, nothing is deleted by mistake, nothing is
there twice, and what a person typed last stays.
"""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.faults.desk import Desk
from tests.faults.drawn_tasks import (
    CELL,
    NUMBERS,
    PAUSES,
    QUIETLY,
    SCHEDULES,
    SIDES,
    TASK,
    USERS,
    WORDS,
    as_item,
    as_record,
)
from tests.faults.folder import IN_MEMORY
from tests.faults.seen import differences, items_of, records_of
from tests.oracle_of_both import Oracle
from tests.sides_of_both import CELLS, Item, Pair, Record

GONE = Record(None, None, None, "", "", "", date.min, deleted=True)


class TwoSides(RuleBasedStateMachine):
    """A desk of its own for each example."""

    def __init__(self) -> None:
        super().__init__()
        where = IN_MEMORY if IN_MEMORY.is_dir() else None
        self._folder = tempfile.TemporaryDirectory(prefix="two-", dir=where)
        self.desk = Desk(Path(self._folder.name))
        self.pairs: list[Pair] = []
        self.last: dict[str, Item] = {}
        """Items as they were when all was quiet last, the gone ones among them."""
        self.amid: dict[tuple[str, str], set[object]] = {}
        self.desk.run()

    def teardown(self) -> None:
        self.desk.close()
        self._folder.cleanup()

    @property
    def _today(self) -> date:
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
        self.desk.puts(user, {**as_item(self._today, told), **({"categories": ["Private"]} if private else {})})

    @rule(number=NUMBERS, cells=st.lists(CELL, min_size=1, max_size=3))
    def somebody_changes_it_in_outlook(self, number: int, cells: list[tuple[str, Any]]) -> None:
        if key := self._an_item(number):
            self.desk.changes(key, **as_item(self._today, dict(cells)))

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

    # the CRM

    @rule(user=USERS, told=TASK, private=st.sampled_from((False, False, False, True)))
    def somebody_creates_it_in_the_crm(self, user: str, told: dict[str, Any], private: bool) -> None:  # noqa: FBT001
        self.desk.creates({**as_record(self._today, told), "OwnerId": self.desk.users[user], "Is_Private__c": private})

    @rule(number=NUMBERS, cells=st.lists(CELL, min_size=1, max_size=3))
    def somebody_edits_it_in_the_crm(self, number: int, cells: list[tuple[str, Any]]) -> None:
        if name := self._a_record(number):
            self.desk.edits(name, **as_record(self._today, dict(cells)))

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

    # time and runs

    @rule(pause=PAUSES)
    def time_goes_by(self, pause: timedelta) -> None:
        self.desk.later(pause)

    @rule()
    def all_goes_well(self) -> None:
        self._comes_to_rest(self._oracle())

    @rule(schedule=SCHEDULES)
    def faults_are_met(self, schedule: dict[int, str]) -> None:
        oracle = self._oracle()
        self.desk.run(schedule)
        self._comes_to_rest(oracle)

    @rule(at=st.integers(1, 12))
    def a_run_dies(self, at: int) -> None:
        oracle = self._oracle()
        self.desk.run(struck=at)
        self._comes_to_rest(oracle)

    @rule(
        number=NUMBERS,
        side=SIDES,
        typed=QUIETLY,
        at=st.integers(1, 14),
        schedule=st.just({}) | SCHEDULES,
        struck=st.just(0) | st.integers(1, 12),
    )
    def somebody_types_amid_a_run(
        self, number: int, side: str, typed: tuple[str, Any], at: int, schedule: dict[int, str], struck: int
    ) -> None:
        """Or just after it, where it had fewer calls. What is typed last counts, but against the CRM in a conflict."""
        oracle, (cell, value) = self._oracle(), typed
        items, records = items_of(self.desk), records_of(self.desk)
        pairs = [
            one
            for one in self.pairs
            if one.item in items
            and not records.get(one.record, GONE).deleted
            and not oracle.apart(items[one.item], records[one.record])
        ]
        if not pairs:
            return
        pair = pairs[number % len(pairs)]
        item, record = items[pair.item], records[pair.record]
        done: list[int] = []

        def type_at(call: int) -> None:
            if call == at:
                done.append(call)
                self._types(side, pair, cell, value)

        self.desk.run(schedule, struck=struck, meanwhile=type_at)
        if not done:
            self._types(side, pair, cell, value)
        right = {value}
        written = [str(call) for call in self.desk.wire.calls][at - 1 : at] == ["PATCH composite/sobjects"]
        if side == "record" and written:
            right.add(item.value(cell))  # typed after the last look, and before the org had our write
        if side == "item" and record.value(cell) != pair.base[cell]:
            right.add(record.value(cell))
        self.amid = {(pair.item, cell): right, (pair.record, cell): right}
        self._comes_to_rest(oracle)
        assert items_of(self.desk)[pair.item].value(cell) == records_of(self.desk)[pair.record].value(cell)

    def _types(self, side: str, pair: Pair, cell: str, value: str) -> None:
        if side == "item":
            self.desk.changes(pair.item, **as_item(self._today, {cell: value}))
        else:
            self.desk.edits(pair.record, **as_record(self._today, {cell: value}))

    def _oracle(self) -> Oracle:
        items, records = items_of(self.desk), records_of(self.desk)
        today, users = self.desk.clock.now.date(), set(self.desk.users.values())
        return Oracle(items, records, self.pairs, today, users, self.last)

    def _comes_to_rest(self, oracle: Oracle) -> None:
        """Two undisturbed runs suffice, the third writes nothing on either side, and all is as the oracle says."""
        self.desk.later(timedelta(minutes=6))  # what may still be told late is waited for so long
        told = [self.desk.run(), self.desk.run()]
        before = self.desk.office.writes
        quiet = self.desk.run()
        assert all(report and report.error is None for report in (*told, quiet)), [
            report and report.message for report in (*told, quiet)
        ]
        assert quiet is not None
        assert (quiet.status, quiet.cells, self.desk.org_writes, self.desk.office.writes - before) == (
            "nothing_to_do", 0, 0, 0,
        ), quiet.as_json()  # fmt: skip
        assert differences(self.desk, oracle, self.amid) == []
        self._remember(oracle)

    def _remember(self, oracle: Oracle) -> None:
        """Who belongs to whom now, and what they agree on."""
        items, records = items_of(self.desk), records_of(self.desk)
        by_key = {record.key: name for name, record in records.items() if record.key and not record.deleted}
        known = {pair.item: pair for pair in oracle.pairs}
        for key in items.keys() & by_key.keys() - known.keys():
            known[key] = Pair(key, by_key[key])
        for pair in known.values():
            item, record = items.get(pair.item), records.get(pair.record)
            if item is None or record is None or record.deleted or oracle.apart(item, record):
                continue
            agreed = {cell: item.value(cell) for cell in CELLS if item.value(cell) == record.value(cell)}
            pair.base |= agreed
        self.pairs = list(known.values())
        self.last |= items
        self.amid = {}
