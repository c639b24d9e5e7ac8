"""Rules whose value is not a column as it stands: it follows from a condition, from the row's life, or from a writing.

They are rules like those of `rules`, and are tested in the same table.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic.dataclasses import dataclass

from pipelines.declaring.conditions import BUILT, Condition
from pipelines.declaring.rules import Case, Rule
from pipelines.declaring.source import STRICT
from pipelines.sql import given, literal, quote


@dataclass(frozen=True, config=STRICT)
class Always(Rule):
    """This value, in canonical text, as long as the row lives."""

    name: ClassVar[str] = "always"
    value: str

    def value_sql(self, field: str) -> str:
        return literal(self.value)

    def when_sql(self, case: Case) -> str:
        return f"({case.active} and {case.differs})"


@dataclass(frozen=True, config=BUILT)
class Whether(Rule):
    """One word if a condition holds, another if not."""

    name: ClassVar[str] = "whether"
    condition: Condition
    then: str
    otherwise: str

    def value_sql(self, field: str) -> str:
        return f"(case when s.{quote(held(field))} then {literal(self.then)} else {literal(self.otherwise)} end)"

    def when_sql(self, case: Case) -> str:
        return f"({case.active} and {case.differs})"


@dataclass(frozen=True, config=STRICT)
class EndedAt(Rule):
    """When the row ended: what a row says that is over by itself, else the time of the run that found it so.

    Blank while it lives: what the column then holds is of an earlier end.
    """

    name: ClassVar[str] = "ended_at"
    column: str

    def value_sql(self, field: str) -> str:
        return "cast(null as timestamp)"

    def ended_sql(self, tells: str) -> str:
        """The value of a row that is over; `tells`: boolean, it says so itself."""
        return f"coalesce({self._told_sql(tells)}, getvariable('now'))"

    def _told_sql(self, tells: str) -> str:
        return f"(case when {tells} then s.{given(self.column)} end)"

    def ended_when_sql(self, case: Case, tells: str) -> str:
        """Whether a row that is over gets it: once, and again if the source says otherwise."""
        told = self._told_sql(tells)
        return f"({case.old} is null or ({told} is not null and {told} is distinct from {case.old}))"

    def when_sql(self, case: Case) -> str:
        return f"({case.active} and {case.old} is not null)"

    @property
    def on_create(self) -> bool:
        return False


@dataclass(frozen=True, config=STRICT)
class StampedWith(Rule):
    """Housekeeping: the time of the run, written whenever that other field is."""

    name: ClassVar[str] = "stamped_with"
    housekeeping: ClassVar[bool] = True
    stamps: ClassVar[bool] = True
    field: str

    def value_sql(self, field: str) -> str:
        return "getvariable('now')"

    def when_sql(self, case: Case) -> str:
        return "false"

    def stamped_sql(self) -> str:
        return f"fold in (select fold from work.cells where field = {literal(self.field)})"


def held(field: str) -> str:
    """The name of the column that holds whether a field's condition does."""
    return f"{field}→Held"
