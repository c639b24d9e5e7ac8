"""Where and when a source was read, and whether it can be asked there for what changed since then.

It cannot be when it is another place now, or when its clock lost time against ours: what changed in the hours that the
clock went through twice may be dated before the last reading. Both are seen by the answer, and everything is read then.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.declaring.source import AnySource
from pipelines.ports.source import Landed
from pipelines.run import World

OVERLAP = timedelta(minutes=5)
"""How far an incremental reading reaches back: a change is stamped before others can see it, and clocks are set."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """`place` is what the source calls the place, `theirs` its clock, `ours` our own; what is not known is None."""

    place: str | None = None
    theirs: datetime | None = None
    ours: datetime | None = None

    @property
    def since(self) -> datetime | None:
        """From when on changes are asked for."""
        return self.theirs - OVERLAP if self.theirs else None

    def broken_by(self, now: Sighting) -> str | None:
        """Why what changed since this one cannot have been told by who answers now; None where it can."""
        if now.place != self.place:
            return "it is another place than the one that was read last"
        if self.theirs and self.ours and now.theirs and now.ours:
            lost = (now.ours - self.ours) - (now.theirs - self.theirs)
            if max(lost, self.theirs - now.theirs) > OVERLAP:
                return "its clock went back"
        return None

    def __str__(self) -> str:
        moments = {name: moment and moment.isoformat() for name, moment in (("at", self.theirs), ("ours", self.ours))}
        return json.dumps({"place": self.place, **moments})


def sighting_of(text: str | None) -> Sighting:
    """The one that was written down as this text."""
    said = json.loads(text or "{}")
    theirs, ours = (datetime.fromisoformat(said[name]) if said.get(name) else None for name in ("at", "ours"))
    return Sighting(said.get("place"), theirs, ours)


@dataclass(frozen=True, slots=True)
class Told:
    """What was landed, where and when. `broken`: why it had to be read in full after all."""

    landed: Landed
    seen: Sighting
    broken: str | None = None


def land_since(world: World, collection: AnySource, columns: Sequence[str], before: Sighting | None) -> Told:
    """The landing tables hold what changed since `before`, or everything if there is none, or if it does not hold."""
    since = before.since if before else None
    ours = world.clock()
    landed = world.source.land(collection, columns, world.warehouse.path, world.progress, since)
    seen = Sighting(landed.place, landed.read_at, ours)
    broken = before.broken_by(seen) if before and since else None
    return Told(land_since(world, collection, columns, None).landed, seen, broken) if broken else Told(landed, seen)
