"""How many rows travel together, by which route, and what that costs in API calls.

The defaults are Salesforce's limits; whoever asks that the end state be the same whatever the batches gives others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Route = Literal["collections", "bulk"]

JOB_CHARACTERS = 60_000_000
"""Of one upload, which may have 100 MB."""


@dataclass(frozen=True, slots=True)
class Batching:
    """`collection_rows` of one kind in one call, `job_rows` in one bulk job, which takes `job_calls` calls.

    Before each job, and before the first of some collections, a call asks what others changed meanwhile.
    """

    collection_rows: int = 200
    job_rows: int = 100_000
    job_calls: int = 8
    """Create, upload, close, about two polls, three result files."""
    source_rows: int = 20
    """In one call to a source that is written back to."""

    def cost_of(self, rows: int) -> int:
        """API calls that so many rows of one kind take, alone or with another kind that shares their one call."""
        return min(1 + -(-rows // self.collection_rows), (1 + self.job_calls) * max(1, -(-rows // self.job_rows)))

    def cost_of_removals(self, rows: int) -> int:
        """API calls that deleting so many records takes."""
        return 1 + -(-rows // self.collection_rows) if rows else 0

    def cost_in_source(self, rows: int) -> int:
        """Calls to the source that so many rows of one kind take."""
        return -(-rows // self.source_rows)

    def route_of(self, rows: int) -> Route:
        """The cheaper route for so many rows."""
        return "collections" if -(-rows // self.collection_rows) <= self.job_calls else "bulk"

    def fits_a_call(self, rows: int) -> bool:
        """Whether so many rows are one collection."""
        return rows <= self.collection_rows and self.route_of(rows) == "collections"

    def job_size(self, rows: int, characters: int) -> int:
        """Rows of one job, when so many have so many characters in all."""
        return max(1, min(self.job_rows, int(rows * JOB_CHARACTERS / max(characters, 1))))


STANDARD = Batching()
