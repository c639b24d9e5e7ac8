"""What a run says of itself: the JSON of `concord plan` and `concord sync`, and the row of `runs`.

`status` is our word for a run, `result` the coarser one of three that people know from other syncs.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Literal

from pipelines.declaring.gates import Verdict

Status = Literal["success", "success_with_errors", "failure", "held", "nothing_to_do", "skipped"]

Result = Literal["Success", "Success with errors", "Failure"]

RESULTS: dict[str, Result] = {
    "success": "Success",
    "nothing_to_do": "Success",
    "success_with_errors": "Success with errors",
    "held": "Failure",  # nothing was created or updated, though something should have been
    "failure": "Failure",
}
"""A status that stands nowhere here is that of a run which never was one."""


UNEXPECTED = (
    "an error of Concord. Nothing more was sent, and the next run goes on from there; if that one fails as well, report"
    " it with the log of the run in Dagster"
)
"""What it means that a run failed with the error `unexpected`, and what to do."""


def result_of(mode: str, status: str) -> Result | None:
    """Success, Success with errors or Failure; None for a dry run, and for a run that did not take place."""
    return RESULTS.get(status) if mode == "sync" else None


def result_and_status(mode: str, status: str) -> str:
    """The result, and our own word where it says more: `Success`, `Failure (held)`, `held` of a dry run."""
    result, word = result_of(mode, status), status.replace("_", " ")
    if result is None:
        return word
    return result if result.lower() == word else f"{result} ({word})"


@dataclass(frozen=True)
class Report:
    """One run of one entity. `outcomes` adds up to `extracted`; `reasons` splits outcomes that have one."""

    entity: str
    run_id: str
    mode: Literal["plan", "sync"]
    scope: str
    status: Status
    started_at: datetime
    seconds: float
    extracted: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    cells: int = 0
    removals: int = 0
    """Records of the CRM that the plan deletes."""
    api_calls: int = 0
    """Made to the CRM."""
    planned_calls: int = 0
    """To the CRM, for the load."""
    source: dict[str, int] | None = None
    """What is done to the source: `updates`, `creates`, `removals`, `cells`, `calls`; None where it is only read."""
    plan_hash: str | None = None
    gates: tuple[Verdict, ...] = ()
    verified: int = 0
    """Records read again after the load."""
    differing: int = 0
    """Cells of those that the org holds otherwise than they were sent."""
    ignored_columns: tuple[str, ...] = ()
    error: str | None = None
    """Code of what stopped the run."""
    message: str | None = None
    """What stopped the run, or why it was skipped."""
    scheduled_for: datetime | None = None
    """The moment that a schedule meant; None where a person started the run."""
    reading: str | None = None
    """How a source that can tell what changed was read: since when, or in full and why."""
    vanished: int = 0
    """Rows that such a source did not have any more when it was read in full, and did not tell since."""

    @property
    def result(self) -> Result | None:
        """Success, Success with errors or Failure; None for a dry run."""
        return result_of(self.mode, self.status)

    def as_json(self) -> dict[str, object]:
        """Plain values, ready for JSON."""
        data = asdict(self)
        data["started_at"] = _zulu(self.started_at)
        data["scheduled_for"] = _zulu(self.scheduled_for) if self.scheduled_for else None
        data["seconds"] = round(self.seconds, 3)
        data["result"] = self.result
        data["gates"] = [asdict(gate) for gate in self.gates]
        return data


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a run: all of them, those that failed, and of the records to create or update those written and not."""

    extracted: int
    failed: int
    written: int
    refused: int
    told_before: int = 0
    """Of the failed ones those that the last run told of as well, word for word: no attempt of this one."""


def status_of(counts: Counts, *, writes: bool, held: bool, stopped: bool) -> Status:
    """One word for a run: failure when it was stopped, or when nothing of what it tried to write was taken.

    Rows that stayed as they were are no success, and rows that cannot even be tried no attempt: where nothing was to be
    written they are errors once, and from then on what the check of refused rows tells.
    """
    fresh = counts.failed - counts.told_before
    if stopped or (counts.refused and not counts.written) or (fresh and counts.failed == counts.extracted):
        return "failure"
    if held:
        return "held"
    if counts.failed and (writes or counts.failed > counts.told_before):
        return "success_with_errors"
    return "success" if writes else "nothing_to_do"
