"""The fault report: what was tried on each course, and every schedule after which something differed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from tests.faults.courses import Course
from tests.faults.killed import Killed
from tests.faults.walk import Tally, spell

WIDTH = 120


@dataclass
class Walked:
    """All that was tried on one course."""

    course: Course
    tally: Tally = field(default_factory=Tally)
    killed: list[Killed] = field(default_factory=list)

    @property
    def died(self) -> int:
        return sum(killed.died for killed in self.killed)

    @property
    def most_runs(self) -> int:
        return max([self.tally.most_runs, *(killed.runs for killed in self.killed)])

    @property
    def wrong(self) -> list[str]:
        """A line for each schedule that ended wrongly: how to try it again, and what was wrong."""
        faults = [(spell(self.course, trial.schedule), trial.wrong) for trial in self.tally.wrong]
        kills = [(" ".join([str(self.course), *map(str, one.kills)]), one.wrong) for one in self.killed if one.wrong]
        return [f"python -m tests.faults {words}  # {'; '.join(wrong)}" for words, wrong in [*faults, *kills]]


def merged(parts: Sequence[Tally]) -> Tally:
    """What the parts of one walk came to together."""
    whole = Tally(undisturbed=parts[0].undisturbed)
    for part in parts:
        whole.tried += part.tried
        whole.all_pairs += part.all_pairs
        whole.most_runs = max(whole.most_runs, part.most_runs)
        whole.kinds += part.kinds
        whole.wrong += part.wrong
    return whole


HEAD = ("plan and route", "calls", "one fault", "two faults", "of", "three", "kill -9", "most runs", "differences")
"""Calls: of an undisturbed stroke. Runs: until one had nothing to do."""


def told(walked: Sequence[Walked], *, minutes: float, seed: int) -> str:
    """The report as text: a line a course, their sum, how often each kind was met, and what differed."""
    rows = [_numbers(one) for one in walked]
    whole = [max(column) if name == "most runs" else sum(column) for name, *column in zip(HEAD[1:], *rows, strict=True)]
    names = [HEAD[0], *(str(one.course) for one in walked), "in all"]
    cells = [HEAD[1:], *([f"{number:,}" for number in row] for row in (*rows, whole))]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    table = [
        "  ".join(
            [name.ljust(max(map(len, names))), *(cell.rjust(width) for cell, width in zip(line, widths, strict=True))]
        )
        for name, line in zip(names, cells, strict=True)
    ]
    kinds: Counter[str] = sum((one.tally.kinds for one in walked), Counter())
    met = ", ".join(f"{kind} {count:,}" for kind, count in kinds.most_common())
    wrong = [line for one in walked for line in one.wrong]
    end = f"seed {seed}, {minutes:.1f} minutes, differences: {len(wrong)}"
    return "\n".join([*table, "", *wrap(f"faults met: {met}", WIDTH), "", end, *wrong, ""])


def _numbers(one: Walked) -> list[int]:
    tally = one.tally
    tried = [tally.tried[1], tally.tried[2], tally.all_pairs, tally.tried[3]]
    return [tally.undisturbed, *tried, one.died, one.most_runs, len(one.wrong)]
