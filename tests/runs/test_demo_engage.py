"""The demo's profiles and connections, hour by hour: every case ends as it says, with the real service and org."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.accounts import ENTITY as ACCOUNTS
from assets.connections import ENTITY as CONNECTIONS
from assets.profiles import ENTITY as PROFILES
from pipelines.declaring.entity import Entity
from pipelines.run import Request
from pipelines.telling.report import Report
from resources.demo import make_demo
from resources.demo.engage import Engage, case_of, make_engage
from resources.demo.engage_later import an_hour_later, new_profiles, two_hours_later
from resources.engage_sandbox.administration import EngageAdministrator
from resources.sandbox.administration import Administrator
from resources.sandbox.launch import attach
from resources.settings import Settings, read_settings
from resources.world import at_org, sandbox_state, world_of
from tests.runs.place import HASTY, run_id, run_once


@dataclass
class Hours:
    """A home in which the demo's story is played."""

    settings: Settings
    story: Engage
    engage: EngageAdministrator

    def run(self, *entities: Entity, **request: Any) -> list[Report]:
        reports = []
        for entity in entities:
            with world_of(self.settings, entity.name, patience=HASTY) as world:
                reports.append(run_once(entity, world, Request(run_id=run_id(), **request), approved=True))
        return reports

    def outcomes(self, entity: str) -> dict[str, str]:
        """Of the last run, by key."""
        sql = "select coalesce(key, ''), outcome || coalesce(': ' || reason, '') from work.outcomes"
        with closing(duckdb.connect(self.settings.concord_home / f"{entity}.duckdb", read_only=True)) as con:
            return dict(con.execute(sql).fetchall())

    def wrong(self, entity: str, when: str) -> set[tuple[str, str, str]]:
        """Kinds whose rows did not end as their case says: kind, expected, found."""
        found = self.outcomes(entity)
        kinds = self.story.kinds(entity)
        told = {(kind, getattr(case_of(entity, kind), when), found.get(key, "")) for key, kind in kinds.items()}
        return {(kind, said, was) for kind, said, was in told if said and said != was}


@contextmanager
def played(home: Path) -> Iterator[Hours]:
    settings = read_settings(env_file=None, concord_home=home)
    with make_demo(institutions=400, people=4_000) as demo, at_org(settings) as aimed:
        served = attach(sandbox_state(settings))
        assert served is not None
        org, beside = Administrator(served), served.beside["engage"]
        engage = EngageAdministrator(beside.admin_url, beside.admin_token, served.ca_file)
        org.seed("Account", demo.accounts().to_pylist())
        demo.write_feeds(Path(settings.concord_feeds))
        story = make_engage(demo, 300)
        story.fill(org, engage)
        yield Hours(aimed, story, engage)


@pytest.mark.soak
def test_every_case_ends_as_it_says_at_first_and_an_hour_later(tmp_path: Path) -> None:
    with played(tmp_path) as hours:
        hours.run(ACCOUNTS)
        profiles, connections = hours.run(PROFILES, CONNECTIONS)
        assert (hours.wrong("profiles", "outcome"), hours.wrong("connections", "outcome")) == (set(), set())
        assert sum(profiles.outcomes.values()) == len(hours.story.profiles())
        assert sum(connections.outcomes.values()) == len(hours.story.connections())
        an_hour_later(hours.story, hours.engage)
        hours.run(PROFILES, CONNECTIONS)
        assert (hours.wrong("profiles", "later"), hours.wrong("connections", "later")) == (set(), set())
        assert {hours.outcomes("profiles")[key] for key in new_profiles()} == {"created"}


@pytest.mark.soak
def test_the_whole_story_comes_to_rest(tmp_path: Path) -> None:
    with played(tmp_path) as hours:
        hours.run(ACCOUNTS, PROFILES, CONNECTIONS)
        an_hour_later(hours.story, hours.engage)
        hours.run(PROFILES, CONNECTIONS)
        two_hours_later(hours.story, hours.engage)
        hours.run(PROFILES, CONNECTIONS)
        assert (hours.wrong("profiles", "at_last"), hours.wrong("connections", "at_last")) == (set(), set())
        assert [report.cells for report in hours.run(PROFILES, CONNECTIONS)] == [0, 0]
        assert [report.cells for report in hours.run(PROFILES, CONNECTIONS, scope="all")] == [0, 0]
