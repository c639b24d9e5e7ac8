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
    """One column a run, every outcome a row."""
    reports = [report for _, report in chapters]
    seen = [outcome for outcome in OUTCOMES if any(report.outcomes.get(outcome) for report in reports)]
    rows: list[tuple[object, ...]] = [
        *((outcome, *(report.outcomes.get(outcome, 0) for report in reports)) for outcome in seen),
        ("rows", *(report.extracted for report in reports)),
        ("API calls", *(report.api_calls for report in reports)),
        ("seconds", *(round(report.seconds, 1) for report in reports)),
    ]
    made = table(("run", *(f"{number} {report.entity}" for number, report in enumerate(reports, start=1))), rows)
    made.rows[len(seen) - 1].end_section = True
    return made


def left_over(last: Sequence[Report]) -> Table:
    """Rows that nothing could be done with, and why."""
    rows = [
        (report.entity, outcome, reason, count, meaning(outcome, reason, report.entity))
        for report in last
        for outcome, reason, count in outcome_rows(report)
        if outcome in ("held", "failed")
    ]
    return table(("left to people", "outcome", "reason", "rows", "meaning"), rows)
