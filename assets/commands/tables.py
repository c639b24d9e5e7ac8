"""Tables for people, in which no value of a feed or a record can colour or move what stands on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

LONGEST = 80


def shown(value: object) -> str:
    """The value on one line, as people read it."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    text = harmless(str(value))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def harmless(text: str) -> str:
    """Control characters, which a terminal would obey, are shown as `·`."""
    return "".join(char if char.isprintable() else "·" for char in text)


def key_shown(key: str, longest: int = LONGEST // 2) -> str:
    """A key that is not longer; of a longer one its beginning and its end, in which those of one source differ."""
    return key if len(key) <= longest else f"{key[:4]}…{key[5 - longest :]}"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> Table:
    """A table of these rows; numbers stand right."""
    listed = [tuple(row) for row in rows]
    made = Table(title=Text(title) if title else None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        numeric = bool(listed) and all(isinstance(row[number], int | float | None) for row in listed)
        made.add_column(Text(column), justify="right" if numeric else "left", overflow="fold")
    for row in listed:
        made.add_row(*(Text(shown(value)) for value in row))
    return made
