"""People work in the CRM, the source goes on, and runs come in between, disturbed or not: a state machine.

There are institutions and the people at them. After each quiet run the org is as a plain-Python oracle says, from what
both sides held before it: nothing else was written, no record is there twice, nothing was deleted, every row has one
outcome, and a second run plans nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.contract import Record
from tests.faults import promises
from tests.faults.drawn import (
    AMID,
    AS_IT_COMES,
    CALM,
    DEATHS,
    DISTURBED,
    FAULTY,
    KEYS,
    NAMED,
    NUMBERS,
    PAUSES,
    RECORDS,
    ROWS_OF,
    SAID,
    STRUCK,
    WHICH,
    WORDS,
    Said,
)
from tests.faults.people_work import PeopleWork
from tests.faults.scene import IMPORTED, PATIENCE
from tests.faults.source_goes_on import SourceGoesOn
from tests.faults.stroke import Stroke
from tests.faults.typed import Typed


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

    @rule(pause=PAUSES)
    def time_goes_by(self, pause: timedelta) -> None:
        """Not too much of it: of what people merged a fortnight ago nobody is told any more."""
        self.org.org.advance(min(pause, self.patience).total_seconds())
        self.patience -= min(pause, self.patience)

    @rule(name=NAMED, stroke=DISTURBED)
    def a_plan_is_made(self, name: str, stroke: Stroke) -> None:
        side = self.sides[name]
        before = side.state()
        side.run(side.feed(), stroke, mode="plan")
        assert side.state() == before
        self.homes = None if name == "accounts" else self.homes

    @rule(which=WHICH, stroke=CALM)
    def all_goes_well(self, which: tuple[str, ...], stroke: Stroke) -> None:
        self._sync(which, stroke)

    @rule(which=WHICH, stroke=FAULTY, said=SAID)
    def faults_are_met(self, which: tuple[str, ...], stroke: Stroke, said: Said) -> None:
        self._says(which, said)
        self._sync(which, stroke)

    @rule(which=WHICH, stroke=STRUCK, said=SAID)
    def a_sync_dies_and_another_follows(self, which: tuple[str, ...], stroke: Stroke, said: Said) -> None:
        self._says(which, said)
        self._sync(which, stroke)

    @rule(drawn=AMID, number=NUMBERS, words=st.tuples(WORDS, WORDS), stroke=DISTURBED, at=DEATHS)
    def somebody_types_what_the_source_says_too(
        self,
        drawn: tuple[str, tuple[str, str]],
        number: int,
        words: tuple[str | None, str | None],
        stroke: Stroke,
        at: int,
    ) -> None:
        """Into the same record, at any call of the run, or after it."""
        name, (column, field) = drawn
        side = self.sides[name]
        live = side.state()
        there = sorted(one for one, record in live.items() if record["Source_Key__c"] in side.rows)
        if not there:
            return
        record = there[number % len(there)]
        said, value = words
        value = value or ("Typed" if field == "Name" else None)
        key = str(live[record]["Source_Key__c"])
        self.the_source_adds_or_changes((name, [(key, (column, said or "Said"))]))
        self._sync((name,), stroke, Typed(record, field, value, at))

    # a rule by several names is drawn so many times as often: what disturbs a run is what the stories are about
    a_plan_is_made_2 = a_plan_is_made
    faults_are_met_2 = faults_are_met_3 = faults_are_met
    a_sync_dies_2 = a_sync_dies_and_another_follows
    somebody_types_2 = somebody_types_3 = somebody_types_what_the_source_says_too

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

    def _says(self, which: tuple[str, ...], said: Said) -> None:
        """The sources change what the run that is disturbed brings, so that there is something to disturb."""
        for name in which:
            self.the_source_adds_or_changes((name, said[name]))

    def _sync(self, which: tuple[str, ...], stroke: Stroke, typed: Typed | None = None) -> None:
        """People see of accounts what their last run left, even where the org has gone on since."""
        accounts = self.sides["accounts"]
        if "accounts" not in which and (self.homes is None or not set(self.homes.values()) <= accounts.state().keys()):
            accounts.sync(stroke.undisturbed, {})
            self.homes = accounts.referred_to()
        for name in which:
            self.sides[name].sync(stroke, self.homes or {}, typed)
            if name == "accounts":
                self.homes = self.sides[name].referred_to()
        for name in which:
            self.sides[name].is_quiet(stroke)
        self.patience = PATIENCE if len(which) == len(self.sides) else self.patience
