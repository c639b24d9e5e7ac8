"""The rows that a run left behind, for a screen, a file or a program: `concord errors` and `concord history --rows`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from assets.commands.answering import Terminal
from pipelines.ports.world import SystemicError

if TYPE_CHECKING:
    from resources.archive import Archive, Row, Run


@dataclass(frozen=True, slots=True)
class Which:
    """Of which run, or `last`, and which of its rows."""

    run: str = "last"
    successes: bool = True
    errors: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """A run of one entity, and the wanted ones of its rows."""

    run: Run
    rows: list[Row]

    def as_json(self) -> dict[str, object]:
        return {
            "entity": self.run["entity"],
            "run_id": self.run["run_id"],
            "rows": [asdict(row) for row in self.rows],
        }


def kept_rows(archive: Archive, entities: Sequence[str], which: Which, terminal: Terminal) -> list[Kept]:
    """What is kept of the run, by entity. Raises SystemicError where nobody knows it, or nothing of it is kept."""
    found, trouble = [], []
    for entity in entities:
        try:
            found.append(_kept(archive, entity, which))
        except SystemicError as error:
            if error.code == "ambiguous_run":
                raise
            trouble.append(error)
    ids = sorted({kept.run["run_id"] for kept in found})
    if which.run != "last" and len(ids) > 1:
        raise SystemicError("ambiguous_run", f"{len(ids)} runs begin with {which.run}: {', '.join(ids)}")
    if not found:
        gone_first = sorted(trouble, key=lambda one: one.code != "rows_gone")
        raise gone_first[0]
    for gone in trouble:
        if gone.code == "rows_gone":
            terminal.tell(str(gone), style="yellow")
    return found


def _kept(archive: Archive, entity: str, which: Which) -> Kept:
    run, forgotten = archive.run(entity, which.run)
    if forgotten:
        raise SystemicError(
            "rows_gone",
            f"the rows of run {run['run_id']} of {entity} are not kept any more, as {archive.KEPT_RUNS} runs came after"
            " it; its counts are in `concord history`",
        )
    return Kept(run, archive.rows(entity, run["run_id"], successes=which.successes, errors=which.errors))


def write_rows(file: Path | None, found: Sequence[Kept], terminal: Terminal) -> None:
    """The rows as CSV, in the file or on stdout."""
    from assets.commands.csv_file import print_csv, write_csv
    from resources.archive import Row

    columns = ["entity", *(field.name for field in fields(Row))]
    rows = ((kept.run["entity"], *astuple(row)) for kept in found for row in kept.rows)
    if file:
        terminal.tell(f"{write_csv(file, columns, rows):,} rows are in {file}")
    else:
        print_csv(columns, rows)
