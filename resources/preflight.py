"""What would keep a run from working, asked before any run: feeds, login, and the declarations against the org.

Every problem is found at once and nothing is changed anywhere.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.declaring.entity import Entity
from pipelines.declaring.source import Feed, Outlook, Rest
from pipelines.ports.world import SourceError, SystemicError
from pipelines.reading.needs import lacks, objects_of
from resources.feed_files import find, inspect
from resources.feed_plan import plan
from resources.feed_url import fetch, is_url
from resources.rest import RestCollections
from resources.route import route_to
from resources.salesforce.org import SalesforceOrg
from resources.services import prefix_of, service_of
from resources.settings import Settings
from resources.world import sources_of


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. `entity` is empty where it concerns all."""

    entity: str
    where: Literal["feed", "service", "org"]
    field: str
    mistake: str
    remedy: str = ""


def feed_problems(settings: Settings, entities: Iterable[Entity]) -> list[Problem]:
    """What is wrong with the files of the feeds and their columns, whose rows are not looked at, and with services.

    `settings` name an org that answers; a service is asked for one page.
    """
    found: list[Problem] = []
    for entity in entities:
        if isinstance(entity.source, Outlook):
            found += _of_outlook(settings, entity.name, entity.source)
            continue
        if not isinstance(entity.source, Feed):
            found += _of_service(settings, entity.name, entity.source, entity.columns)
            continue
        if not is_url(settings.concord_feeds):
            found += _of_feed(Path(settings.concord_feeds), entity.name, entity.source, entity.columns)
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                route = route_to(settings.concord_feeds, settings, settings.concord_ca_file)
                fetch(settings.concord_feeds, entity.source.name, Path(folder), route)
            except SourceError as error:
                found.append(Problem(entity.name, "feed", entity.source.name, str(error), "look at CONCORD_FEEDS"))
            else:
                found += _of_feed(Path(folder), entity.name, entity.source, entity.columns)
    return found


def org_problems(settings: Settings, entities: Iterable[Entity]) -> list[Problem]:
    """What is wrong with the login, or with the org as the declarations need it; one call for all objects together."""
    wanted = list(entities)
    with SalesforceOrg(settings) as org:
        try:
            told = org.look(objects_of(wanted)).objects
        except SystemicError as error:
            return [Problem("", "org", "", str(error))]
    return [
        Problem(entity.name, "org", misfit.field, misfit.mistake, misfit.remedy)
        for entity in wanted
        for misfit in lacks(entity, told)
    ]


def _of_service(settings: Settings, entity: str, source: Rest, columns: Sequence[str]) -> Iterable[Problem]:
    collections = RestCollections(lambda name: service_of(name, settings), settings.concord_home / "dlt")
    try:
        collections.try_out(source, columns)
    except (SourceError, SystemicError) as error:
        prefix = prefix_of(source.service)
        yield Problem(entity, "service", source.name, str(error), f"look at {prefix}URL and {prefix}TOKEN")


def _of_outlook(settings: Settings, entity: str, source: Outlook) -> Iterable[Problem]:
    try:
        sources_of(settings).mailboxes.try_out(source)
    except (SourceError, SystemicError) as error:
        remedy = "look at GRAPH_URL, GRAPH_TENANT, GRAPH_CLIENT_ID and GRAPH_CLIENT_SECRET"
        yield Problem(entity, "service", source.name, str(error), remedy)


def _of_feed(folder: Path, entity: str, feed: Feed, columns: Sequence[str]) -> Iterable[Problem]:
    try:
        files = find(folder, feed.name)
    except SourceError as error:
        yield Problem(entity, "feed", feed.name, str(error), "set CONCORD_FEEDS to the folder, or put it there")
        return
    for file in files:
        try:
            inspect(file)
            plan(file, feed, columns)
        except SourceError as error:
            yield Problem(entity, "feed", file.label, str(error))
