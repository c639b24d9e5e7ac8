"""What can be asked of a source row: conditions that a declaration puts together with `&`, `|` and `~`.

A condition is boolean SQL over a source row `s` as `facts` joins it, never null. To add one, add a class here and a row
in the table of `tests/pipelines/test_conditions.py`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from pipelines.declaring.elsewhere import Records
from pipelines.sql import entries_sql, given, literal, literals, quote

BUILT = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class Condition:
    """A question about one source row."""

    def __and__(self, other: Condition) -> Condition:
        return Joined(self, "and", other)

    def __or__(self, other: Condition) -> Condition:
        return Joined(self, "or", other)

    def __invert__(self) -> Condition:
        return Not(self)

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions that this one is made of, itself where it is made of none."""
        return (self,)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the row that it reads."""
        return ()

    @property
    def words(self) -> str:
        """The same for people, in Markdown, such as: `state` is deleted."""
        raise NotImplementedError

    def sql(self) -> str:
        """Boolean of a source row `s`."""
        raise NotImplementedError


@dataclass(frozen=True, config=BUILT)
class Joined(Condition):
    """Two conditions: both hold, or at least one does."""

    one: Condition
    joint: Literal["and", "or"]
    other: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        return (*self.one.parts, *self.other.parts)

    @property
    def words(self) -> str:
        return f"{_grouped(self.one)} {self.joint} {_grouped(self.other)}"

    def sql(self) -> str:
        return f"({self.one.sql()} {self.joint} {self.other.sql()})"


@dataclass(frozen=True, config=BUILT)
class Not(Condition):
    condition: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self.condition.parts

    @property
    def words(self) -> str:
        return f"not ({self.condition.words})"

    def sql(self) -> str:
        return f"(not {self.condition.sql()})"


@dataclass(frozen=True, config=BUILT)
class Is(Condition):
    """The column holds this word, regardless of case; a blank is no word."""

    column: str
    word: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def words(self) -> str:
        return f"`{self.column}` is {self.word}"

    def sql(self) -> str:
        return self.of("s")

    def of(self, row: str) -> str:
        """The same of another row than `s`."""
        return f"coalesce(lower({row}.{given(self.column)}) in {literals([self.word.lower()])}, false)"


@dataclass(frozen=True, config=BUILT)
class Holds(Condition):
    """The column is a JSON list that has this word among its entries, regardless of case."""

    column: str
    word: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def words(self) -> str:
        return f"`{self.column}` has {self.word}"

    def sql(self) -> str:
        text = f"lower(s.{given(self.column)})"
        return f"coalesce(list_contains({entries_sql(text)}, {literal(self.word.lower())}), false)"


@dataclass(frozen=True, config=BUILT)
class Filled(Condition):
    """The column is not blank."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def words(self) -> str:
        return f"`{self.column}` is filled"

    def sql(self) -> str:
        return f"(s.{given(self.column)} is not null)"


@dataclass(frozen=True, config=BUILT)
class Resolves(Condition):
    """What this reference field refers to has a record in the org."""

    field: str

    @property
    def words(self) -> str:
        return f"`{self.field}` has a record to refer to"

    def sql(self) -> str:
        return f"(s.{quote(resolved(self.field))} is not null)"


@dataclass(frozen=True, config=BUILT)
class Has(Condition):
    """Some row of a collection that is read `beside` names this row by the column `by`.

    `where`: only rows that this holds for count. `refers`: only those whose column names one of these records.
    """

    beside: str
    by: str
    where: Is | None = None
    refers: tuple[str, Records] | None = None

    @property
    def read(self) -> tuple[str, ...]:
        """The columns of that collection that are read."""
        where = (self.where.column,) if self.where else ()
        refers = (self.refers[0],) if self.refers else ()
        return tuple(dict.fromkeys((self.by, *where, *refers)))

    @property
    def alias(self) -> str:
        """The name, quoted, under which `facts` joins the rows that are named so."""
        return quote(f"has {self.beside} {self.by} {self.where} {self.refers}")

    @property
    def words(self) -> str:
        told = [self.where.words] if self.where else []
        if self.refers:
            column, records = self.refers
            told.append(f"`{column}` names a {records.sobject} of the org by {records.key}")
        which = f" ({', '.join(told)})" if told else ""
        return f"one of `{self.beside}` names it by `{self.by}`{which}"

    def sql(self) -> str:
        return f"({self.alias}.fold is not null)"


def _grouped(condition: Condition) -> str:
    made = isinstance(condition, Joined)
    return f"({condition.words})" if made else condition.words


def resolved(field: str) -> str:
    """The name of the column that holds a reference field's resolved record id."""
    return f"{field}→Id"
