"""One run in a state machine: it may be struck down, and some promises are kept by every run there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.declaring.entity import Entity
from pipelines.ports.source import Source
from pipelines.run import Request, World
from pipelines.telling.report import Report
from tests.faults import promises
from tests.faults.drawn_wire import DrawnWire
from tests.faults.inside import Inside
from tests.faults.outside import HeldOpen, outside
from tests.faults.overheard import overhearing
from tests.runs.place import run_once, unchanged


class Struck(BaseException):
    """The process is gone: nothing handles this, and the entity's file is as it was last committed."""


@dataclass(frozen=True)
class Runner:
    """An org, and an entity's file in a home."""

    org: Inside
    warehouse: HeldOpen
    home: Path

    def run(
        self,
        entity: Entity,
        request: Request,
        wire: DrawnWire,
        source: Source,
        *,
        route: str = "collections",
        approved: bool = True,
        seen_as: Callable[[World], World] = unchanged,
    ) -> Report | None:
        """The report, whatever the plan was where it is `approved`; None of a run that was struck down."""
        try:
            with (
                overhearing() as heard,
                outside(self.org, wire, source, self.warehouse, route, self.home) as world,
            ):
                report = run_once(entity, seen_as(world), request, approved=approved)
                heard.reads(report)
        except Struck:
            self.warehouse.close()  # whoever opens it next finds what was committed
            return None
        finally:
            wire.org.give_back()
        promises.billed(report, wire)
        if route == "collections":  # jobs cost nothing here, lest there are none
            promises.cost_what_was_planned(report, wire)
        return report
