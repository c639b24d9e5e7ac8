"""People work in the CRM, the source goes on, and runs come in between, disturbed or not: a state machine.

After each quiet run the org is as a plain-Python oracle says, from what both sides held before it: nothing else was
written, no record is there twice, nothing was deleted, every row has one outcome, and a second run plans nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from pipelines.report import Report
from pipelines.run import Request, Stopped
from resources.sandbox.people import ADMINISTRATOR
from resources.warehouse import Warehouse
from tests.faults import plan, promises
from tests.faults.drawn import AS_IT_COMES, EDITS, FACTS, KEYS, PERSONS, SCHEDULES, SCOPES
from tests.faults.folder import IN_MEMORY
from tests.faults.inside import Inside, inside
from tests.faults.outside import HeldOpen, Listed, Row, outside
from tests.faults.wire import Schedule, Wire
from tests.oracle import ACCOUNTS, Oracle, Record
from tests.runs.place import run_id, run_once

ENTITY = replace(plan.ENTITY, retries=10_000)
SPEC = ACCOUNTS.clearing("BillingCity")


class Struck(BaseException):
    """The process is gone: nothing handles this, and the entity's file is as it was last committed."""


class BothSides(RuleBasedStateMachine):
    """A home and an org of its own for each example."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        where = IN_MEMORY if IN_MEMORY.is_dir() else None
        self.home = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="both-", dir=where)))
        self.org: Inside = self._stack.enter_context(inside(self.home / "org"))
        self.warehouse = HeldOpen(Warehouse(self.home, "accounts"))
        self._stack.callback(lambda: self.warehouse.close())  # noqa: PLW0108 - whichever is in use then
        self.rows: dict[str, dict[str, str | None]] = {}
        self.twins: list[dict[str, str | None]] = []
        self.earlier: dict[str, dict[str, str | None]] = {}
        self.changed: set[str] = set()
        self.winners: dict[str, str] = {}
        self.clock = 0

    def teardown(self) -> None:
        self._stack.close()

    # the source

    @initialize(keys=st.sets(st.sampled_from(KEYS), min_size=3), people=st.lists(PERSONS, min_size=1, max_size=3))
    def both_sides_begin(self, keys: set[str], people: list[Record]) -> None:
        for key in sorted(keys):
            self.rows[key] = plan.row(key, f"Name of {key}", city="Bern")
            self._touch(key)
        for record in people:
            if record["Source_Key__c"] not in self._keys():
                self._person_creates(record)
        self._sync("collections", {}, "all", struck=0)

    def _touch(self, key: str) -> None:
        self.clock += 1
        self.rows[key]["updated_at"] = (
            f"2026-01-01T{self.clock // 3600:02}:{self.clock // 60 % 60:02}:{self.clock % 60:02}Z"
        )
        self.changed.add(key)

    @rule(changes=st.lists(st.tuples(st.sampled_from(KEYS), FACTS), min_size=1, max_size=5))
    def the_source_adds_or_changes(self, changes: list[tuple[str, tuple[str, str | None]]]) -> None:
        for key, (column, value) in changes:
            if column != "parent_id" or value != key:
                row = self.rows.setdefault(key, plan.row(key, f"Name of {key}"))
                row[column] = value
                self._touch(key)

    @rule(loser=st.sampled_from(KEYS), survivor=st.sampled_from(KEYS))
    def the_source_merges(self, loser: str, survivor: str) -> None:
        assume(loser != survivor and loser in self.rows and survivor in self.rows)
        assume(not any(row["merged_into"] for row in self.rows.values()))
        self.rows[loser]["merged_into"] = survivor
        self._touch(loser)

    @rule(key=st.sampled_from(KEYS))
    def the_source_no_longer_lists(self, key: str) -> None:
        assume(len(self.rows) > 1 and key in self.rows)
        assume(not self.rows[key]["merged_into"])
        assume(key not in {row["merged_into"] for row in self.rows.values()})
        del self.rows[key]

    @rule(key=st.sampled_from(KEYS))
    def the_source_lists_a_row_twice(self, key: str) -> None:
        assume(key in self.rows)
        self.twins = [{**self.rows[key], "name": "Another"}]

    @rule()
    def the_source_lists_each_row_once(self) -> None:
        self.twins = []

    # people

    def _record(self, number: int) -> Record:
        records = self.org.records("Account", ["Id", *promises.BUSINESS])
        assume(records)
        return sorted(records, key=lambda record: str(record["Id"]))[number % len(records)]

    @rule(record=PERSONS)
    def a_person_creates(self, record: Record) -> None:
        assume(record["Source_Key__c"] is None or record["Source_Key__c"] not in self._keys())
        self._person_creates(record)

    def _person_creates(self, record: Record) -> None:
        self.org.person("POST", "sobjects/Account", {field: value for field, value in record.items() if value})

    @rule(edits=st.lists(st.tuples(st.integers(0, 9), EDITS), min_size=1, max_size=4))
    def people_edit(self, edits: list[tuple[int, tuple[str, Any]]]) -> None:
        for number, (field, value) in edits:
            self._edit(number, {field: value})

    @rule(number=st.integers(0, 9), key=st.sampled_from((None, "other", *KEYS)))
    def a_person_changes_a_key(self, number: int, key: str | None) -> None:
        assume(key is None or key not in self._keys())
        self._edit(number, {"Source_Key__c": key})

    @rule(number=st.integers(0, 9), other=st.integers(0, 9))
    def a_person_puts_one_below_another(self, number: int, other: int) -> None:
        """The org refuses it where it would close a circle."""
        below, above = str(self._record(number)["Id"]), str(self._record(other)["Id"])
        body = {"sobject": "Account", "ids": [below], "fields": {"ParentId": above}, "as": ADMINISTRATOR}
        self.org.door("records/edit", body)

    @rule(number=st.integers(0, 9))
    def a_person_deletes(self, number: int) -> None:
        self.org.person("DELETE", f"sobjects/Account/{self._record(number)['Id']}")

    @rule(number=st.integers(0, 9))
    def a_person_undeletes(self, number: int) -> None:
        records = self.org.records("Account", ["Id", "IsDeleted"], deleted=True)
        gone = sorted(record["Id"] for record in records if record["IsDeleted"] and record["Id"] not in self.winners)
        assume(gone)
        self.org.door("records/undelete", {"sobject": "Account", "ids": [gone[number % len(gone)]]})

    @rule(number=st.integers(0, 9), other=st.integers(0, 9))
    def a_person_merges(self, number: int, other: int) -> None:
        master, loser = str(self._record(number)["Id"]), str(self._record(other)["Id"])
        assume(master != loser)
        who = {"master": {"Id": master}, "losers": [{"Id": loser}]}
        if self.org.door("records/merge", {"sobject": "Account", **who, "as": ADMINISTRATOR}):
            self.winners[loser] = master

    def _edit(self, number: int, fields: Mapping[str, Any]) -> None:
        self.org.person("PATCH", f"sobjects/Account/{self._record(number)['Id']}", fields)

    def _keys(self) -> set[object]:
        return {record["Source_Key__c"] for record in self.org.records("Account", ["Source_Key__c"])}

    # runs

    @rule()
    def a_plan_is_made(self) -> None:
        before = self._state()
        self._run(self._feed(), "collections", {}, mode="plan")
        assert self._state() == before

    @rule(route=AS_IT_COMES, scope=SCOPES)
    def all_goes_well(self, route: str, scope: str) -> None:
        self._sync(route, {}, scope, struck=0)

    @rule(route=AS_IT_COMES, scope=SCOPES, schedule=SCHEDULES)
    def faults_are_met(self, route: str, scope: str, schedule: Schedule) -> None:
        self._sync(route, schedule, scope, struck=0)

    @rule(route=AS_IT_COMES, scope=SCOPES, at=st.integers(1, 14))
    def a_sync_dies_and_another_follows(self, route: str, scope: str, at: int) -> None:
        self._sync(route, {}, scope, struck=at)

    @precondition(lambda self: self.earlier and not self.changed)
    @rule(route=AS_IT_COMES)
    def an_older_feed_is_delivered(self, route: str) -> None:
        """Only rows that are known with another content: what it tells of them is held, and nothing is written."""
        older = {key: row for key, row in self.earlier.items() if key in self.rows and row != self.rows[key]}
        assume(older)
        before = self._state()
        self._run(list({**self.rows, **older}.values()), route, {})
        promises.untouched(before, self._state(), set(older))
        self.changed = set(self.rows)

    def _sync(self, route: str, schedule: Schedule, scope: str, *, struck: int) -> None:
        """A run that may be disturbed, runs until quiet, and what is promised of them all."""
        feed, before, links = self._feed(), self._state(), self._links()
        records = {key: dict(record) for key, record in before.items()}
        oracle = Oracle(SPEC, feed, records, creates=True, links=links, winners=self.winners)
        disturbed = bool(schedule or struck)
        if disturbed:
            self._run(feed, route, schedule, scope=scope, struck=struck)
        report = self._run(feed, route, {}, scope=scope)
        assert report is not None
        if scope == "all" and not disturbed:
            promises.outcomes_are_those_of(oracle, self.warehouse)
        promises.each_row_has_one_outcome(report, len(feed))
        promises.as_the_oracle_says(oracle, before, self._state(), may_stay=scope == "changed")
        again = self._run(feed, route, {}, scope=scope)
        assert again is not None
        assert (again.cells, again.error) == (0, None), again.as_json()
        promises.each_row_has_one_outcome(again, len(feed))
        self.earlier = {key: dict(row) for key, row in self.rows.items()} if not self.twins else {}
        self.changed.clear()

    def _run(
        self, feed: Sequence[Row], route: str, schedule: Schedule, *, struck: int = 0, **asked: Any
    ) -> Report | None:
        """The report of one run; None of one that was struck down."""
        wire = Wire(self.org, schedule)

        def strike(number: int) -> None:
            if number == struck:
                raise Struck

        wire.before = strike
        try:
            with outside(self.org, wire, Listed(feed), self.warehouse, route, self.home) as world:
                return run_once(ENTITY, world, Request(run_id=run_id(), **asked), approved=True)
        except Stopped as stopped:
            return stopped.report
        except Struck:
            self.warehouse.close()
            self.warehouse = HeldOpen(Warehouse(self.home, "accounts"))
            return None

    def _feed(self) -> list[dict[str, str | None]]:
        """In an order that changes from run to run."""
        rows = [*self.rows.values(), *self.twins]
        at = self.clock % len(rows)
        return [*rows[at:], *rows[:at]]

    def _state(self) -> promises.State:
        return {str(record.pop("Id")): record for record in self.org.records("Account", ["Id", *promises.BUSINESS])}

    def _links(self) -> dict[str, str]:
        with self.warehouse.open() as con:
            return dict(con.execute("select fold, record_id from links").fetchall())
