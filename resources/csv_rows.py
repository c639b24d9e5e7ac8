"""Where the rows of a CSV text begin and end, and which of them are whole.

The grammar is RFC 4180 as DuckDB's reader takes it: comma, `"`, any line ending, blank lines are no rows, blanks around
a quoted cell and empty cells beyond the header are let pass. DuckDB stops at the first bad row; this finds every one.
After a bad quote it starts again at the next line, so that an open quote does not swallow the good rows that follow.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

MAX_ROW = 2_000_000
"""Longer rows than this many bytes are refused; the longest text a CRM field takes has 131,072 characters."""

Fault = Literal["", "ragged_row", "bad_quote", "row_too_long"]

# No possessive quantifiers, though they would spare some steps: Python 3.11.2, Debian's own, gets them wrong.
_QUOTED = r' *"[^"]*(?:""[^"]*)*" *(?=[,\r\n]|\Z)'
_CELL = rf'(?:{_QUOTED}|(?! *")[^,\r\n]*)'
_END = r"(?:\r\n|\r|\n)?\Z"
_WHOLE = re.compile(rf"{_CELL}(?:,{_CELL})*{_END}")
_OPEN = re.compile(rf'(?:{_CELL},)* *"[^"]*(?:""[^"]*)*\Z')
_CELLS = re.compile(rf"({_CELL})(?:,|{_END})")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data as it stands in the file. `line` is the number of its first line, the header's being 1."""

    text: str
    line: int
    fault: Fault
    cells: int


class Truncated(Exception):
    """The text ends inside a quoted cell, which began in this line."""

    def __init__(self, line: int) -> None:
        super().__init__(f"a quote opened in line {line} is never closed")
        self.line = line


def cells_of(row: str) -> list[str]:
    """The cells of a whole row, unquoted."""
    cells = []
    position = 0
    while match := _CELLS.match(row, position):
        cells.append(_unquoted(match[1]))
        position = match.end()
        if match[0][-1:] != ",":
            break
    return cells


def rows_of(lines: Iterable[str], width: int) -> Iterator[Row]:
    """The rows of a text given by its lines (endings kept), `width` cells being right; raises Truncated at its end."""
    right = re.compile(rf"{_CELL}(?:,{_CELL}){{{width - 1}}}{_END}")
    source = _Lines(lines)
    for line in source:
        if not line.strip("\r\n") and width > 1:
            continue
        at = source.number
        if '"' not in line:
            yield _plain(line, at, width)
        elif right.match(line) and not _too_long(line):
            yield Row(line, at, "", width)
        else:
            yield _quoted(source, line, right, width)


class _Lines:
    """Lines one by one with their numbers; some can be put back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._back: deque[str] = deque()
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.number += 1
        return line

    def put_back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)


def _plain(line: str, at: int, width: int) -> Row:
    cells = line.count(",") + 1
    if _too_long(line):
        return Row(line, at, "row_too_long", cells)
    if cells > width and not any(line.rstrip("\r\n").split(",")[width:]):
        return Row(line, at, "", width)
    return Row(line, at, "" if cells == width else "ragged_row", cells)


def _quoted(source: _Lines, line: str, right: re.Pattern[str], width: int) -> Row:
    """The row that begins with a line holding quotes, however many lines it takes."""
    at = source.number
    parts = [line]
    size = len(line.encode())
    text = line
    while _OPEN.match(text):
        closing = False
        while not closing and size <= MAX_ROW:
            following = next(source, None)
            if following is None:
                raise Truncated(at)
            parts.append(following)
            size += len(following.encode())
            closing = '"' in following
        if size > MAX_ROW:
            source.put_back(parts[1:])
            return Row(line, at, "bad_quote" if len(parts) > 1 else "row_too_long", 0)
        text = "".join(parts)
    if _too_long(text):
        return Row(text, at, "row_too_long", 0)
    if _WHOLE.match(text):
        cells = cells_of(text)
        return Row(text, at, "ragged_row" if len(cells) < width or any(cells[width:]) else "", len(cells))
    source.put_back(parts[1:])
    return Row(line, at, "bad_quote", 0)


def _too_long(text: str) -> bool:
    return len(text) * 4 > MAX_ROW and len(text.encode()) > MAX_ROW


def _unquoted(cell: str) -> str:
    stripped = cell.strip(" ")
    return stripped[1:-1].replace('""', '"') if stripped.startswith('"') else cell
