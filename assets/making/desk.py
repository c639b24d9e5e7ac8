"""What a run gets from whoever started it, and leaves there: settings, somebody who watches, the reports.

A Dagster resource. Started from the UI, a run reads its settings from the environment; started in process, it gets
them handed, and its reports are picked up from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.ports.world import Progress
    from pipelines.sync import World
    from pipelines.telling.report import Report
    from resources.settings import Settings


@dataclass
class Desk:
    """One for each process. `reports` holds the last report of each entity, `remarks` what else is to be said of it."""

    given: Settings | None = None
    watch: Callable[[str], Progress] | None = None
    reports: dict[str, Report] = field(default_factory=dict)
    remarks: dict[str, list[str]] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        # heavy enough to keep definitions waiting
        from resources.settings import read_settings

        return self.given or read_settings()

    @property
    def home(self) -> Path:
        return self.settings.concord_home

    @contextmanager
    def world(self, entity: str, log: Callable[[str], None]) -> Iterator[World]:
        """Everything that a run of this entity touches; each step is told to `log` when it begins."""
        # dlt and the Salesforce side take a second to import: only a run waits for them
        from resources.world import at_org, world_of

        with at_org(self.settings) as reached, world_of(reached, entity, self._progress(entity, log)) as world:
            yield world

    def _progress(self, entity: str, log: Callable[[str], None]) -> Progress:
        watch = self.watch(entity) if self.watch else None
        last = ""

        def progress(step: str, done: int, total: int | None) -> None:
            nonlocal last
            if step != last:
                last = step
                log(step)
            if watch:
                watch(step, done, total)

        return progress
