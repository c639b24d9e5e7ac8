"""The end of the demo: its runs in one table, whether they add up, what was left to people, where to click next."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assets.commands.answering import Exit, leave
from assets.commands.meanings import meaning

if TYPE_CHECKING:
    from rich.table import Table

    from assets.commands.demo_story import Chapter, Story
    from pipelines.telling.report import Report

NEXT = """
Next: make ui, and open http://127.0.0.1:3000: these runs are there. Then concord missing accounts,
concord errors personnel, concord errors profiles, concord history."""


def conclude(story: Story) -> None:
    """The whole story in one table, and how it ended; exit code 1 if it does not add up or anything is left to do."""
    chapters = story.chapters
    last = list({chapter.report.entity: chapter for chapter in chapters}.values())
    whole = all(chapter.adds_up for chapter in chapters)
    cells = sum(chapter.report.cells for chapter in last)
    calls = sum(chapter.report.api_calls for chapter in chapters)
    seconds = time.monotonic() - story.began
    show = story.terminal.show
    story.terminal.tell("\nThe whole story", style="bold")
    show(summary(chapters), left_over([chapter.report for chapter in last]))
    rows = ", ".join(f"{chapter.told.rows:,} of {chapter.report.entity}" for chapter in last)
    show(
        f"{'Adds up' if whole else 'DOES NOT ADD UP'}: the sources tell {rows}, and each run gave each row its outcome."
    )
    show(f"The second time {'nothing was left to do' if not cells else f'{cells:,} CELLS WERE STILL TO WRITE'}.")
    show(f"{calls} API calls, {seconds:.0f} seconds.", NEXT)
    story.terminal.answer(
        {
            "home": str(story.settings.concord_home),
            "runs": [{"step": one.title, "rows_told": one.told.rows, **one.report.as_json()} for one in chapters],
            "rows_in_feeds": {chapter.report.entity: chapter.told.rows for chapter in last},
            "adds_up": whole,
            "cells_the_second_time": cells,
            "seconds": round(seconds, 1),
        }
    )
    leave(Exit.FINE if whole and not cells else Exit.FAILURE)


def summary(chapters: Sequence[Chapter]) -> Table:
    """One row a run, a column for each outcome that there was."""
    from assets.commands.tables import table
    from pipelines.telling.outcomes import OUTCOMES

    reports = [chapter.report for chapter in chapters]
    seen = [outcome for outcome in OUTCOMES if any(report.outcomes.get(outcome) for report in reports)]
    rows = [
        (
            number,
            one.report.entity,
            f"{one.told.rows:,} changed" if one.told.since else f"{one.told.rows:,}",
            *(one.report.outcomes.get(outcome, 0) or "" for outcome in seen),
            one.report.cells,
            one.report.api_calls,
            round(one.report.seconds, 1),
        )
        for number, one in enumerate(chapters, start=1)
    ]
    return table(("run", "entity", "rows told", *seen, "cells", "API calls", "seconds"), rows)


def left_over(last: Sequence[Report]) -> Table:
    """Rows that nothing could be done with, and why."""
    from assets.commands.report_text import outcome_rows
    from assets.commands.tables import table

    rows = [
        (report.entity, outcome, reason, count, meaning(outcome, reason, report.entity))
        for report in last
        for outcome, reason, count in outcome_rows(report)
        if outcome in ("held", "failed")
    ]
    return table(("left to people", "outcome", "reason", "rows", "meaning"), rows)
