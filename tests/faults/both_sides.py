"""People work in the CRM, the source goes on, and runs come in between, disturbed or not: a state machine.

There are institutions and the people at them. After each quiet run the org is as a plain-Python oracle says, from what
both sides held before it: nothing else was written, no record is there twice, nothing was deleted, every row has one
outcome, and a second run plans nothing.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.faults import institutions, people, promises
from tests.faults.drawn import (
    AS_IT_COMES,
    CALM,
    CHANGES,
    EDITS,
    FAULTY,
    KEYS,
    NAMED,
    NUMBERS,
    RECORDS,
    ROWS_OF,
    STRUCK,
    WHICH,
)
from tests.faults.folder import IN_MEMORY
from tests.faults.inside import Inside, inside
from tests.faults.side import Side, Stroke
from tests.oracle import Record

IMPORTED = replace(
    institutions.INSTITUTIONS, entity=replace(institutions.ENTITY, create="on_request")
)  # as shipped: scheduled runs never create one


def only_if(holds: object) -> None:
    """A step that cannot be taken here is no step of the story."""
    if not holds:
        reject()


class BothSides(RuleBasedStateMachine):
    """A home and an org of its own for each example."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        where = IN_MEMORY if IN_MEMORY.is_dir() else None
        home = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="both-", dir=where)))
        org: Inside = self._stack.enter_context(inside(home / "org"))
        self.sides = {plan.name: Side(plan, home, org) for plan in (IMPORTED, people.PEOPLE)}
        for side in self.sides.values():
            self._stack.callback(side.close)
        self.homes: dict[str, str] | None = None
        """Key of an institution → its record, as of the last sync of accounts; None when a run was none."""

    def teardown(self) -> None:
        self._stack.close()

    # the source

    @initialize(
        rows=st.fixed_dictionaries(
            {name: st.dictionaries(st.sampled_from(KEYS[name]), ROWS_OF[name]) for name in KEYS}
        ),
        typed=st.fixed_dictionaries({name: st.lists(RECORDS[name], max_size=3) for name in KEYS}),
    )
    def both_sides_begin(self, rows: dict[str, dict[str, Any]], typed: dict[str, list[Record]]) -> None:
        for name, side in self.sides.items():
            for key in KEYS[name]:
                if key in rows[name] or key.endswith("1"):
                    self._lists(side, key, **rows[name].get(key, {}))
            for record in typed[name]:
                if record["Source_Key__c"] not in side.keys_there() - {None}:
                    self._creates(side, record)
        self._sync(tuple(self.sides), Stroke("collections", scope="all", imports=True))

    def _lists(self, side: Side, key: str, **facts: str | None) -> None:
        blank = institutions.row(key, "New") if side.plan is IMPORTED else people.row(key, "Ann", "Lee", "k1")
        side.rows[key] = {**blank, **facts}
        side.touch(key)

    @rule(drawn=NAMED.flatmap(lambda name: st.tuples(st.just(name), CHANGES[name])))
    def the_source_adds_or_changes(self, drawn: tuple[str, list[tuple[str, tuple[str, str | None]]]]) -> None:
        side = self.sides[drawn[0]]
        for key, (column, value) in drawn[1]:
            if column != "parent_id" or value != key:
                if key not in side.rows:
                    self._lists(side, key)
                side.rows[key][column] = value
                side.touch(key)

    @rule(name=NAMED, loser=NUMBERS, survivor=NUMBERS)
    def the_source_merges(self, name: str, loser: int, survivor: int) -> None:
        side, rows = self.sides[name], sorted(self.sides[name].rows)
        one, other = rows[loser % len(rows)], rows[survivor % len(rows)]
        only_if(one != other and not any(row["merged_into"] for row in side.rows.values()))
        side.rows[one]["merged_into"] = other
        side.touch(one)

    @rule(name=NAMED, number=NUMBERS)
    def the_source_no_longer_lists(self, name: str, number: int) -> None:
        rows = self.sides[name].rows
        key = sorted(rows)[number % len(rows)]
        only_if(len(rows) > 1 and not rows[key]["merged_into"])
        only_if(key not in {row["merged_into"] for row in rows.values()})
        del rows[key]

    @rule(name=NAMED, number=NUMBERS)
    def the_source_lists_a_row_twice(self, name: str, number: int) -> None:
        side = self.sides[name]
        key = sorted(side.rows)[number % len(side.rows)]
        side.twins = [{**side.rows[key], "name" if name == "accounts" else "title": "Another"}]

    @rule()
    def the_source_lists_each_row_once(self) -> None:
        only_if(any(side.twins for side in self.sides.values()))
        for side in self.sides.values():
            side.twins = []

    # people

    def _creates(self, side: Side, record: Record) -> None:
        side.creates(self._at_home(record))

    def _at_home(self, typed: Record) -> Record:
        """What people type, an account's number turned into its id."""
        number = typed.get("AccountId")
        return typed if number is None else {**typed, "AccountId": self.sides["accounts"].record(number)}

    @rule(drawn=NAMED.flatmap(lambda name: st.tuples(st.just(name), RECORDS[name])))
    def a_person_creates(self, drawn: tuple[str, Record]) -> None:
        name, record = drawn
        only_if(record["Source_Key__c"] not in self.sides[name].keys_there() - {None})
        self._creates(self.sides[name], record)

    @rule(
        drawn=NAMED.flatmap(
            lambda name: st.tuples(st.just(name), st.lists(st.tuples(NUMBERS, EDITS[name]), min_size=1, max_size=4))
        )
    )
    def people_edit(self, drawn: tuple[str, list[tuple[int, tuple[str, Any]]]]) -> None:
        side = self.sides[drawn[0]]
        for number, (field, value) in drawn[1]:
            record = side.record(number)
            only_if(record is not None)
            side.edits(str(record), self._at_home({field: value}))

    @rule(
        drawn=NAMED.flatmap(lambda name: st.tuples(st.just(name), st.sampled_from((None, "other", *KEYS[name])))),
        number=NUMBERS,
    )
    def a_person_changes_a_key(self, drawn: tuple[str, str | None], number: int) -> None:
        side, key = self.sides[drawn[0]], drawn[1]
        record = side.record(number)
        only_if(record is not None and (key is None or key not in side.keys_there()))
        side.edits(str(record), {"Source_Key__c": key})

    @rule(number=NUMBERS, other=NUMBERS)
    def a_person_puts_one_below_another(self, number: int, other: int) -> None:
        """The org refuses it where it would close a circle."""
        side = self.sides["accounts"]
        below, above = side.record(number), side.record(other)
        only_if(below is not None and above is not None)
        side.puts_below(str(below), str(above))

    @rule(name=NAMED, number=NUMBERS)
    def a_person_deletes(self, name: str, number: int) -> None:
        """With an account, its people go."""
        record = self.sides[name].record(number)
        only_if(record is not None)
        self.sides[name].deletes(str(record))

    @rule(name=NAMED, number=NUMBERS)
    def a_person_undeletes(self, name: str, number: int) -> None:
        only_if(self.sides[name].undeletes(number))

    @rule(name=NAMED, number=NUMBERS, other=NUMBERS)
    def a_person_merges(self, name: str, number: int, other: int) -> None:
        """People of merged accounts move."""
        master, loser = self.sides[name].record(number), self.sides[name].record(other)
        only_if(master is not None and loser is not None and master != loser)
        self.sides[name].merges(str(master), str(loser))

    # runs

    @rule(name=NAMED)
    def a_plan_is_made(self, name: str) -> None:
        side = self.sides[name]
        before = side.state()
        side.run(side.feed(), Stroke("collections"), mode="plan")
        assert side.state() == before
        self.homes = None if name == "accounts" else self.homes

    @rule(which=WHICH, stroke=CALM)
    def all_goes_well(self, which: tuple[str, ...], stroke: Stroke) -> None:
        self._sync(which, stroke)

    @rule(which=WHICH, stroke=FAULTY)
    def faults_are_met(self, which: tuple[str, ...], stroke: Stroke) -> None:
        self._sync(which, stroke)

    @rule(which=WHICH, stroke=STRUCK)
    def a_sync_dies_and_another_follows(self, which: tuple[str, ...], stroke: Stroke) -> None:
        self._sync(which, stroke)

    @precondition(lambda self: any(side.older() for side in self.sides.values()))
    @rule(route=AS_IT_COMES)
    def an_older_feed_is_delivered(self, route: str) -> None:
        """Of rows that are known with another content: what it tells of them is held, and nothing is written."""
        side = next(side for side in self.sides.values() if side.older())
        before, older = side.state(), side.older()
        side.run(list({**side.rows, **older}.values()), Stroke(route))
        promises.untouched(before, side.state(), set(older))
        self.homes = None if side.plan is IMPORTED else self.homes
        side.changed = set(older)

    def _sync(self, which: tuple[str, ...], stroke: Stroke) -> None:
        """People see of accounts what their last run left, even where the org has gone on since."""
        if "accounts" not in which:
            only_if(self.homes is not None and set(self.homes.values()) <= self.sides["accounts"].state().keys())
        for name in which:
            self.sides[name].sync(stroke, self.homes or {})
            if name == "accounts":
                self.homes = self.sides[name].referred_to()
        for name in which:
            self.sides[name].is_quiet(stroke)
