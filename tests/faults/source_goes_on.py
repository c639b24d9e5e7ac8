"""What the sources do in the machine of `both_sides`: rows come, change, merge, go and are there twice."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.faults.drawn import (
    CHANGES,
    NAMED,
    NUMBERS,
)
from tests.faults.scene import Scene


class SourceGoesOn(Scene):
    """Directories of institutions and people."""

    @rule(drawn=NAMED.flatmap(lambda name: st.tuples(st.just(name), CHANGES[name])))
    def the_source_adds_or_changes(self, drawn: tuple[str, list[tuple[str, tuple[str, str | None]]]]) -> None:
        side = self.sides[drawn[0]]
        for key, (column, value) in drawn[1]:
            if column != "parent_id" or value != key:
                if key not in side.rows:
                    self.lists(side, key)
                side.rows[key][column] = value
                side.touch(key)

    @rule(name=NAMED, order=NUMBERS)
    def the_source_only_reorders(self, name: str, order: int) -> None:
        """It says nothing new."""
        self.sides[name].order = order

    @rule(name=NAMED, loser=NUMBERS, survivor=NUMBERS)
    def the_source_merges(self, name: str, loser: int, survivor: int) -> None:
        side, rows = self.sides[name], sorted(self.sides[name].rows)
        one, other = rows[loser % len(rows)], rows[survivor % len(rows)]
        if one != other and not any(row["merged_into"] for row in side.rows.values()):
            side.rows[one]["merged_into"] = other
            side.touch(one)

    @rule(name=NAMED, number=NUMBERS)
    def the_source_no_longer_lists(self, name: str, number: int) -> None:
        rows = self.sides[name].rows
        key = sorted(rows)[number % len(rows)]
        heirs = {row["merged_into"] for row in rows.values()}
        if len(rows) > 1 and not rows[key]["merged_into"] and key not in heirs:
            del rows[key]

    @rule(name=NAMED, number=NUMBERS)
    def the_source_lists_a_row_twice(self, name: str, number: int) -> None:
        side = self.sides[name]
        key = sorted(side.rows)[number % len(side.rows)]
        side.twins = [{**side.rows[key], "name" if name == "accounts" else "title": "Another"}]

    @rule()
    def the_source_lists_each_row_once(self) -> None:
        for side in self.sides.values():
            side.twins = []
