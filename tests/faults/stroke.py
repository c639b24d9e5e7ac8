"""A run that is asked for in the machine of `both_sides`, and what disturbs it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from pipelines.run import World
from tests.faults.drawn_wire import Drawn


@dataclass(frozen=True)
class Stroke:
    """Disturbed by faults, a death at one call, a clock of ours that is wrong; or by nothing."""

    route: str
    scope: Literal["changed", "all"] = "changed"
    schedule: Drawn = field(default_factory=dict)
    struck: int = 0
    imports: bool = False
    skew: timedelta = timedelta()
    rows: int = 0
    """Of one batch; 0: as many as the route takes."""

    @property
    def disturbed(self) -> bool:
        return bool(self.schedule or self.struck)

    @property
    def undisturbed(self) -> Stroke:
        """The same run, but that all goes well."""
        return replace(self, schedule={}, struck=0)

    def seen(self, world: World) -> World:
        """Our clock is wrong, and batches are small."""
        usual, rows = world.batching, self.rows
        batching = replace(usual, collection_rows=rows, job_rows=rows) if rows else usual
        return replace(world, clock=lambda: world.clock() + self.skew, batching=batching)
