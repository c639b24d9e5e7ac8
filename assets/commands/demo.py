"""`concord demo`: from nothing to an org in accord with three sources, hours go by, and a report that adds up.

The acts are here; how they are told is in `demo_story.py`, how it ends in `demo_ending.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assets.commands.answering import answering
from assets.commands.demo_ending import conclude
from assets.commands.demo_story import Story
from assets.commands.options import AsJson
from assets.commands.sandbox import Seed

if TYPE_CHECKING:
    from resources.demo.counting import Api, BothSides, Told
    from resources.demo.engage import Engage
    from resources.demo.tasks import Tasks
    from resources.engage_sandbox.administration import EngageAdministrator
    from resources.graph_sandbox.administration import GraphAdministrator
    from resources.sandbox.administration import Administrator
    from resources.sandbox.launch import Connection

DIRECTORY = ("accounts", "personnel")
SERVICE = ("profiles", "connections")
OUTLOOK = ("tasks",)

FIRST_TASKS = """
Tasks are written on both sides, so the first sync is held until somebody has looked at what it would do to either."""

LATER = """
An hour later. In the service profiles were deleted, merged, promoted and moved, twelve signed up, connections ended
and began. In the CRM somebody merged an account of the directory into one that was typed by hand. Tasks were ticked
off, moved, made private and deleted, in Outlook and in the CRM, and some of them on both sides at once."""


def demo(
    *,
    seed: Seed = 7,
    institutions: Annotated[int, typer.Option(min=1, help="Rows of the directory of institutions.")] = 2_000,
    people: Annotated[int, typer.Option(min=1, help="Rows of the directory of people.")] = 20_000,
    profiles: Annotated[int, typer.Option(min=1, help="Profiles of the service.")] = 1_500,
    tasks: Annotated[int, typer.Option(min=1, help="Tasks in Outlook and in the CRM.")] = 300,
    anew: Annotated[
        bool, typer.Option("--anew", help="Even if CONCORD_HOME holds something else: away with it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """From nothing: an untidy org on this machine, a directory, a profile service and Outlook beside it, all synced.

    Hours go by: profiles end, merge and come back, people merge accounts. At last nothing is left to do.

    It never touches an org of yours: with SALESFORCE_… set it refuses. Run again, the story begins anew.

    Examples:

      concord demo

      concord demo --institutions 1000 --people 5000 --profiles 800
    """
    with answering(as_json=as_json) as terminal:
        from assets.commands.demo_home import fresh_home
        from resources.settings import read_settings
        from resources.world import sandbox_state, serving

        # what goes wrong in a story is nobody's alarm
        settings = read_settings().model_copy(update={"concord_alerts": None, "concord_heartbeat_url": None})
        fresh_home(settings, terminal, anew=anew)
        with serving(sandbox_state(settings)) as connection:
            from resources.demo import make_demo
            from resources.demo.engage import make_engage
            from resources.demo.tasks import make_tasks

            terminal.tell(
                f"An untidy org, a directory of {institutions:,} institutions and {people:,} people, a service with"
                f" {profiles:,} profiles, and the tasks of twelve people in Outlook are made …",
                style="bold",
            )
            town = Town.of(connection, Path(settings.concord_feeds))
            story = Story(settings, terminal, town.told)
            try:
                with make_demo(seed, institutions, people) as made:
                    made.write_feeds(town.feeds)
                    made.fill(town.org)
                    engage = make_engage(made, profiles)
                    engage.fill(town.org, town.service)
                    todo = make_tasks(engage, town.today, tasks, seed)
                    todo.fill(town.org, town.office)
                    town.both.users += [str(user["Username"]) for user in todo.users]
                    play(story, town, engage, todo)
            except ValueError as error:
                raise typer.BadParameter(str(error)) from None
            conclude(story)


@dataclass(frozen=True)
class Town:
    """What the demo plays with: feeds, the org, the profile service and Outlook, as their administrator."""

    feeds: Path
    org: Administrator
    service: EngageAdministrator
    office: GraphAdministrator
    api: Api
    both: BothSides
    today: date

    @classmethod
    def of(cls, connection: Connection, feeds: Path) -> Town:
        from assets.declarations import entities
        from resources.demo.counting import Api, BothSides
        from resources.engage_sandbox.administration import EngageAdministrator
        from resources.graph_sandbox.administration import GraphAdministrator
        from resources.sandbox.administration import Administrator

        engage, graph, ca_file = connection.beside["engage"], connection.beside["graph"], connection.ca_file
        org = Administrator(connection)
        office = GraphAdministrator(graph.admin_url, graph.admin_token, ca_file)
        today, window = datetime.now(UTC).date(), entities()["tasks"].rules_of_both.window
        days = (
            (today - timedelta(days=window.past), today + timedelta(days=window.ahead))
            if window
            else (date.min, date.max)
        )
        return cls(
            feeds,
            org,
            EngageAdministrator(engage.admin_url, engage.admin_token, ca_file),
            office,
            Api(engage.url, engage.token, ca_file),
            BothSides(office, connection.url, org.session(connection.username), ca_file, days),
            today,
        )

    def told(self, entity: str) -> Told:
        """What the entity's source told when it was read last."""
        from assets.declarations import entities
        from pipelines.declaring.source import Feed, Rest
        from resources.demo.counting import rows_of_collection, rows_of_feed

        match entities()[entity].source:
            case Rest() as source:
                return rows_of_collection(source.path, self.service, self.api)
            case Feed() as source:
                return rows_of_feed(self.feeds / f"{source.name}.csv")
            case _:
                return self.both.told()


def play(story: Story, town: Town, engage: Engage, tasks: Tasks) -> None:
    """Everything once; what happens in an hour, and in another; everything once more."""
    from assets.commands.running import Order
    from resources.demo.engage_later import an_hour_later, two_hours_later
    from resources.demo.tasks_later import tasks_an_hour_later

    for name in DIRECTORY:
        story.runs(f"concord sync {name}", Order((name,)))
    tell_missing(story, "accounts")
    story.runs("concord missing accounts --import", Order(("accounts",), create_missing=True))
    story.runs("concord sync personnel, now that their institutions are there", Order(("personnel",)))
    for name in SERVICE:
        story.runs(f"concord sync {name}", Order((name,)))
    story.says(FIRST_TASKS)
    story.runs("concord sync tasks", Order(OUTLOOK))
    story.says(LATER)
    an_hour_later(engage, town.service)
    tasks_an_hour_later(tasks, town.org, town.office, town.today)
    merge_an_account(town, engage)
    story.runs("concord sync", Order((*DIRECTORY, *SERVICE, *OUTLOOK)))
    story.says("\nTwo hours later: who had fallen out is in touch again.")
    two_hours_later(engage, town.service)
    story.runs(f"concord sync {' '.join(SERVICE)}", Order(SERVICE))
    story.runs(
        "concord sync --scope all: everything a second time", Order((*DIRECTORY, *SERVICE, *OUTLOOK), scope="all")
    )
    tell_related(story, "tasks")


def merge_an_account(town: Town, engage: Engage) -> None:
    """Somebody merges an account that has profiles into one without a key."""
    told = {row["id"]: row for row in engage.profiles()}
    [key] = told[engage.keys("profiles", "in_touch")[-1]]["account_ids"]
    [typed] = town.org.seed("Account", [{"Name": "Typed by hand"}])
    town.org.do("records/merge", sobject="Account", master=typed, losers=[{"Source_Key__c": key}])


def tell_related(story: Story, entity: str) -> None:
    """How many records were found to be about somebody, from what was typed in Outlook."""
    from assets.declarations import entities
    from resources.archive import Archive

    counts = Archive(story.settings.concord_home).related(entities()[entity])
    said = " and ".join(f"{count:,} by {field}" for field, count in counts.items())
    story.says(f"\nBy addresses and links in their text, {entity} were related to records of the CRM: {said}.")


def tell_missing(story: Story, entity: str) -> None:
    """What the archive knows of missing ones, in a sentence and its first rows."""
    from assets.commands.missing import show_missing
    from assets.declarations import entities
    from resources.archive import Archive

    found = Archive(story.settings.concord_home).lacking(entities()[entity], entities())
    story.says(f"\nconcord missing {entity}")
    show_missing(entity, found, story.terminal, 8)
