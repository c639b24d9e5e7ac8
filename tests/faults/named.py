"""The faults that the administrator's door knows by name: at which calls of a small plan each is tried, and how.

A new name needs a line in `TRIED`: `test_named_faults` asks the door for its names and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Moment:
    """A call of a run, or a bulk job, told as a rule tells it."""

    route: str
    method: str
    path: str
    nth: int = 1

    @property
    def where(self) -> dict[str, Any]:
        return {"method": self.method, "path": self.path, "nth": self.nth}


# New records each: what is sent a second time would be there twice.
MOMENTS = {
    "a write": Moment("collections", "POST", "/composite/sobjects$", nth=2),
    "the closing of a job": Moment("bulk", "PATCH", "/jobs/ingest/[^/]+$"),
    "results": Moment("bulk", "GET", "/successfulResults$"),
    "a job": Moment("bulk", "JOB", "^ingest/Account/insert/", nth=2),
}
SENDING = ("a write", "the closing of a job")
ANSWERING = ("a write", "results")
SAVING = ("a write", "a job")
WORKING = ("a job",)


@dataclass(frozen=True)
class Tried:
    """Where a fault is tried, and what its rule says beyond the name."""

    at: tuple[str, ...] = SENDING
    says: Mapping[str, Any] = field(default_factory=dict)


WORKED_OFF = ("reset-after", "close-after-write", "drop-answer", "delay", "truncate", "garble", "late-commit")
"""The org does what it was asked: to ask again would be one time too many, even where keys keep it harmless."""
SENT = 2
"""How many calls with new records the plan comes to."""

CLOCK = {"door": "clock", "body": {"seconds": 3600}}

TRIED = {
    "refuse": Tried(says={"seconds": 0.05}),
    "drop": Tried(),
    "reset-before": Tried(),
    "reset-after": Tried(),
    "close-after-write": Tried(),
    "drop-answer": Tried(),
    "delay": Tried(says={"seconds": 0.05}),
    "truncate": Tried(at=ANSWERING),
    "garble": Tried(at=ANSWERING),
    "status": Tried(),
    "unauthorized": Tried(),
    "limit-exceeded": Tried(at=ANSWERING),
    "too-many-requests": Tried(),
    "unavailable": Tried(at=ANSWERING),
    "results-gone": Tried(at=("results",)),
    "expire": Tried(),
    "meanwhile": Tried(at=ANSWERING, says=CLOCK),
    "row-errors": Tried(at=SAVING, says={"rows": 1}),
    "row-locks": Tried(at=SAVING, says={"rows": 1}),
    "late-commit": Tried(at=SAVING, says={"seconds": 120}),
    "job-stuck": Tried(at=WORKING, says={"rows": 1, "seconds": 0.1}),
    "job-failed": Tried(at=WORKING, says={"rows": 1}),
    "job-aborted": Tried(at=WORKING, says={"rows": 1}),
    "rows-unprocessed": Tried(at=WORKING, says={"rows": 1}),
    "rows-unrecorded": Tried(at=WORKING, says={"rows": 1}),
}
