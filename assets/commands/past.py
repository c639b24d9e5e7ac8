"""`concord history` and `concord errors`: the last runs, and the rows that the last one could not do."""

from __future__ import annotations

from dataclasses import asdict, astuple, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assets.commands.answering import answering
from assets.commands.options import AsJson, chosen

if TYPE_CHECKING:
    from resources.archive import Run


def history(
    entity: Annotated[str | None, typer.Argument(metavar="[ENTITY]", help="All of them where none is named.")] = None,
    *,
    count: Annotated[int, typer.Option("--last", min=1, help="How many runs of each entity.")] = 10,
    as_json: AsJson = False,
) -> None:
    """The last runs, the latest first. Nothing is asked of the org.

    Examples:

      concord history

      concord history personnel --last 50
    """
    with answering(as_json=as_json) as terminal:
        names = chosen([entity] if entity else [])
        from assets.commands.tables import table
        from resources.archive import Archive
        from resources.settings import read_settings

        archive = Archive(read_settings().concord_home)
        runs = sorted((run for name in names for run in archive.runs(name, count)), key=_started, reverse=True)
        columns = ("started", "entity", "mode", "scope", "status", "rows", "outcomes", "cells", "API calls", "seconds")
        terminal.show(
            table(columns, (_line(run) for run in runs)) if runs else "No run yet: `concord demo` makes some."
        )
        terminal.answer(runs)


def errors(
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="Such as personnel.")],
    *,
    run: Annotated[
        str | None, typer.Option(metavar="ID", help="Of this run; else of the last sync.", show_default=False)
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write them to this file, readable by you alone. Values that a spreadsheet would take for a formula"
            " (= + - @ in front) get an apostrophe in front.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The rows that failed or were held back by the last sync, with field and reason. Nothing is asked of the org.

    Examples:

      concord errors personnel

      concord errors personnel --csv errors.csv
    """
    with answering(as_json=as_json) as terminal:
        chosen([entity])
        from assets.commands.csv_file import write_csv
        from assets.commands.meanings import meaning
        from assets.commands.tables import table
        from resources.archive import Archive, Rejected
        from resources.settings import read_settings

        of, rows = Archive(read_settings().concord_home).rejected(entity, run)
        if csv:
            write_csv(csv, [field.name for field in fields(Rejected)], (astuple(row) for row in rows))
            terminal.tell(f"{len(rows):,} rows are in {csv}")
        told = [
            (
                r.key or f"{r.file}, row {r.line}",
                r.outcome,
                r.reason,
                r.field,
                r.message or meaning(r.outcome, r.reason, entity),
            )
            for r in rows
        ]
        if rows and not csv:
            terminal.show(table(("key", "outcome", "reason", "field", "what it means"), told))
        terminal.show(
            f"{len(rows):,} rows of {entity} failed or were held by the sync of {_when(of)} ({of['run_id']})."
        )
        terminal.answer({"entity": entity, "run_id": of["run_id"], "rows": [asdict(row) for row in rows]})


def _started(run: Run) -> str:
    return str(run["started_at"])


def _when(run: Run) -> str:
    return f"{datetime.fromisoformat(run['started_at']).astimezone():%Y-%m-%d %H:%M:%S}"


def _line(run: Run) -> tuple[object, ...]:
    stopped = run["error"] or (run["message"] if run["status"] == "skipped" else "")
    outcomes = stopped or ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(run["outcomes"].items()))
    return (
        _when(run),
        run["entity"],
        run["mode"],
        run["scope"],
        run["status"].replace("_", " "),
        run["extracted"],
        outcomes,
        run["cells"],
        run["api_calls"],
        run["seconds"],
    )
