"""`concord demo`: from nothing to an org in accord, twice, and a report that adds up."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assets.commands.answering import Exit, Terminal, answering, leave
from assets.commands.options import AsJson
from assets.commands.sandbox import Seed

if TYPE_CHECKING:
    from assets.commands.running import Order
    from pipelines.report import Report
    from resources.settings import Settings


def demo(
    *,
    seed: Seed = 7,
    institutions: Annotated[int, typer.Option(min=1, help="Rows of the directory of institutions.")] = 2_000,
    people: Annotated[int, typer.Option(min=1, help="Rows of the directory of people.")] = 20_000,
    anew: Annotated[
        bool, typer.Option("--anew", help="Even if CONCORD_HOME holds something else: away with it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """From nothing: an untidy org on this machine, two directories that know better, everything synced twice.

    It never touches an org of yours: with SALESFORCE_… set it refuses. Run again, the story begins anew.

    Examples:

      concord demo

      concord demo --institutions 1000 --people 5000
    """
    with answering(as_json=as_json) as terminal:
        from assets.commands.demo_home import fresh_home
        from resources.settings import read_settings
        from resources.world import sandbox_state, serving

        # what goes wrong in a story is nobody's alarm
        settings = read_settings().model_copy(update={"concord_alerts": None, "concord_heartbeat_url": None})
        fresh_home(settings, terminal, anew=anew)
        story = Story(settings, terminal)
        with serving(sandbox_state(settings)) as connection:
            from resources.demo import make_demo
            from resources.sandbox.administration import Administrator

            story.says(
                f"An untidy org and a directory of {institutions:,} institutions and {people:,} people are made …"
            )
            try:
                made = make_demo(seed, institutions, people)
            except ValueError as error:
                raise typer.BadParameter(str(error)) from None
            made.write_feeds(Path(settings.concord_feeds))
            made.fill(Administrator(connection))
            play(story)
        conclude(story)


@dataclass
class Story:
    """What has been told so far."""

    settings: Settings
    terminal: Terminal
    began: float = field(default_factory=time.monotonic)
    chapters: list[tuple[str, Report]] = field(default_factory=list)

    def says(self, text: str) -> None:
        self.terminal.tell(text, style="bold")

    def runs(self, title: str, order: Order) -> Sequence[Report]:
        """The order is carried out; a plan that is held is shown, and approved as a person would after a look."""
        from assets.commands.report_text import report_text
        from assets.commands.running import approving, carry_out

        self.says(f"\n{len(self.chapters) + 1}. {title}")
        reports = carry_out(order, self.settings, self.terminal)
        for report in reports:
            self.chapters.append((title, report))
            self.terminal.show(report_text(report, approve=approving(order, report)))
            if report.status == "held" and order.approve is None:
                again = replace(order, entities=(report.entity,), approve=report.plan_hash)
                return self.runs(f"Looked at and approved: {title}", again)
        return reports


def play(story: Story) -> None:
    """Accounts, people, what is missing, the people who waited for it, and everything once more."""
    from assets.commands.running import Order

    first, *others = entities_in_order()
    for name in (first, *others):
        story.runs(f"concord sync {name}", Order((name,)))
    tell_missing(story, first)
    story.runs(f"concord missing {first} --import", Order((first,), create_missing=True))
    for name in others:
        story.runs(f"concord sync {name}, now that their institutions are there", Order((name,)))
    story.runs("concord sync, a second time", Order((first, *others)))


def entities_in_order() -> tuple[str, ...]:
    """The declared entities, parents first."""
    from assets.declarations import entities

    return tuple(entities())


def tell_missing(story: Story, entity: str) -> None:
    """What the archive knows of missing ones, in a sentence and its first rows."""
    from assets.commands.missing import show_missing
    from assets.declarations import entities
    from resources.archive import Archive

    found = Archive(story.settings.concord_home).lacking(entities()[entity], entities())
    story.says(f"\nconcord missing {entity}")
    show_missing(entity, found, story.terminal, 8)


def feed_rows(path: Path) -> int:
    """Rows of a CSV file, counted without anything of Concord's own reading."""
    with path.open(encoding="utf-8", newline="") as stream:
        return sum(1 for row in csv.reader(stream) if row) - 1


def conclude(story: Story) -> None:
    """The whole story in one table, whether it adds up, what is left to people, and where to click next."""
    from assets.commands.demo_ending import left_over, summary
    from assets.declarations import entities

    counted = {
        name: feed_rows(Path(story.settings.concord_feeds) / f"{entity.source.name}.csv")
        for name, entity in entities().items()
    }
    reports = [report for _, report in story.chapters]
    last = reports[-len(counted) :]
    whole = all(sum(r.outcomes.values()) == counted[r.entity] for r in reports)
    cells = sum(report.cells for report in last)
    seconds = time.monotonic() - story.began
    show, tell = story.terminal.show, story.terminal.tell
    tell("\nThe whole story", style="bold")
    show(summary(story.chapters), left_over(last))
    rows = " and ".join(f"{count:,} rows of {name}" for name, count in counted.items())
    show(f"{'Adds up' if whole else 'DOES NOT ADD UP'}: {rows} are in the feeds, and every run gave each its outcome.")
    show(f"The second time {'nothing was left to do' if not cells else f'{cells:,} CELLS WERE STILL TO WRITE'}.")
    show(f"{sum(report.api_calls for report in reports)} API calls, {seconds:.0f} seconds.")
    show(
        "\nNext: make ui, and open http://127.0.0.1:3000: these runs are there. Then concord missing accounts,"
        " concord errors personnel, concord history."
    )
    story.terminal.answer(
        {
            "home": str(story.settings.concord_home),
            "runs": [{"step": title, **report.as_json()} for title, report in story.chapters],
            "rows_in_feeds": counted,
            "adds_up": whole,
            "cells_the_second_time": cells,
            "seconds": round(seconds, 1),
        }
    )
    leave(Exit.FINE if whole and not cells else Exit.FAILURE)
