"""The cells of a plan: as a file of all of them, and of a two-way entity as a table of both sides with the reason.

The terminal and the file are the person's own; values go nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assets.commands.answering import Terminal
from assets.commands.meanings import why_in_words
from assets.commands.tables import key_shown, table

if TYPE_CHECKING:
    from rich.table import Table

    from pipelines.declaring.entity import Entity

SHOWN = 50
LONGEST = 32
KEY = 24

WHOLE = {"create": "new", "delete": "deleted", "unlink": "without its link"}
"""What becomes of a task as a whole."""

NAMES = ("Subject", "Name", "FirstName", "LastName")
"""Fields by which a person knows a record."""

RANKS = {action: rank for rank, action in enumerate(("hold", "delete", "update", "unlink", "create", "key"))}


class Cell(NamedTuple):
    """A row of the archive's cells."""

    key: str
    record_id: str | None
    action: str
    field: str | None
    old: str | None
    new: str | None
    waits_for: str | None
    rule: str | None
    side: str
    why: str | None


class Line(NamedTuple):
    """A line of the table: what becomes of one cell, or of a whole task, on which side, and why."""

    task: str
    field: str
    in_outlook: str
    in_crm: str
    why: str
    rank: int
    """What needs a look first comes first: what a person decides, deletions, changes, what is new, keys."""


def show_both_sides(entity: str, home: Path, terminal: Terminal, most: int = SHOWN) -> None:
    """The first cells of the last plan as a table, if the entity is written on both sides; nothing for the others."""
    from assets.declarations import entities

    declared = entities()[entity]
    if declared.both is None or terminal.as_json:
        return
    lines = sorted(lines_of(_cells(home, entity), names=names_of(declared)), key=lambda line: line.rank)
    if lines:
        terminal.show(_table(entity, lines[:most]))
    if len(lines) > most:
        terminal.show(f"… {len(lines) - most:,} more: concord plan {entity} --csv FILE")


def write_cells(path: Path, home: Path, entity: str, terminal: Terminal) -> None:
    """Every cell of the last plan is in the file."""
    from assets.commands.csv_file import write_csv

    count = write_csv(path, Cell._fields, _cells(home, entity))
    terminal.tell(f"{count:,} cells are in {path}")


def names_of(declared: Entity) -> list[str]:
    """The fields of a declaration that name its records; its first one, where it has none of the usual."""
    written = [name for name, rule in declared.fields.items() if rule.source_column]
    return [name for name in NAMES if name in written] or written[:1]


def lines_of(cells: Iterator[Cell], *, names: Sequence[str]) -> Iterator[Line]:
    """A line a cell; one for what is created, deleted or loses its link, called by what is in the fields `names`."""
    for (_, action, side), group in groupby(cells, lambda cell: (cell.key, cell.action, cell.side)):
        listed = list(group)
        if action in WHOLE:
            values = {cell.field: cell.new if action == "create" else cell.old for cell in listed}
            name = " ".join(value for field in names if (value := values.get(field)))
            what = f"{WHOLE[action]}: {_short(name) or '(without a name)'}"
            first = listed[0]._replace(why=f"not_{_here(side)}" if action == "create" else listed[0].why)
            yield _line(first, "", what)
            continue
        for cell in listed:
            if action == "hold":
                both = _short(cell.new), _short(cell.old)
                yield Line(_task(cell), cell.field or "", *both, why_in_words(cell.why), RANKS["hold"])
            else:
                yield _line(cell, cell.field or "", f"{_short(cell.old) or '(blank)'} → {_new(cell)}")


def _here(side: str) -> str:
    return "here" if side == "crm" else "there"


def _new(cell: Cell) -> str:
    return f"that of {cell.waits_for}" if cell.waits_for else _short(cell.new) or "(blank)"


def _line(cell: Cell, field: str, what: str) -> Line:
    crm = cell.side == "crm"
    rank = RANKS["key" if cell.rule == "key" and cell.action == "update" else cell.action]
    return Line(_task(cell), field, "" if crm else what, what if crm else "", why_in_words(cell.why), rank)


def _task(cell: Cell) -> str:
    """A record's id, else the key: whichever a file for --except may name."""
    return cell.record_id or key_shown(cell.key, KEY)


def _short(value: str | None) -> str:
    text = value or ""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _table(entity: str, lines: list[Line]) -> Table:
    return table((entity, "field", "in Outlook", "in the CRM", "why"), (line[:-1] for line in lines))


def _cells(home: Path, entity: str) -> Iterator[Cell]:
    from resources.archive import Archive

    for batch in Archive(home).cells(entity).to_batches():
        yield from (Cell(*row) for row in zip(*batch.to_pydict().values(), strict=True))
