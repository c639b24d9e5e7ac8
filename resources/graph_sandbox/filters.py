"""`$filter`: comparisons of properties with values, joined by `and`; anything else is refused, as Outlook refuses much.

Comparisons: eq, ne, gt, ge, lt, le; of text also startswith and contains; of a list, `any(x:x eq 'a')`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from .answer import Row, bad_request
from .moments import in_utc, told

Test = Callable[[Row], bool]

_COMPARED = re.compile(r"([\w/]+) (eq|ne|gt|ge|lt|le) (.+)")
_CALLED = re.compile(r"(startswith|contains)\(([\w/]+), *('(?:[^']|'')*')\)")
_AMONG = re.compile(r"(\w+)/any\((\w+): *\2(?:/\w+)* eq ('(?:[^']|'')*')\)")
_AND = re.compile(r" and (?=(?:[^']*'[^']*')*[^']*$)")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
}  # fmt: skip


def parsed(text: str) -> Test:
    """True for the rows that the filter lets through; Refusal if it is not understood."""
    tests = [_test(part.strip()) for part in _AND.split(text.strip())]
    return lambda row: all(test(row) for test in tests)


def _test(part: str) -> Test:
    if found := _COMPARED.fullmatch(part):
        return _compared(found[1], found[2], _value(found[3].strip()))
    if found := _CALLED.fullmatch(part):
        wanted = str(_value(found[3])).lower()
        path = found[2]
        if found[1] == "contains":
            return lambda row: wanted in str(_of(row, path) or "").lower()
        return lambda row: str(_of(row, path) or "").lower().startswith(wanted)
    if found := _AMONG.fullmatch(part):
        name, among = found[1], _value(found[3])
        return lambda row: among in _flat(row.get(name))
    raise _not_understood(part)


def _compared(path: str, name: str, value: Any) -> Test:
    compare = _OPERATORS[name]

    def test(row: Row) -> bool:
        found = _of(row, path)
        if value is None or found is None:
            return compare(found, value) if name in ("eq", "ne") else False
        if isinstance(value, str) and isinstance(found, str) and not path.endswith("DateTime"):
            return compare(found.lower(), value.lower())
        return type(found) is type(value) and compare(found, value)

    return test


def _of(row: Row, path: str) -> Any:
    found: Any = row
    for name in path.split("/"):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _flat(values: Any) -> list[Any]:
    return [inner for each in values or [] for inner in (each.values() if isinstance(each, dict) else [each])]


def _value(text: str) -> Any:
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if text in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[text]
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    try:
        return told(in_utc(text))
    except ValueError:
        raise _not_understood(text) from None


def _not_understood(part: str) -> Exception:
    return bad_request(f"Invalid filter clause: '{part}' is not supported here.")
