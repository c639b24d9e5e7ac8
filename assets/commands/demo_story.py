"""The telling of the demo: runs are carried out and shown, and beside each report stands what its source told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assets.commands.answering import Terminal

if TYPE_CHECKING:
    from assets.commands.running import Order
    from pipelines.telling.report import Report
    from resources.demo.counting import Told
    from resources.settings import Settings


SHOWN_CELLS = 12
"""Lines of a plan of both sides, of which a person would look at all."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One run: what it says of itself, and what its source told, counted by somebody else."""

    title: str
    report: Report
    told: Told

    @property
    def adds_up(self) -> bool:
        """Every row that was told has an outcome; where only changes were told, rows of before may have one as well."""
        outcomes = sum(self.report.outcomes.values())
        return outcomes >= self.told.rows if self.told.since else outcomes == self.told.rows


@dataclass
class Story:
    """What has been told so far. `count` counts what an entity's source told in the run that is just over."""

    settings: Settings
    terminal: Terminal
    count: Callable[[str], Told]
    began: float = field(default_factory=time.monotonic)
    chapters: list[Chapter] = field(default_factory=list)
    steps: int = 0

    def says(self, text: str) -> None:
        self.terminal.tell(text, style="bold")

    def runs(self, title: str, order: Order) -> None:
        """The order is carried out; a plan that is held is shown, and approved as a person would after a look."""
        from assets.commands.plan_cells import show_both_sides
        from assets.commands.report_text import headline, report_text
        from assets.commands.running import approving, carry_out

        self.steps += 1
        self.says(f"\n{self.steps}. {title}")
        reports = carry_out(order, self.settings, self.terminal)
        stranded = tuple(report.entity for report in reports if report.error == "upstream_failed")
        ran = [report for report in reports if report.entity not in stranded]
        self.chapters += [Chapter(title, report, self.count(report.entity)) for report in ran]
        for report in ran:
            quiet = report.status == "nothing_to_do"  # its rows ended as they did before
            text = headline(report) if quiet else report_text(report, approve=approving(order, report))
            self.terminal.show(*((text,) if quiet else (text, "")))
            if report.status == "held" and report.source:
                show_both_sides(report.entity, self.settings.concord_home, self.terminal, SHOWN_CELLS)
        for report in ran:
            if report.status == "held" and order.approve is None:
                again = replace(order, entities=(report.entity,), approve=report.plan_hash)
                self.runs(f"Looked at and approved: concord sync {report.entity}", again)
        if stranded:
            self.runs(f"concord sync {' '.join(stranded)}", replace(order, entities=stranded))
