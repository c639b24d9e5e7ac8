"""How a command answers: for people or as JSON, with which exit code, and what an error looks like.

With `--json` exactly one JSON value goes to stdout and everything else to stderr; an error is JSON as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

import typer
from rich.console import Console, RenderableType
from rich.text import Text

from pipelines.declaring.entity import DeclarationError
from pipelines.ports.world import SourceError, SystemicError
from pipelines.telling.report import Report
from resources.settings import SettingsError

INTERRUPTED = 130
"""What a shell calls a process that Ctrl-C ended."""

WIDE = 200
"""Columns where nobody says how many: a file or a pipe cuts nothing off."""


class Exit(IntEnum):
    """The exit codes, as scripts and schedulers read them."""

    FINE = 0
    FAILURE = 1
    WRONG_USE = 2
    HELD = 3
    WITH_ERRORS = 4


CONFIGURATION = frozenset(
    {
        "FIELD_NOT_VISIBLE",
        "INVALID_CREDENTIALS",
        "INVALID_FIELD",
        "INVALID_SESSION_ID",
        "INVALID_TYPE",
        "NOT_THE_ORG",
        "OBJECT_NOT_VISIBLE",
        "TLS_NOT_TRUSTED",
        "UNSUPPORTED_API_VERSION",
        "ambiguous_run",
        "column_missing",
        "declaration_misfit",
        "feed_name",
        "never_run",
        "newer_file",
        "not_synced_yet",
        "source_not_set",
        "source_settings",
        "unknown_keys",
    }
)
"""Errors that stay until somebody changes settings, a declaration or the org: trying again does not help."""


class WrongUse(Exception):
    """The command cannot be meant so; the text says what would be right."""


def exit_for(code: str) -> Exit:
    """The exit code of an error's code."""
    return Exit.WRONG_USE if code in CONFIGURATION else Exit.FAILURE


def exit_of(reports: Iterable[Report]) -> Exit:
    """The exit code of finished runs: that of the worst of them; one that was not run for another's sake adds none."""
    found = {_exit_of_one(report) for report in reports if report.error != "upstream_failed"}
    worst_first = (Exit.WRONG_USE, Exit.FAILURE, Exit.HELD, Exit.WITH_ERRORS)
    return next((code for code in worst_first if code in found), Exit.FINE)


def _exit_of_one(report: Report) -> Exit:
    match report.status:
        case "failure":
            return exit_for(report.error or "")
        case "held":
            return Exit.HELD
        case "success_with_errors":
            return Exit.WITH_ERRORS
        case _:
            return Exit.FINE


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where a command speaks. `show` is the answer for people, `tell` what they should know besides."""

    as_json: bool
    out: Console
    err: Console

    def show(self, *parts: RenderableType) -> None:
        """On stdout; nothing where the answer is JSON."""
        if not self.as_json:
            for part in parts:
                self.out.print(part)

    def tell(self, text: str, *, style: str = "") -> None:
        """On stderr, always."""
        self.err.print(Text(text, style=style), soft_wrap=True)

    def answer(self, value: object) -> None:
        """The one JSON value of the command; nothing where the answer is for people."""
        if self.as_json:
            typer.echo(json.dumps(value, ensure_ascii=False, default=str))


@contextmanager
def answering(*, as_json: bool) -> Iterator[Terminal]:
    """A terminal for the block; errors that a command may meet end it with a sentence and the right exit code."""
    terminal = Terminal(as_json, _console(stderr=False), _console(stderr=True))
    try:
        yield terminal
    except WrongUse as error:
        _fail(terminal, "wrong_use", str(error), Exit.WRONG_USE)
    except (SettingsError, DeclarationError) as error:
        _fail(terminal, "configuration", str(error), Exit.WRONG_USE)
    except (SystemicError, SourceError) as error:
        _fail(terminal, error.code, str(error), exit_for(error.code))
    except KeyboardInterrupt:
        terminal.tell("Interrupted. What was done is recorded; the next run goes on from there.", style="yellow")
        terminal.answer({"error": "interrupted", "message": "the next run goes on"})
        raise typer.Exit(INTERRUPTED) from None


def leave(code: Exit) -> None:
    """Ends the command unless all is fine."""
    if code is not Exit.FINE:
        raise typer.Exit(int(code))


def counted(count: int, one: str, more: str) -> str:
    """So many of them, in the right number: `1 thing is`, `2 things are`."""
    return f"{count:,} {one if count == 1 else more}"


def one_or_list(values: Sequence[object]) -> object:
    """What design calls one JSON object, or a list where there are several."""
    return values[0] if len(values) == 1 else list(values)


def _fail(terminal: Terminal, code: str, message: str, exit_code: Exit) -> None:
    terminal.tell(message, style="red")
    terminal.answer({"error": code, "message": message})
    raise typer.Exit(int(exit_code)) from None


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=WIDE)
    return console
