"""What a SOQL statement says: the tree the parser builds, every node with its offset in the statement.

Nothing here knows an object or a field; names are kept exactly as written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

Operator = OneOf["=", "!=", "<", "<=", ">", ">=", "like"]
Kind = OneOf["null", "boolean", "string", "number", "currency", "date", "datetime", "range"]


@dataclass(frozen=True, slots=True)
class Literal:
    """A typed value; `value` is None, bool, str, int, float, or for a range its (NAME, n or None).

    A string also has `pattern`: the same text for SQLite's LIKE with backslash as its escape.
    Dates are 'YYYY-MM-DD', datetimes UTC 'YYYY-MM-DDTHH:MM:SS.mmmZ'.
    """

    kind: Kind
    value: object
    at: int
    text: str
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A field, perhaps through parents: `Account.Owner.Name`."""

    names: tuple[str, ...]
    at: int

    @property
    def text(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of at most one argument; `COUNT()` has none."""

    name: str
    argument: Path | Call | None
    at: int


Expression = Path | Call


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Expression
    operator: Operator
    right: Literal
    at: int


@dataclass(frozen=True, slots=True)
class Membership:
    left: Expression
    negated: bool
    members: tuple[Literal, ...] | Select
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition


@dataclass(frozen=True, slots=True)
class All:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    conditions: tuple[Condition, ...]


Condition = Comparison | Membership | Not | All | Any


@dataclass(frozen=True, slots=True)
class Fields:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""

    group: str
    at: int


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the SELECT list."""

    what: Path | Call | Fields | Select
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    by: Expression
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    items: tuple[Item, ...]
    source: Path
    alias: str | None = None
    where: Condition | None = None
    group_by: tuple[Expression, ...] = ()
    having: Condition | None = None
    order_by: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
    at: int = 0
