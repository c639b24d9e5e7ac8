"""People work in the CRM, the source goes on, and runs come in between, disturbed or not: a state machine.

After each quiet run the org is as a plain-Python oracle says, from what both sides held before it: nothing else was
written, no record is there twice, nothing was deleted, every row has one outcome, and a second run plans nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from pipelines.report import Report
from pipelines.run import Request, Stopped
from resources.warehouse import Warehouse
from tests.faults import plan
from tests.faults.folder import IN_MEMORY
from tests.faults.inside import Inside, inside
from tests.faults.kinds import ANYWHERE, CHANGING, CLOSING, POLLING, ROWS
from tests.faults.outside import ROUTES, HeldOpen, Listed, outside
from tests.faults.wire import Schedule, Wire
from tests.oracle import ACCOUNTS, Oracle, Record
from tests.runs.place import run_id, run_once

ENTITY = replace(plan.ENTITY, retries=10_000)
SPEC = ACCOUNTS.clearing("BillingCity")
KEYS = ("k1", "k2", "k3", "k4", "k5")
WORDS = st.sampled_from((None, "one", "two", "Zoë 🦉", '"quoted", =1+1', "two\nlines", "#N/A"))
NAMES = st.sampled_from(("School", "College", "Zoë 🦉", "#N/A", "New\nname"))
PARENTS = st.sampled_from((None, *KEYS, "nowhere"))
STATUSES = st.sampled_from((None, "A", "A", "A", "C", "U", "Z"))
BUSINESS = (*plan.FIELDS, plan.UNMAPPED, *plan.FLAGS)
FACTS = st.one_of(
    st.tuples(st.just("name"), NAMES),
    st.tuples(st.just("city"), WORDS),
    st.tuples(st.just("phone"), WORDS),
    st.tuples(st.just("enrollment"), st.sampled_from((None, "7", "8"))),
    st.tuples(st.just("parent_id"), PARENTS),
    st.tuples(st.just("status"), STATUSES),
)
EDITS = st.one_of(
    st.tuples(st.just("Name"), NAMES),
    st.tuples(st.sampled_from(("BillingCity", "Phone", plan.UNMAPPED)), WORDS),
    st.tuples(st.just("ParentId"), st.none()),
    st.tuples(st.sampled_from(plan.FLAGS), st.booleans()),
)
PERSONS = st.fixed_dictionaries(
    {
        "Name": NAMES,
        "Source_Key__c": st.sampled_from((None, *KEYS)),
        "Phone": WORDS,
        "BillingCity": WORDS,
        "Source_Status__c": st.sampled_from((None, "A")),
    }
)
KINDS = st.sampled_from((*ANYWHERE, *CHANGING, *ROWS, *CLOSING, *POLLING))
SCHEDULES = st.dictionaries(st.integers(1, 14), KINDS, min_size=1, max_size=3)
AS_IT_COMES = st.sampled_from(tuple(ROUTES))
SCOPES = st.sampled_from(("changed", "all"))
State = dict[str, Record]


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
        self.deleted: set[str] = set()
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
        records = self.org.records("Account", ["Id", *BUSINESS])
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

    @rule(number=st.integers(0, 9))
    def a_person_deletes(self, number: int) -> None:
        record_id = str(self._record(number)["Id"])
        before = {record["Id"] for record in self.org.records("Account", ["Id"])}
        self.org.person("DELETE", f"sobjects/Account/{record_id}")
        self.deleted |= before - {record["Id"] for record in self.org.records("Account", ["Id"])}

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
        report = self._run(list({**self.rows, **older}.values()), route, {})
        assert report.reasons.get("held: older_than_known", 0) >= len(older) - 1
        self._compare(before, self._state(), set(older))
        self.changed = set(self.rows)

    def _sync(self, route: str, schedule: Schedule, scope: str, *, struck: int) -> None:
        """A run that may be disturbed, runs until quiet, and what is promised of them all."""
        feed, before, links = self._feed(), self._state(), self._links()
        oracle = Oracle(SPEC, feed, {key: dict(record) for key, record in before.items()}, creates=True, links=links)
        reports = []
        if schedule or struck:
            reports.append(self._run(feed, route, schedule, scope=scope, struck=struck))
        while not reports or reports[-1] is None or reports[-1].status != "nothing_to_do" or reports[-1].error:
            reports.append(self._run(feed, route, {}, scope=scope))
            assert len(reports) < 7, [report and report.as_json() for report in reports]
            if reports[-1] and reports[-1].status == "success_with_errors" and not reports[-1].cells:
                break
        self._everything_is_accounted_for(
            feed, oracle, reports[-1] or reports[0], all_of_it=scope == "all" and len(reports) < 2
        )
        settled = scope == "changed"
        self._as_the_oracle_says(oracle, before, may_stay=settled)
        self.earlier = {
            key: dict(row) for key, row in self.rows.items() if key not in {r["institution_id"] for r in self.twins}
        }
        self.changed.clear()

    def _run(
        self, feed: list[dict[str, str | None]], route: str, schedule: Schedule, *, struck: int = 0, **asked: Any
    ) -> Report:
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
            return None  # type: ignore[return-value]

    def _feed(self) -> list[dict[str, str | None]]:
        """In an order that changes from run to run."""
        rows = [*self.rows.values(), *self.twins]
        at = self.clock % len(rows)
        return [*rows[at:], *rows[:at]]

    def _state(self) -> State:
        return {str(record.pop("Id")): record for record in self.org.records("Account", ["Id", *BUSINESS])}

    def _links(self) -> dict[str, str]:
        with self.warehouse.open() as con:
            return dict(con.execute("select fold, record_id from links").fetchall())

    # what is promised

    def _everything_is_accounted_for(
        self, feed: list[dict[str, str | None]], oracle: Oracle, report: Report, *, all_of_it: bool
    ) -> None:
        assert sum(report.outcomes.values()) == report.extracted == len(feed)
        if all_of_it:
            with self.warehouse.open() as con:
                sql = "select line, outcome || coalesce(': ' || reason, '') from work.outcomes"
                told = dict(con.execute(sql).fetchall())
            assert told == dict(enumerate(oracle.outcomes, start=1))

    def _as_the_oracle_says(self, oracle: Oracle, before: State, *, may_stay: bool) -> None:
        after = self._state()
        keyed = [record["Source_Key__c"] for record in after.values() if record["Source_Key__c"]]
        assert len(keyed) == len(set(keyed)), f"a key twice: {sorted(keyed)}"
        assert before.keys() <= after.keys(), "a record is gone"
        by_key = {str(record["Source_Key__c"]).lower(): name for name, record in after.items()}
        names = {
            name: by_key.get(name.removeprefix("new "), name) for name in oracle.records if name.startswith("new ")
        }
        blank = {**dict.fromkeys(BUSINESS), **dict.fromkeys(plan.FLAGS, False)}
        for name, record in oracle.records.items():
            wanted = {**blank, **{field: record.get(field) for field in BUSINESS if field in record}}
            wanted["ParentId"] = names.get(str(wanted["ParentId"]), wanted["ParentId"])
            found = after.get(names.get(name, name))
            assert found is not None, f"{name} is missing"
            stayed = before.get(name)
            for field in BUSINESS:
                right = found[field] == wanted[field] or (may_stay and stayed and found[field] == stayed[field])
                assert right, f"{name}.{field} is {found[field]!r}, not {wanted[field]!r}"
        extra = after.keys() - before.keys() - set(names.values())
        assert not extra, f"created beyond the oracle: {[after[one] for one in extra]}"

    def _compare(self, before: State, after: State, keys: set[str]) -> None:
        for name, record in before.items():
            if record["Source_Key__c"] in keys:
                assert after[name] == record
