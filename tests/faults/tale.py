"""What the stories of the state machines were about, told in numbers: without them "nothing broke" says nothing.

What is counted where is said by the machines themselves; here is only the count, and what all stories have in common.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize


@dataclass
class Tale:
    """Of some stories together."""

    done: Counter[str] = field(default_factory=Counter)
    """What was done → how often."""
    faults: Counter[str] = field(default_factory=Counter)
    """Kind → how often a call met it."""

    def ran(self, mode: str, met: Iterable[str], *, died: bool) -> None:
        """A run, or a dry run, is over."""
        kinds = Counter(met)
        self.faults += kinds
        self.done["faults"] += kinds.total()
        self.done[{"plan": "plans", "sync": "runs"}[mode]] += 1
        self.done[f"{mode} met faults"] += bool(kinds)
        self.done[f"{mode} killed"] += died

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        told = ", ".join(f"{what} {count}" for what, count in sorted(self.done.items()) if count)
        return f"{told}; of faults: {kinds or 'none'}"

    def lacks(self, least: Mapping[str, int]) -> list[str]:
        """What was done less often than that."""
        return [what for what, count in least.items() if self.done[what] < count]


class Story(RuleBasedStateMachine):
    """One story of a machine; those of a class of its own share their `tale`."""

    tale: ClassVar[Tale] = Tale()

    @initialize(more=st.integers(0, 31))
    def something_happens(self, more: int) -> None:
        """Hypothesis begins with the shortest story there is, in which nothing ever happens: it is left out."""
        assume(more)
        self.tale.done["stories"] += 1
