"""A CSV file for a spreadsheet: readable by its owner alone, and no cell in it can act as a formula.

A value that starts with `=`, `+`, `-`, `@`, a tab or a line break gets an apostrophe in front: spreadsheets show such
a cell as text. So does one that starts with an apostrophe, so that whoever reads the file as a program takes one off
each cell that begins with one, and has every value as it was.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

import typer

from assets.commands.answering import WrongUse
from assets.commands.tables import harmless

ACTS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def guarded(value: object) -> str:
    """The value as text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(ACTS) else text


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """The file holds a header and these rows, UTF-8, mode 0600; how many rows. What stood there before is gone."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        try:
            count = _write(fresh, columns, rows)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise WrongUse(f"{path} cannot be written: {error.strerror}") from None
    return count


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """The same on stdout; a terminal gets no characters that it would obey."""
    stream = typer.get_text_stream("stdout")
    if stream.isatty():
        rows = ([value if value is None else harmless(str(value)) for value in row] for row in rows)
    return _put(stream, columns, rows)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
        return _put(stream, columns, rows)


def _put(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    count = 0
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(value) for value in row])
        count += 1
    return count
