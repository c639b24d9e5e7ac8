"""What people do in the machine of `both_sides`, in the CRM."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.contract import Record
from tests.faults.drawn import (
    EDITS,
    KEYS,
    NAMED,
    NUMBERS,
    RECORDS,
)
from tests.faults.scene import Scene


class PeopleWork(Scene):
    """They type, change keys, delete, bring back and merge, as people do."""

    @rule(drawn=NAMED.flatmap(lambda name: st.tuples(st.just(name), RECORDS[name])))
    def a_person_creates(self, drawn: tuple[str, Record]) -> None:
        name, record = drawn
        if record["Source_Key__c"] not in self.sides[name].keys_there() - {None}:
            self.creates(self.sides[name], record)

    @rule(
        drawn=NAMED.flatmap(
            lambda name: st.tuples(st.just(name), st.lists(st.tuples(NUMBERS, EDITS[name]), min_size=1, max_size=4))
        )
    )
    def people_edit(self, drawn: tuple[str, list[tuple[int, tuple[str, Any]]]]) -> None:
        side = self.sides[drawn[0]]
        for number, (field, value) in drawn[1]:
            record = side.record(number)
            if record:
                side.edits(record, self.at_home({field: value}))

    @rule(
        drawn=NAMED.flatmap(lambda name: st.tuples(st.just(name), st.sampled_from((None, "other", *KEYS[name])))),
        number=NUMBERS,
    )
    def a_person_changes_a_key(self, drawn: tuple[str, str | None], number: int) -> None:
        side, key = self.sides[drawn[0]], drawn[1]
        record = side.record(number)
        if record and (key is None or key not in side.keys_there()):
            side.edits(record, {"Source_Key__c": key})

    @rule(number=NUMBERS, other=NUMBERS)
    def a_person_puts_one_below_another(self, number: int, other: int) -> None:
        """The org refuses it where it would close a circle."""
        side = self.sides["accounts"]
        below, above = side.record(number), side.record(other)
        if below and above:
            side.puts_below(below, above)

    @rule(name=NAMED, number=NUMBERS)
    def a_person_deletes(self, name: str, number: int) -> None:
        """With an account, its people go."""
        if record := self.sides[name].record(number):
            self.sides[name].deletes(record)

    @rule(name=NAMED, number=NUMBERS)
    def a_person_undeletes(self, name: str, number: int) -> None:
        self.sides[name].undeletes(number)

    @rule(name=NAMED, number=NUMBERS, other=NUMBERS)
    def a_person_merges(self, name: str, number: int, other: int) -> None:
        """People of merged accounts move."""
        master, loser = self.sides[name].record(number), self.sides[name].record(other)
        if master and loser and master != loser:
            self.sides[name].merges(master, loser)
