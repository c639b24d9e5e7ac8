"""`concord sandbox`: the embedded org, served until somebody stops it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assets.commands.answering import Terminal, WrongUse, answering
from assets.commands.options import AsJson
from pipelines.ports.world import SystemicError

if TYPE_CHECKING:
    from resources.sandbox.launch import Connection

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port on loopback; 0 takes a free one.")]
Seed = Annotated[int, typer.Option(help="Another number makes other demo data.")]


def sandbox(
    *,
    port: Port = 0,
    state: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the org is kept; else $CONCORD_HOME/sandbox.", show_default=False),
    ] = None,
    proxy: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Also a proxy on that loopback port (0: a free one), for clients that log in at login.salesforce.com.",
            show_default=False,
        ),
    ] = None,
    seed: Seed = 7,
    empty: Annotated[bool, typer.Option("--empty", help="A new org without demo data.")] = False,
    as_json: AsJson = False,
) -> None:
    """Serves a Salesforce org on this machine, a profile service beside it, until stopped: any client may use them.

    A new org gets demo data; one that is there already stays as it is.

    Examples:

      concord sandbox

      concord sandbox --port 8443 --state /tmp/org --empty --json

      concord sandbox --proxy 8080
    """
    with answering(as_json=as_json) as terminal:
        from resources.settings import read_settings
        from resources.world import sandbox_state

        where = state or sandbox_state(read_settings())
        new = not where.exists()
        if where.exists() and not where.is_dir():
            raise WrongUse(f"--state {where} is no directory")
        with until_stopped() as stopped, _served(where, port, proxy) as connection:
            if new and not empty:
                _fill(connection, seed, terminal)
            _announce(connection, terminal)
            _wait(where, stopped)


@contextmanager
def until_stopped() -> Iterator[threading.Event]:
    """The event is set by Ctrl-C or SIGTERM, which are the orderly end of what is served."""
    stopped = threading.Event()
    before = {number: signal.signal(number, lambda *_: stopped.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _served(state: Path, port: int, proxy: int | None) -> Iterator[Connection]:
    from resources.world import serving

    with serving(state, port=port, proxy=proxy) as connection:
        yield connection


def _fill(connection: Connection, seed: int, terminal: Terminal) -> None:
    from resources.demo import make_demo
    from resources.demo.engage import make_engage
    from resources.engage_sandbox.administration import EngageAdministrator
    from resources.sandbox.administration import Administrator

    terminal.tell("Filling the org and the profile service with demo data …", style="dim")
    engage = connection.beside["engage"]
    with make_demo(seed) as made:
        made.fill(Administrator(connection))
        service = EngageAdministrator(engage.admin_url, engage.admin_token, connection.ca_file)
        make_engage(made).fill(Administrator(connection), service)


def _announce(connection: Connection, terminal: Terminal) -> None:
    terminal.show(
        f"Sandbox org at {connection.url}, kept in {connection.state}; Ctrl-C stops it.\n\n"
        f"  SALESFORCE_INSTANCE_URL={connection.url}\n"
        f"  SALESFORCE_CLIENT_ID={connection.client_id}\n"
        f"  SALESFORCE_CLIENT_SECRET={connection.client_secret}\n"
        f"  SALESFORCE_CA_FILE={connection.ca_file}\n"
        + (f"  HTTPS_PROXY={connection.proxy}\n" if connection.proxy else "")
        + "".join(
            f"  {name.upper()}_URL={one.url}\n  {name.upper()}_TOKEN={one.token}\n"
            f"  {name.upper()}_CA_FILE={connection.ca_file}\n"
            for name, one in connection.beside.items()
        )
        + "\n"
        "Concord itself finds the one in $CONCORD_HOME/sandbox without being told."
    )
    terminal.answer(asdict(connection))


def _wait(state: Path, stopped: threading.Event) -> None:
    from resources.sandbox.launch import attach

    while not stopped.wait(1.0):
        if attach(state) is None:
            raise SystemicError("sandbox_ended", f"the sandbox ended by itself; see {state / 'server.log'}")
