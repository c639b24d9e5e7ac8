"""`concord`: the command line. It only lists the commands; each is a file of `assets/commands/`."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from assets.commands.alerts import alerts
from assets.commands.check import check
from assets.commands.demo import demo
from assets.commands.missing import missing
from assets.commands.past import errors, history
from assets.commands.release import release
from assets.commands.relink import relink
from assets.commands.run_entities import plan, sync
from assets.commands.sandbox import sandbox
from assets.commands.ui import ui

app = typer.Typer(
    name="concord",
    help="Keeps a Salesforce org in accord with the outside systems that know better, and never treads on what people"
    " typed.\n\nExit codes: 0 fine, 1 failure, 2 wrong use or configuration, 3 held, 4 success with errors.",
    epilog="New here? `concord demo`, then `concord ui`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"concord {version('concord')}")
        raise typer.Exit


@app.callback()
def concord(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Tell the version and leave.", callback=_tell_version, is_eager=True)
    ] = False,
) -> None:
    """Holds what comes before a command."""


for command in (demo, ui, check, plan, sync, missing, history, errors, release, relink, alerts, sandbox):
    app.command()(command)


def main() -> None:
    """The console script. Every file it makes, Dagster's too, is its owner's alone."""
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without UTF-8 is no reason to fall over
    app()


if __name__ == "__main__":
    main()
