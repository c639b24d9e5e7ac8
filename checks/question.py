"""What a check is: one question, asked of the published copy of an entity's file, answered in counts, keys and codes.

An answer never holds a value of a row. A new check is a file with a `QUESTION` and a line in `all_questions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from pipelines.declaring.entity import Entity

if TYPE_CHECKING:
    import duckdb

MOST_ROWS = 50

Cell = str | int | float
Row = Mapping[str, Cell]


@dataclass(frozen=True)
class Copy:
    """The published copy of an entity's file, open for reading, and the time at which it is asked."""

    entity: Entity
    con: duckdb.DuckDBPyConnection
    now: datetime

    def rows(self, sql: str, *columns: str) -> tuple[Row, ...]:
        """The first rows of a query, nulls as empty text."""
        found = self.con.execute(sql).fetchmany(MOST_ROWS)
        return tuple(dict(zip(columns, ("" if cell is None else cell for cell in row), strict=True)) for row in found)

    def number(self, sql: str) -> int:
        """The one number that the query gives."""
        return int(self.con.execute(sql).fetchall()[0][0] or 0)

    def remembered(self, name: str) -> str:
        """A value of the file's `meta`, or blank."""
        found = self.con.execute("select value from meta where name = ?", [name]).fetchall()
        return found[0][0] or "" if found else ""


@dataclass(frozen=True)
class Answer:
    """`said` is one sentence. `rows` are at most 50 with the same columns."""

    passed: bool
    said: str
    numbers: Mapping[str, int | float] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    severe: bool = False
    """A failure is an error, not a warning."""


def every_entity(entity: Entity) -> bool:
    """The question makes sense whatever is declared."""
    return True


@dataclass(frozen=True)
class Question:
    """`asks` is what people read. `concerns` says of which entities it is asked."""

    name: str
    asks: str
    answer: Callable[[Copy], Answer]
    concerns: Callable[[Entity], bool] = every_entity
    depends_on: Callable[[Copy], str] | None = None
    """Of a costly question: text that changes when the answer might. While it stays, so does the last answer."""
