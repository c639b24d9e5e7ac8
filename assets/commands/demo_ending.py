"""The end of the demo: its runs in one table, and what was left to people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from assets.commands.meanings import meaning
from assets.commands.report_text import outcome_rows
from assets.commands.tables import table
from pipelines.outcomes import OUTCOMES
from pipelines.report import Report


def summary(chapters: Sequence[tuple[str, Report]]) -> Table:
    """One line a run, every outcome a column."""
    seen = [outcome for outcome in OUTCOMES if any(report.outcomes.get(outcome) for _, report in chapters)]
    rows = [
        (
            number,
            report.entity,
            report.status.replace("_", " "),
            *(report.outcomes.get(outcome, 0) for outcome in seen),
            report.extracted,
            report.api_calls,
            round(report.seconds, 1),
        )
        for number, (_, report) in enumerate(chapters, start=1)
    ]
    return table(("", "entity", "status", *seen, "rows", "API calls", "seconds"), rows)


def left_over(last: Sequence[Report]) -> Table:
    """Rows that nothing could be done with, and why."""
    rows = [
        (report.entity, outcome, reason, count, meaning(outcome, reason, report.entity))
        for report in last
        for outcome, reason, count in outcome_rows(report)
        if outcome in ("held", "failed")
    ]
    return table(("left to people", "outcome", "reason", "rows", "meaning"), rows)
