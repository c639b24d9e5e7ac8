"""The fault report: what was tried on each course, and every schedule after which something differed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from tests.faults.courses import Course
from tests.faults.killed import Killed
from tests.faults.tally import Tally
from tests.faults.trial import Trial
from tests.faults.walk import spell

WIDTH = 120


@dataclass
class Walked:
    """All that was tried on one course."""

    course: Course
    undisturbed: Trial
    pairs: int = 0
    """All schedules of two faults that there are."""
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
        trials = [(spell(self.course, one.schedule), one.wrong) for one in self.tally.wrong]
        kills = [(" ".join([str(self.course), *map(str, one.kills)]), one.wrong) for one in self.killed if one.wrong]
        unlike = [
            (spell(self.course, covered.schedule), ("not as", spell(self.course, stood.schedule)))
            for covered, stood in self.tally.unlike
        ]
        if self.undisturbed.wrong:
            trials.append((str(self.course), self.undisturbed.wrong))
        return [f"python -m tests.faults {words}  # {'; '.join(wrong)}" for words, wrong in [*trials, *unlike, *kills]]


HEAD = (
    "plan and route",
    "calls",
    "one fault",
    "two faults",
    "covered",
    "walked",
    "compared",
    "three",
    "kill -9",
    "most runs",
    "differences",
)
NOTES = """
Calls are those of an undisturbed stroke, runs those until one had nothing to do. Two faults: all such schedules;
covered: those that were walked, and those that up to the second fault left the same state behind as one that was, the
same call ahead and a fault that is the same to it; compared: so many that were only covered were walked whole after
all, and ended as the one that stood for them. One fault and kills: every one was walked whole.
"""


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
    return "\n".join([*table, NOTES, *wrap(f"faults met: {met}", WIDTH), "", end, *wrong, ""])


def _numbers(one: Walked) -> list[int]:
    tally = one.tally
    pairs = [one.pairs, tally.covered, tally.tried[2], tally.compared]
    calls = len(one.undisturbed.calls)
    return [calls, tally.tried[1], *pairs, tally.tried[3], one.died, one.most_runs, len(one.wrong)]
