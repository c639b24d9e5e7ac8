"""`concord demo`: from nothing to an org in accord with three sources, hours go by, and a report that adds up.

The acts are here; how they are told is in `demo_story.py`, how it ends in `demo_ending.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assets.commands.answering import answering
from assets.commands.demo_ending import conclude
from assets.commands.demo_story import Story
from assets.commands.options import AsJson
from assets.commands.sandbox import Seed

if TYPE_CHECKING:
    from resources.demo.counting import Told
    from resources.demo.engage import Engage
    from resources.engage_sandbox.administration import EngageAdministrator
    from resources.sandbox.administration import Administrator
    from resources.sandbox.launch import Connection

DIRECTORY = ("accounts", "personnel")
SERVICE = ("profiles", "connections")

LATER = """
An hour later. In the service profiles were deleted, merged, promoted and moved, twelve signed up, connections ended
and began. In the CRM somebody merged an account of the directory into one that was typed by hand."""


def demo(
    *,
    seed: Seed = 7,
    institutions: Annotated[int, typer.Option(min=1, help="Rows of the directory of institutions.")] = 2_000,
    people: Annotated[int, typer.Option(min=1, help="Rows of the directory of people.")] = 20_000,
    profiles: Annotated[int, typer.Option(min=1, help="Profiles of the service.")] = 1_500,
    anew: Annotated[
        bool, typer.Option("--anew", help="Even if CONCORD_HOME holds something else: away with it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """From nothing: an untidy org on this machine, a directory and a profile service that know better, all synced.

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

            terminal.tell(
                f"An untidy org, a directory of {institutions:,} institutions and {people:,} people, and a service with"
                f" {profiles:,} profiles are made …",
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
                    play(story, town, engage)
            except ValueError as error:
                raise typer.BadParameter(str(error)) from None
            conclude(story)


@dataclass(frozen=True)
class Town:
    """What the demo plays with: feeds, the org and the profile service, as their administrator."""

    feeds: Path
    org: Administrator
    service: EngageAdministrator
    told: Callable[[str], Told]
    """What an entity's source told when it was read last."""

    @classmethod
    def of(cls, connection: Connection, feeds: Path) -> Town:
        from assets.declarations import entities
        from pipelines.source import Rest
        from resources.demo.counting import Api, rows_of_collection, rows_of_feed
        from resources.engage_sandbox.administration import EngageAdministrator
        from resources.sandbox.administration import Administrator

        beside = connection.beside["engage"]
        service = EngageAdministrator(beside.admin_url, beside.admin_token, connection.ca_file)
        api = Api(beside.url, beside.token, connection.ca_file)

        def told(entity: str) -> Told:
            source = entities()[entity].source
            if isinstance(source, Rest):
                return rows_of_collection(source.path, service, api)
            return rows_of_feed(feeds / f"{source.name}.csv")

        return cls(feeds, Administrator(connection), service, told)


def play(story: Story, town: Town, engage: Engage) -> None:
    """Everything once; what happens in an hour, and in another; everything once more."""
    from assets.commands.running import Order
    from resources.demo.engage_later import an_hour_later, two_hours_later

    for name in DIRECTORY:
        story.runs(f"concord sync {name}", Order((name,)))
    tell_missing(story, "accounts")
    story.runs("concord missing accounts --import", Order(("accounts",), create_missing=True))
    story.runs("concord sync personnel, now that their institutions are there", Order(("personnel",)))
    for name in SERVICE:
        story.runs(f"concord sync {name}", Order((name,)))
    story.says(LATER)
    an_hour_later(engage, town.service)
    merge_an_account(town, engage)
    story.runs("concord sync", Order((*DIRECTORY, *SERVICE)))
    story.says("\nTwo hours later: who had fallen out is in touch again.")
    two_hours_later(engage, town.service)
    story.runs(f"concord sync {' '.join(SERVICE)}", Order(SERVICE))
    story.runs("concord sync --scope all: everything a second time", Order((*DIRECTORY, *SERVICE), scope="all"))


def merge_an_account(town: Town, engage: Engage) -> None:
    """Somebody merges an account that has profiles into one without a key."""
    told = {row["id"]: row for row in engage.profiles()}
    [key] = told[engage.keys("profiles", "in_touch")[-1]]["account_ids"]
    [typed] = town.org.seed("Account", [{"Name": "Typed by hand"}])
    town.org.do("records/merge", sobject="Account", master=typed, losers=[{"Source_Key__c": key}])


def tell_missing(story: Story, entity: str) -> None:
    """What the archive knows of missing ones, in a sentence and its first rows."""
    from assets.commands.missing import show_missing
    from assets.declarations import entities
    from resources.archive import Archive

    found = Archive(story.settings.concord_home).lacking(entities()[entity], entities())
    story.says(f"\nconcord missing {entity}")
    show_missing(entity, found, story.terminal, 8)
