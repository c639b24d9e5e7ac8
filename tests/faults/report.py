"""The fault report: what was tried on each route, and every schedule after which something differed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.killed import Killed
from tests.faults.walk import Tally, spell


@dataclass
class Walked:
    """All that was tried on one route."""

    route: str
    tally: Tally = field(default_factory=lambda: Tally(""))
    killed: list[Killed] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """A line for each schedule that ended wrongly: how to try it again, and what was wrong."""
        faults = [(spell(self.route, trial.schedule), trial.wrong) for trial in self.tally.wrong]
        kills = [(" ".join([self.route, *map(str, one.kills)]), one.wrong) for one in self.killed if one.wrong]
        return [f"python -m tests.faults {words}  # {'; '.join(wrong)}" for words, wrong in [*faults, *kills]]


def merged(parts: Sequence[Tally]) -> Tally:
    """What the parts of one walk came to together."""
    whole = Tally(parts[0].route, undisturbed=parts[0].undisturbed)
    for part in parts:
        whole.singles += part.singles
        whole.pairs += part.pairs
        whole.all_pairs += part.all_pairs
        whole.most_runs = max(whole.most_runs, part.most_runs)
        whole.kinds += part.kinds
        whole.wrong += part.wrong
        whole.seconds = max(whole.seconds, part.seconds)
    return whole


def told(walked: Sequence[Walked], *, minutes: float) -> str:
    """The report as text."""
    lines = []
    for one in walked:
        tally = one.tally
        died = sum(killed.died for killed in one.killed)
        lines += [
            f"{one.route}: {tally.undisturbed} calls undisturbed, until quiet",
            f"  one fault    {tally.singles:6} schedules, all there are",
            f"  two faults   {tally.pairs:6} schedules of {tally.all_pairs}",
            f"  kill -9      {died:6} kills, before and after each call",
            f"  runs         {tally.most_runs:6} at most, until quiet",
            "  faults met   " + ", ".join(f"{kind} {count}" for kind, count in sorted(tally.kinds.items())),
        ]
    wrong = [line for one in walked for line in one.wrong]
    lines += [f"{minutes:.1f} minutes, differences: {len(wrong)}", *wrong, ""]
    return "\n".join(lines)
