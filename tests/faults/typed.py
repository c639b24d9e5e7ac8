"""A person types into a record while a run is under way, and what may stand there when all is quiet again.

A run looks at what people did just before it writes. What is typed before that look, or after the write, counts as the
declaration has it. What is typed between the two may be written over: a window of one call, of the upload and the close
where it is a job (see `test_edits`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import dropwhile
from typing import TYPE_CHECKING

from tests.contract import Record
from tests.faults.drawn_wire import DrawnWire
from tests.faults.hands import Hands
from tests.faults.kinds import WRITES
from tests.oracle import Oracle

if TYPE_CHECKING:
    from tests.faults.side import Side

OURS = (
    "PATCH composite/sobjects",
    f"POST {WRITES}",
    "PUT jobs/ingest/ID/batches",
    "PATCH jobs/ingest/ID",
    "GET jobs/ingest/ID",  # the job may not have begun
)
"""Calls that write; before each one a person may be quicker than we."""
BETWEEN = ("POST token", "POST jobs/ingest")
"""Calls that may come between the look and the write, where a session is over."""


@dataclass
class Typed:
    """One cell, typed just before the call of that number, or after the run where it had fewer calls."""

    record: str
    cell: str
    value: str | None
    at: int
    done: bool = field(default=False, init=False)

    def types(self, hands: Hands) -> None:
        hands.edits(self.record, {self.cell: self.value})
        self.done = True

    def over(self, record: Record) -> Record:
        """What was typed, over what was there."""
        return {**record, self.cell: self.value}

    def right(
        self, side: Side, unaware: Oracle, aware: Oracle, *, everything: bool
    ) -> dict[tuple[str, str], set[object]]:
        """What may stand in the cell after one more run. `unaware` and `aware`: of what was typed."""
        if not self.done:
            self.types(side)
        right = {aware.records[self.record][self.cell]}
        if not everything:
            right.add(self.value)  # what a run has settled is not looked at again
        if self.cell != side.plan.unmapped and self._written_over(side.wire):
            right.add(unaware.records[self.record][self.cell])
        right |= {str(one).replace("\n", "\r\n") for one in right if one}  # as an org keeps lines
        return {(self.record, self.cell): right}

    def _written_over(self, wire: DrawnWire) -> bool:
        """Whether a run that had looked already may have written over it."""
        rest = dropwhile(BETWEEN.__contains__, map(str, wire.calls[self.at - 1 :]))
        return next(rest, "") in OURS or "late" in wire.kinds_met
