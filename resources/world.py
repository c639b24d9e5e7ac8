"""The world of a run, put together from the settings: feeds, org, the entity's file.

With no org set the embedded sandbox is the org: the one that serves already, else one that is started for as long as
it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from pipelines.ports.world import Progress, SystemicError
from pipelines.sync import World
from resources.elsewhere import Neighbours
from resources.feeds import Feeds
from resources.graph.settings import graph_of
from resources.outlook.mailboxes import OutlookMailboxes
from resources.rest import RestCollections
from resources.route import route_to
from resources.salesforce.org import SalesforceOrg
from resources.salesforce.patience import Patience
from resources.sandbox.launch import Connection, DidNotStart, attach, running
from resources.sandbox.state_lock import StateInUse
from resources.services import service_of
from resources.settings import Beside, Settings
from resources.sources import Sources
from resources.warehouse import Warehouse

BESIDE = {"engage": "resources.engage_sandbox:service", "graph": "resources.graph_sandbox:service"}
"""What is served beside the embedded sandbox, always."""


def silent(step: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""


def now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


def sandbox_state(settings: Settings) -> Path:
    """Where the embedded org keeps what it knows."""
    return settings.concord_home / "sandbox"


@contextmanager
def at_org(settings: Settings) -> Iterator[Settings]:
    """The settings, aimed at an org that answers: the one they name, else the embedded sandbox."""
    if not settings.uses_sandbox:
        yield settings
        return
    with ExitStack() as stack:
        yield at_sandbox(settings, _found_or_started(sandbox_state(settings), stack))


def _found_or_started(state: Path, stack: ExitStack) -> Connection:
    """The sandbox that serves there, or one that is started for as long as the stack lives."""
    try:
        if found := attach(state):
            return found
        try:
            return stack.enter_context(running(state, beside=BESIDE))
        except (DidNotStart, StateInUse):
            # somebody else was quicker
            if found := attach(state):
                return found
            raise
    except (DidNotStart, StateInUse) as error:
        raise SystemicError("sandbox_not_started", str(error)) from error


@contextmanager
def serving(state: Path, *, port: int = 0, proxy: int | None = None) -> Iterator[Connection]:
    """A sandbox on that state directory serves inside; SystemicError where it cannot."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(running(state, port=port, proxy=proxy, beside=BESIDE))
        except (DidNotStart, StateInUse) as error:
            raise SystemicError("sandbox_not_started", str(error)) from error
        yield started


def at_sandbox(settings: Settings, sandbox: Connection) -> Settings:
    """The settings, aimed at this sandbox and what is beside it."""
    org = settings.at_org(sandbox.url, sandbox.client_id, sandbox.client_secret, Path(sandbox.ca_file))
    return org.with_beside({name: Beside(one.url, SecretStr(one.token)) for name, one in sandbox.beside.items()})


def sources_of(settings: Settings, patience: Patience | None = None) -> Sources:
    """Where rows come from: `settings` name an org that answers (see `at_org`)."""
    working = settings.concord_home / "dlt"
    return Sources(
        Feeds(settings.concord_feeds, working, route_to(settings.concord_feeds, settings, settings.concord_ca_file)),
        RestCollections(lambda name: service_of(name, settings), working, patience),
        OutlookMailboxes(lambda: graph_of(settings), working, now, patience, settings.salesforce_instance_url),
    )


@contextmanager
def world_of(
    settings: Settings, entity: str, progress: Progress = silent, patience: Patience | None = None
) -> Iterator[World]:
    """Everything that a run of this entity touches; `settings` name an org that answers (see `at_org`)."""
    sources = sources_of(settings, patience)
    with SalesforceOrg(settings, patience) as org:
        yield World(
            source=sources,
            back=sources,
            crm=lambda: org,
            warehouse=Warehouse(settings.concord_home, entity),
            clock=now,
            progress=progress,
            elsewhere=Neighbours(settings.concord_home),
        )
