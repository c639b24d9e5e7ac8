"""What a declared rule asks of one row: a field and a test of its value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TESTS = ("blank", "filled", "equals", "differs", "matches", "below", "above", "changed")


@dataclass(frozen=True, slots=True)
class RowTest:
    """`matches` takes a regular expression for the whole value; `below` and `above` do not hold for an empty field."""

    field: str
    test: str
    value: Any = None

    def holds(self, new: Any, old: Any) -> bool:
        """True if the value to be saved (`old`: the one there is) passes."""
        match self.test:
            case "blank":
                return new is None
            case "filled":
                return new is not None
            case "equals":
                return bool(new == self.value)
            case "differs":
                return bool(new != self.value)
            case "matches":
                return new is not None and re.fullmatch(str(self.value), str(new)) is not None
            case "below":
                return new is not None and bool(new < self.value)
            case "above":
                return new is not None and bool(new > self.value)
            case _:
                return bool(new != old)


def tests_of(asked: Sequence[Mapping[str, Any]]) -> tuple[RowTest, ...]:
    """The tests, all of which must hold; ValueError for one that does not exist."""
    found = tuple(RowTest(**one) for one in asked)
    for one in found:
        if one.test not in TESTS:
            raise ValueError(f"no test {one.test!r}; there are {', '.join(TESTS)}")
    return found
