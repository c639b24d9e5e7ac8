"""What a walk came to: schedules tried, schedules covered by others, and every one that ended wrongly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.trial import Trial


@dataclass
class Tally:
    """Of one course, or of a part of it."""

    tried: Counter[int] = field(default_factory=Counter)
    """Number of faults → schedules that were walked."""
    covered: int = 0
    """Schedules of two faults that were walked, or began as one that was: see `classes`."""
    compared: int = 0
    """Of those that were only covered: how many were walked whole after all."""
    unlike: list[tuple[Trial, Trial]] = field(default_factory=list)
    """Of these the ones that did not end as the one that stood for them, each with that one."""
    most_runs: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[Trial] = field(default_factory=list)

    def add(self, trial: Trial) -> None:
        self.kinds.update(trial.schedule.values())
        self.most_runs = max(self.most_runs, len(trial.runs))
        if trial.wrong:
            self.wrong.append(trial)
        self.tried[len(trial.schedule)] += 1


def merged(parts: Sequence[Tally]) -> Tally:
    """What the parts of one walk came to together."""
    whole = Tally()
    for part in parts:
        whole.tried += part.tried
        whole.covered += part.covered
        whole.compared += part.compared
        whole.unlike += part.unlike
        whole.most_runs = max(whole.most_runs, part.most_runs)
        whole.kinds += part.kinds
        whole.wrong += part.wrong
    return whole
