"""A run in a process of its own that is killed at an exact step of its load: `… -m tests.runs.doomed HOME ENTITY STEP`.

A step is the moment before and the moment after each thing that reaches the org or the entity's file. Step 0 never
comes: the child lives, and prints how many steps there were. Counting begins with the load.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from pipelines.loading.batching import STANDARD
from pipelines.ports.crm import Crm
from pipelines.run import Request, Stopped, Warehouse, World
from pipelines.sync import Sync
from resources.world import world_of
from tests.runs.place import ALL_BULK, ENTITIES, run_id, served

EFFECTS = (
    "touched", "insert", "update", "insert_and_update", "delete", "create_job", "upload", "abort", "wait", "results",
    "snapshot", "read",
)  # fmt: skip


@dataclass
class Fate:
    """Counts steps, and what is fatal happens at the fatal one."""

    fatal: int
    by: Callable[[], None]
    steps: int = 0
    armed: bool = False

    def step(self) -> None:
        if not self.armed:
            return
        self.steps += 1
        if self.steps == self.fatal:
            self.by()


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupted() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def full() -> None:
    """No file grows beyond a kilobyte any more."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))


class DoomedCrm:
    """The org, with a step before and after every question and every write."""

    def __init__(self, crm: Crm, fate: Fate) -> None:
        self._crm = crm
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._crm, name)
        if name not in EFFECTS:
            return real

        def stepping(*args: Any, **given: Any) -> Any:
            self._fate.step()
            try:
                return real(*args, **given)
            finally:
                self._fate.step()

        return stepping


class DoomedWarehouse:
    """The entity's file, with a step after each time it was open."""

    def __init__(self, warehouse: Warehouse, fate: Fate) -> None:
        self._warehouse = warehouse
        self._fate = fate
        self.path, self.spool = warehouse.path, warehouse.spool

    def published(self, entity: str) -> Path | None:
        return self._warehouse.published(entity)

    def lock(self) -> AbstractContextManager[None]:
        return self._warehouse.lock()

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._warehouse.open() as con:
            yield con
            self._fate.step()  # what was committed is, the rest is not
        self._fate.step()

    def publish(self) -> None:
        self._warehouse.publish()
        self._fate.step()

    def publish_skipped(self, report: str) -> None:
        self._warehouse.publish_skipped(report)
        self._fate.step()


def doomed(world: World, fate: Fate) -> World:
    """The world in which the run ends at the fatal step."""
    crm = DoomedCrm(world.crm(), fate)
    return replace(world, crm=lambda: crm, warehouse=DoomedWarehouse(world.warehouse, fate), sleep=lambda _: None)


def main(home: str, entity: str, fatal: str, *asked: str) -> None:
    """Runs the entity, whatever its plan is, and prints the steps and the report.

    Asked: `import`, `bulk`, and what happens at the fatal step instead of a kill: `interrupt` (Ctrl-C), `full` (disk).
    """
    fate = Fate(int(fatal), interrupted if "interrupt" in asked else full if "full" in asked else killed)
    request = Request(run_id=run_id(), create_missing="import" in asked)
    batching = ALL_BULK if "bulk" in asked else STANDARD
    with world_of(served(Path(home)), entity) as usual:
        world = replace(doomed(usual, fate), batching=batching)
        try:
            with Sync(ENTITIES[entity], world, request) as sync:
                plan = sync.prepare()
                sync.request = replace(request, approve=plan.hash)
                fate.armed = True
                report = sync.carry_out()
        except Stopped as stopped:
            report = stopped.report
    sys.stdout.write(json.dumps({"steps": fate.steps, **report.as_json()}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
