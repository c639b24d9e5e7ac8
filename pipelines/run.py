"""What a run is given, and how it says that it cannot go on: the nouns of `sync.py`."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

import duckdb

from pipelines.linking.scope import Scope
from pipelines.loading.batching import STANDARD, Batching
from pipelines.ports.crm import Crm
from pipelines.ports.source import Source, TwoWaySource
from pipelines.ports.world import Clock, Elsewhere, Progress
from pipelines.telling.report import Report

OpenFile = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]
"""A connection to the entity's file, for a moment: no transaction is open while the org is asked."""


class Warehouse(Protocol):
    """Where an entity's file lives (see `resources/warehouse.py`)."""

    @property
    def path(self) -> Path:
        """The entity's file."""

    @property
    def spool(self) -> Path:
        """Where pages of a snapshot wait until all have come."""

    def published(self, entity: str) -> Path | None:
        """The copy of another entity's file, if it was ever synced."""

    def lock(self) -> AbstractContextManager[None]:
        """Nobody else syncs this entity meanwhile; SystemicError `already_running` if somebody does."""

    def open(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A connection to the file, with all its tables: cheap within the lock, where the file is held open."""

    def publish(self) -> None:
        """Readers see the file as it is now."""

    def publish_skipped(self, report: str) -> None:
        """Readers see the report of a run that left no other trace, at the cost of a line; until `publish` has it."""


class Alone:
    """Nothing else goes on."""

    def is_syncing(self, entity: str) -> bool:
        """Nobody syncs it."""
        del entity
        return False

    def job_runs(self, name: str) -> bool:
        """There is no such job."""
        del name
        return False

    def exists(self, path: str) -> bool:
        """There is no such file."""
        del path
        return False


@dataclass(frozen=True)
class World:
    """Everything outside that a run touches."""

    source: Source
    crm: Callable[[], Crm]
    """Connects when it is first needed: a feed that cannot be read costs no call."""
    warehouse: Warehouse
    clock: Clock
    progress: Progress
    sleep: Callable[[float], None] = time.sleep
    batching: Batching = STANDARD
    elsewhere: Elsewhere = field(default_factory=Alone)
    back: TwoWaySource | None = None
    """The source, where it can be written back to."""


@dataclass(frozen=True)
class Request:
    """What a person or a schedule asked for."""

    run_id: str
    mode: Literal["plan", "sync"] = "sync"
    scope: Scope = "changed"
    create_missing: bool = False
    """An import: rows without a record are created although scheduled runs may not."""
    excepted: frozenset[str] = frozenset()
    """Keys of rows, and ids of records, of a two-way entity that a person leaves out; a run that is carried out
    remembers them."""
    approve: str | None = None
    """The hash of a plan that a person has seen and wants although gates hold it."""
    scheduled_for: datetime | None = None
    """The moment that a schedule meant, with a time zone; None where a person started the run."""
    named: bool = True
    """Somebody asked for this very entity, and not for all there are: without a source that is a failure."""


class Stopped(Exception):
    """The run ended before it had a plan, or was skipped; its report says why."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.message)
        self.report = report
