"""Rules of entities that are written on both sides: values that both shall have, and relations that people may set.

They are rules like those of `rules`, and are tested in the same table. How two values of a cell become one is said in
`three_way`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field as made
from typing import ClassVar, Literal

from pydantic.dataclasses import dataclass

from pipelines.declaring.conditions import BUILT, Condition
from pipelines.declaring.first_entry import FirstEntry, Had
from pipelines.declaring.rules import Case, Reference, Rule
from pipelines.declaring.source import STRICT
from pipelines.sql import given, literal

Winner = Literal["crm", "source", "newest", "hold"]


@dataclass(frozen=True, config=BUILT)
class Agreed(Rule):
    """Both sides shall have the same value; the one that changed since they last agreed gives it to the other.

    `wins`: whose value counts where both changed; `newest`: that of the side changed last; `hold`: a person decides,
    and the whole row waits. `words`: what the source's words are called in the CRM; what has no counterpart stays on
    its side. `keeps`: where one of these holds, the source's own value is never overwritten; its word is the reason. A
    row of which every field is kept is not deleted in the source either.
    `first`: the column is a JSON list, whose first entry counts; the others stay where they are. `member`: its entries
    are objects, of which this member counts.
    """

    name: ClassVar[str] = "agreed"
    column: str
    wins: Winner = "crm"
    words: dict[str, str] = made(default_factory=dict)
    keeps: Mapping[str, Condition] = made(default_factory=dict)
    first: bool = False
    member: str = ""

    def __post_init__(self) -> None:
        if len(set(self.words.values())) < len(self.words):
            raise ValueError(f"Agreed({self.column!r}): two words of the source mean one of the CRM: {self.words}")
        if self.member and not self.first:
            raise ValueError(f"Agreed({self.column!r}): member={self.member!r} is of entries of a list: add first=True")

    def value_sql(self, field: str) -> str:
        value = f"s.{given(self.column)}"
        if self.first:
            return FirstEntry(value, self.member).value_sql()
        if not self.words:
            return value
        known = " ".join(f"when {literal(theirs)} then {literal(ours)}" for theirs, ours in self.words.items())
        return f"(case {value} {known} end)"

    def there_sql(self, value: str) -> str:
        """`value`, which is the source's in the CRM's words, as the source itself has it."""
        return f"s.{given(self.column)}" if self.first or self.words else value

    def back_sql(self, ours: str, had: Had | None = None) -> str:
        """A value of the CRM, as canonical text, in the source's words; null where it has none.

        `had`: there is a source row `s` already, and of its list the CRM had this one.
        """
        if self.first:
            entry = FirstEntry(f"s.{given(self.column)}", self.member)
            return entry.led_by_sql(ours, had) if had else entry.made_sql(ours)
        if not self.words:
            return ours
        known = " ".join(f"when {literal(ours_)} then {literal(theirs)}" for theirs, ours_ in self.words.items())
        return f"(case {ours} {known} end)"

    def when_sql(self, case: Case) -> str:
        return "false"


@dataclass(frozen=True, config=STRICT)
class Related(Reference):
    """A reference that the source fills in where nobody has set it; what people chose stays."""

    name: ClassVar[str] = "related"

    def when_sql(self, case: Case) -> str:
        return f"({case.active} and {case.old} is null and {case.new} is not null)"
