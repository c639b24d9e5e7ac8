"""`concord history` and `concord errors`: the last runs, their rows, and those that could not be done."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assets.commands.answering import WrongUse, answering, one_or_list
from assets.commands.options import AsJson, chosen
from pipelines.telling.report import result_and_status

if TYPE_CHECKING:
    from resources.archive import Run

CsvFile = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        metavar="FILE",
        help="Write the rows to this file, readable by you alone. Values that a spreadsheet would take for a formula"
        " (= + - @ in front) get an apostrophe in front.",
        show_default=False,
    ),
]


def history(
    entity: Annotated[str | None, typer.Argument(metavar="[ENTITY]", help="All of them where none is named.")] = None,
    *,
    count: Annotated[int, typer.Option("--last", min=1, help="How many runs of each entity.")] = 10,
    rows: Annotated[
        str | None,
        typer.Option(
            metavar="RUN",
            help="The rows of this run as CSV, on stdout unless --csv names a file: a run's id or how it begins, or"
            " last. Those that were written and those that failed or were held back; what needed nothing is not kept.",
            show_default=False,
        ),
    ] = None,
    successes: Annotated[bool, typer.Option("--successes", help="With --rows: only those that were written.")] = False,
    errors: Annotated[
        bool, typer.Option("--errors", help="With --rows: only those that failed or were held back.")
    ] = False,
    csv: CsvFile = None,
    as_json: AsJson = False,
) -> None:
    """The last runs, the latest first, or the rows of one. Nothing is asked of the org.

    Success: every record was written. Success with errors: some were, some not. Failure: none, or the run stopped.

    Examples:

      concord history

      concord history personnel --last 50

      concord history personnel --rows last --errors

      concord history --rows 1f0c9a2e --csv rows.csv
    """
    with answering(as_json=as_json) as terminal:
        names = chosen([entity] if entity else [])
        if rows is None and (successes or errors or csv):
            raise WrongUse("--successes, --errors and --csv belong to --rows")
        from resources.archive import Archive
        from resources.settings import read_settings

        archive = Archive(read_settings().concord_home)
        if rows is not None:
            from assets.commands.kept_rows import Which, kept_rows, write_rows

            both = successes == errors
            found = kept_rows(archive, names, Which(rows, successes or both, errors or both), terminal)
            if csv or not as_json:
                write_rows(csv, found, terminal)
            terminal.answer(one_or_list([kept.as_json() for kept in found]))
            return
        from assets.commands.tables import table

        runs = sorted((run for name in names for run in archive.runs(name, count)), key=_started, reverse=True)
        columns = (
            "started",
            "entity",
            "run",
            "mode",
            "scope",
            "result",
            "rows",
            "outcomes",
            "cells",
            "API calls",
            "seconds",
        )
        terminal.show(
            table(columns, (_line(run) for run in runs)) if runs else "No run yet: `concord demo` makes some."
        )
        terminal.answer(runs)


def errors(
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="Such as personnel.")],
    *,
    run: Annotated[
        str,
        typer.Option(metavar="RUN", help="Of this run: its id or how it begins.", show_default="last"),
    ] = "last",
    csv: CsvFile = None,
    as_json: AsJson = False,
) -> None:
    """The rows that failed or were held back by the last sync, with field and reason. Nothing is asked of the org.

    Examples:

      concord errors personnel

      concord errors personnel --csv errors.csv
    """
    with answering(as_json=as_json) as terminal:
        chosen([entity])
        from assets.commands.kept_rows import Which, kept_rows, write_rows
        from assets.commands.meanings import meaning
        from assets.commands.tables import key_shown, table
        from resources.archive import Archive
        from resources.settings import read_settings

        archive = Archive(read_settings().concord_home)
        [found] = kept_rows(archive, [entity], Which(run, successes=False), terminal)
        if csv:
            write_rows(csv, [found], terminal)
        told = [
            (
                key_shown(r.key) if r.key else f"{r.file}, row {r.line}",
                r.outcome,
                r.reason,
                r.field,
                r.message or meaning(r.outcome, r.reason, entity),
            )
            for r in found.rows
        ]
        if told and not csv:
            terminal.show(table(("key", "outcome", "reason", "field", "what it means"), told))
        terminal.show(
            f"{len(told):,} rows of {entity} failed or were held by the {found.run['mode']} of {_when(found.run)}"
            f" ({found.run['run_id']})."
        )
        terminal.answer(found.as_json())


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
        run["run_id"][:8],
        run["mode"],
        run["scope"],
        result_and_status(run["mode"], run["status"]),
        run["extracted"],
        outcomes,
        run["cells"],
        run["api_calls"],
        run["seconds"],
    )
