"""A service that fails while profiles and connections are read: nothing is written of half a reading, nothing is lost.

Each kind of fault, at the first and at a later page of each collection that a run reads. Between the runs the service
goes on changing. In the end the org is as an oracle has it, which knows nothing of troubles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.declaring.entity import Entity
from pipelines.declaring.source import Rest
from pipelines.ports.source import Source
from pipelines.run import Request
from pipelines.telling.report import Report
from resources.feeds import Feeds
from resources.graph.settings import graph_of
from resources.outlook.mailboxes import OutlookMailboxes
from resources.rest import RestCollections
from resources.salesforce.patience import Patience
from resources.settings import Settings
from resources.sources import Sources
from resources.warehouse import Warehouse
from tests.faults.connections import CONNECTIONS
from tests.faults.folder import quick_folder
from tests.faults.inside import Inside, inside
from tests.faults.lives import Lives, connection_later, profile_later
from tests.faults.outside import HeldOpen, outside
from tests.faults.profiles import PROFILES
from tests.faults.served import Served, served
from tests.faults.telling import Telling
from tests.faults.wire import Wire
from tests.oracle_of_lives import Row
from tests.runs.place import run_id, run_once

KINDS = {
    "too-many-requests": "source_busy",
    "unavailable": "source_failed",
    "unauthorized": "source_token",
    "not-json": "source_not_json",
    "truncate": "source_unreachable",
    "cut": "source_unreachable",
    "same-cursor": "source_endless",
}
"""Kind of fault that goes on → how the run ends."""

NO_TIME = timedelta(0)
HASTY = Patience(connect=2, read=2, attempts=2, pause=0.001, longest=2, sleep=lambda _: None)


def in_small_pages(plan: Lives) -> Lives:
    """The same, but a collection takes several pages."""
    assert isinstance(plan.entity.source, Rest)
    small = replace(plan.entity.source, page=3)
    return replace(
        plan,
        entity=replace(plan.entity, source=small, beside=tuple(replace(one, page=3) for one in plan.entity.beside)),
    )


@dataclass
class Town:
    """A home, an org and the service, whose clock goes on by an hour from run to run."""

    plan: Lives
    folder: Path
    org: Inside
    service: Served
    stack: ExitStack

    def __post_init__(self) -> None:
        self.held: dict[str, HeldOpen] = {}
        self.plan.get_ready(self.org, lambda entity, source: self._run(entity, source, -timedelta(days=1))[0])
        self.before, _ = self.plan.found(self.org)
        engage = self.service.engage
        engage.store.clear()
        engage.advance((datetime.now(UTC) - timedelta(days=30) - engage.now()).total_seconds())
        self.at_first = self.plan.now
        for name, rows in self.at_first.items():
            self._say(name, rows)

    def _say(self, name: str, rows: Sequence[Row]) -> None:
        columns = dict.fromkeys(column for row in self.plan.now[name] for column in row)
        told = [{**columns, **row} for row in rows]
        self.service.engage.life.put(name, [{k: v for k, v in row.items() if k != "updated_at"} for row in told])

    def goes_on(self, key: str) -> None:
        """The service has another profile and a connection of it, and has touched those that it had at first."""
        more = {"profiles": profile_later(key, first_name=key), "connections": connection_later(key, profile_id=key)}
        if self.plan.name == "connections":
            more["connections"]["profile_id"] = "ada"
        for name, rows in self.at_first.items():
            self._say(name, [*rows, more[name]])
        self.plan = replace(self.plan, changes={name: [*rows, more[name]] for name, rows in self.plan.changes.items()})

    def run(self) -> tuple[Report, list[str]]:
        """The report of a run with the service as it now is, and the calls by which it changed anything in the org."""
        self.service.engage.advance(3600)
        dlt_home = self.folder / "dlt"
        collections = RestCollections(lambda _: self.service.where, dlt_home, HASTY)
        mailboxes = OutlookMailboxes(lambda: graph_of(Settings()), dlt_home, lambda: datetime.now(UTC))
        return self._run(self.plan.entity, Sources(Feeds(self.folder, dlt_home), collections, mailboxes))

    def _run(self, entity: Entity, source: Source, late: timedelta = NO_TIME) -> tuple[Report, list[str]]:
        if entity.name not in self.held:
            self.held[entity.name] = HeldOpen(Warehouse(self.folder, entity.name), published_too=True)
            self.stack.callback(self.held[entity.name].close)
        if isinstance(source, Telling):
            source = replace(source, place=self.service.where.place)  # the same service, before it was served
        wire = Wire(self.org, {})
        with outside(self.org, wire, source, self.held[entity.name], "collections", self.folder, late=late) as world:
            report = run_once(entity, world, Request(run_id=run_id()), approved=True)
        return report, [str(call) for call in wire.calls if call.changes and call.path != "composite"]

    def fails(self, fault: Mapping[str, Any], code: str) -> None:
        """A run that meets this ends so, and writes nothing."""
        self.service.trouble(fault)
        report, written = self.run()
        assert (report.status, report.error, written, self.service.met() > 0) == ("failure", code, [], True), fault
        self.service.trouble()

    def ends_well(self) -> None:
        """Runs until one has nothing to do; then all is as an oracle has it."""
        reports = [self.run()[0] for _ in range(2)]
        assert [report.status for report in reports] == ["success", "nothing_to_do"]
        assert [str(report.reading)[:11] for report in reports] == ["incremental"] * 2
        assert self.plan.found(self.org) == (self.plan.ends(self.org, self.before), 0)


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    with quick_folder() as folder, served(folder) as open_for_all:
        yield open_for_all


@pytest.fixture(scope="module", params=[PROFILES, CONNECTIONS], ids=lambda plan: plan.name)
def town(request: pytest.FixtureRequest, service: Served) -> Iterator[Town]:
    with quick_folder() as folder, inside(folder / "org") as org, ExitStack() as stack:
        yield Town(in_small_pages(request.param), folder, org, service, stack)


TURNS = [0, *(pytest.param(number, marks=pytest.mark.soak) for number in (1, 2, 3))]


@pytest.mark.parametrize("turn", TURNS)
def test_a_reading_that_fails_anywhere_writes_nothing_and_loses_nothing(town: Town, turn: int) -> None:
    """In each turn each kind is met once, in all turns each at each of at most four places."""
    collections = [rest.name for rest in (*town.plan.entity.beside, town.plan.entity.source)]
    places = [(name, page) for name in collections for page in (1, 3)]
    for number, (kind, code) in enumerate(KINDS.items()):
        name, page = places[(number + turn) % len(places)]
        town.goes_on(f"{turn} {kind}")
        town.fails({"path": f"/v1/{name}$", "action": kind, "nth": page, "times": 0}, code)
    town.goes_on(f"{turn} between the last failure and what follows")
    town.ends_well()


def test_rows_that_come_on_two_pages_are_as_they_are_in_the_end(town: Town) -> None:
    name = town.plan.entity.source.name
    town.service.trouble({"path": f"/v1/{name}$", "action": "overlap", "nth": 2, "times": 0})
    town.goes_on("twice")
    town.ends_well()
    assert town.service.met() > 0
    town.service.trouble()
