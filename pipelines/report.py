"""What a run says of itself: the JSON of `concord plan` and `concord sync`, and the row of `runs`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Literal

from pipelines.gates import Verdict

Status = Literal["success", "success_with_errors", "failure", "held", "nothing_to_do", "skipped"]


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
    api_calls: int = 0
    planned_calls: int = 0
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

    def as_json(self) -> dict[str, object]:
        """Plain values, ready for JSON."""
        data = asdict(self)
        data["started_at"] = _zulu(self.started_at)
        data["scheduled_for"] = _zulu(self.scheduled_for) if self.scheduled_for else None
        data["seconds"] = round(self.seconds, 3)
        data["gates"] = [asdict(gate) for gate in self.gates]
        return data


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def status_of(*, outcomes: dict[str, int], extracted: int, cells: int, held: bool, stopped: bool) -> Status:
    """One word for a run: failure when it was stopped or every row failed."""
    failed = outcomes.get("failed", 0)
    if stopped or (failed and failed == extracted):
        return "failure"
    if held:
        return "held"
    if failed:
        return "success_with_errors"
    return "success" if cells else "nothing_to_do"
