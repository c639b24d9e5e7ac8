"""Everything else that a run touches, in a form that a thousand runs can afford: feed, client, the entity's file."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines import memory
from pipelines.declaring.source import AnySource
from pipelines.loading.batching import Batching
from pipelines.ports.source import Landed, Source
from pipelines.ports.world import Progress
from pipelines.run import World
from resources.graph.client import Graph
from resources.outlook.mailboxes import OutlookMailboxes
from resources.outlook.staging import Staging
from resources.salesforce.org import SalesforceOrg
from resources.salesforce.patience import Patience
from resources.settings import Settings, read_settings
from resources.warehouse import Warehouse
from resources.world import silent
from tests.faults.inside import URL, Inside
from tests.faults.wire import Wire

Row = Mapping[str, str | None]
ROUTES = {"collections": Batching(), "bulk": Batching(job_calls=0, job_rows=100)}
PATIENCE = Patience(attempts=2, pause=0.001, longest=2, sleep=lambda _: time.sleep(0.0005))
"""Two attempts: one fault is overcome, two in a row are not."""


@dataclass
class Listed:
    """A source that is a list of rows."""

    rows: Sequence[Row]

    def fingerprint(self, source: AnySource) -> str:
        return hashlib.sha256(repr([source.name, list(self.rows)]).encode()).hexdigest()

    def land(
        self, source: AnySource, columns: Sequence[str], file: Path, progress: Progress, since: datetime | None = None
    ) -> Landed:
        del progress
        told = {name: pa.array([row.get(name) for row in self.rows], pa.string()) for name in columns}
        places = {
            "_file": pa.array([f"{source.name}.csv"] * len(self.rows), pa.string()),
            "_line": pa.array(range(1, len(self.rows) + 1), pa.int64()),
        }
        with duckdb.connect(file) as con:
            con.execute("create schema if not exists landing")
            con.register("landed", pa.table({**places, **told}))
            con.execute("create or replace table landing.rows as from landed")
            con.execute("create or replace table landing.rejects (_file varchar, _line bigint, reason varchar)")
        return Landed(len(self.rows), 0, self.fingerprint(source))


class WiredOrg(SalesforceOrg):
    """The real client, on our line."""

    def __init__(self, settings: Settings, wire: Wire) -> None:
        super().__init__(settings, PATIENCE)
        self._session.mount("https://", wire)


class WiredMailboxes(OutlookMailboxes):
    """The real client of the mailboxes beside the org, on our line; what it read is landed without dlt."""

    def __init__(self, org: Inside, wire: Wire, warehouse: Warehouse | HeldOpen, home: Path) -> None:
        super().__init__(lambda: org.office.account, home / "dlt", org.org.time, PATIENCE, URL)
        self._wire = wire
        self._warehouse = warehouse

    def fingerprint(self, source: AnySource) -> None:
        """Only reading tells."""
        del source

    def land(self, source: AnySource, *_: object, **__: object) -> Landed:
        """Mailboxes are asked for what changed."""
        raise TypeError(source.name)

    @contextmanager
    def _graph(self) -> Iterator[Graph]:
        with super()._graph() as graph:
            graph._session._http.mount("https://", self._wire)  # noqa: SLF001 - it takes no transport
            yield graph

    def _land(self, staging: Staging, file: Path) -> None:
        del file
        with self._warehouse.open() as con:
            con.execute("create schema if not exists landing")
            for name, staged in staging.tables.items():
                found = ", ".join(f"'{path}'" for path in staged.files)
                con.execute(f"create or replace table landing.{name} as from read_parquet([{found}])")


@dataclass
class HeldOpen:
    """The entity's file, opened once for a whole schedule: opening takes half of a small run.

    Each `open` is a connection of its own, so that nothing temporary outlives it, as with the real one.
    """

    real: Warehouse
    published_too: bool = False
    """Another entity reads the copy."""
    _held: list[duckdb.DuckDBPyConnection] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.real.path

    @property
    def spool(self) -> Path:
        return self.real.spool

    def published(self, entity: str) -> Path | None:
        return self.real.published(entity)

    def lock(self) -> AbstractContextManager[None]:
        return self.real.lock()

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self._held:
            self._held.append(duckdb.connect(self.path))
            memory.prepare(self._held[0], self.path)
            self._held[0].execute("set threads = 1")  # a handful of rows: more only get in each other's way
        with self._held[0].cursor() as con:
            con.execute("set timezone = 'UTC'")
            yield con

    def publish(self) -> None:
        if self.published_too:
            with self.open() as con:
                con.execute("checkpoint")
            self.real.publish()

    def publish_skipped(self, report: str) -> None:
        self.real.publish_skipped(report)

    def close(self) -> None:
        for con in self._held:
            con.close()
        self._held.clear()


def settings_of(org: Inside, home: Path) -> Settings:
    who = org.org.identity
    return read_settings(
        env_file=None,
        concord_home=home,
        salesforce_instance_url=URL,
        salesforce_client_id=who.client_id,
        salesforce_client_secret=who.client_secret,
    )


@contextmanager
def outside(
    org: Inside,
    wire: Wire,
    source: Source,
    warehouse: Warehouse | HeldOpen,
    route: str,
    home: Path,
    *,
    late: timedelta = timedelta(0),
) -> Iterator[World]:
    """The world of one run: a process of its own would log in anew, and so does this. `late`: its clock is ahead."""
    with WiredOrg(settings_of(org, home), wire) as crm:
        yield World(
            source=source,
            crm=lambda: crm,
            warehouse=warehouse,
            back=WiredMailboxes(org, wire, warehouse, home),
            clock=lambda: org.org.time() + late,
            progress=silent,
            sleep=lambda _: None,
            batching=ROUTES[route],
        )
