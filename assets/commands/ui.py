"""`concord ui`: the sandbox org, Dagster's web pages and its daemon, together, on loopback."""

from __future__ import annotations

from typing import Annotated

import typer

from assets.commands.answering import answering
from pipelines.ports.world import SystemicError


def ui(
    *, port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the web pages, on loopback.")] = 3000
) -> None:
    """Serves Dagster's web pages and runs its schedules until stopped, with the sandbox org where no other is set.

    The web pages have no login: they listen on loopback alone.

    Examples:

      concord ui

      concord ui --port 3001
    """
    with answering(as_json=False) as terminal:
        from assets.ui import UiError, serve
        from resources.settings import read_settings

        try:
            serve(read_settings(), port, terminal.show)
        except UiError as error:
            raise SystemicError("ui", str(error)) from error
