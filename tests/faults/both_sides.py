"""People work in the CRM, the source goes on, and runs come in between, disturbed or not: a state machine.

There are institutions and the people at them. After each quiet run the org is as a plain-Python oracle says, from what
both sides held before it: nothing else was written, no record is there twice, nothing was deleted, every row has one
outcome, and a second run plans nothing.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.contract import Record
from tests.faults import promises
from tests.faults.drawn import (
    AS_IT_COMES,
    CALM,
    FAULTY,
    KEYS,
    NAMED,
    RECORDS,
    ROWS_OF,
    STRUCK,
    WHICH,
)
from tests.faults.people_work import PeopleWork
from tests.faults.scene import IMPORTED
from tests.faults.source_goes_on import SourceGoesOn
from tests.faults.stroke import Stroke


class BothSides(SourceGoesOn, PeopleWork):
    """How both sides begin, and the runs in between."""

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
                    self.lists(side, key, **rows[name].get(key, {}))
            for record in typed[name]:
                if record["Source_Key__c"] not in side.keys_there() - {None}:
                    self.creates(side, record)
        self._sync(tuple(self.sides), Stroke("collections", scope="all", imports=True))

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
        there = self.sides["accounts"].state().keys()
        if "accounts" not in which and (self.homes is None or not set(self.homes.values()) <= there):
            return
        for name in which:
            self.sides[name].sync(stroke, self.homes or {})
            if name == "accounts":
                self.homes = self.sides[name].referred_to()
        for name in which:
            self.sides[name].is_quiet(stroke)
