"""A source that can tell what changed: nothing is read twice without need, and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assets.accounts import ENTITY as ACCOUNTS
from pipelines.ports import Landed, Progress
from pipelines.report import Report
from pipelines.run import World
from pipelines.source import AnySource, Rest
from tests.faults.outside import Listed
from tests.runs.place import Place

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
OVERLAP = timedelta(minutes=5)
SCHOOLS = replace(
    ACCOUNTS,
    source=Rest("institutions", service="directory", path="/v1/institutions", key="institution_id"),
    create="scheduled",
)


@dataclass
class Service:
    """A service with a clock of its own that answers since any time, and remembers what it was asked."""

    prefix: str
    now: datetime = START
    rows: dict[str, dict[str, str | None]] = field(default_factory=dict)
    asked: list[datetime | None] = field(default_factory=list)

    def say(self, number: int, name: str) -> None:
        """The row is so from now on."""
        key = f"{self.prefix}-{number}"
        self.rows[key] = {"institution_id": key, "name": name, "updated_at": self.now.isoformat()}

    def fingerprint(self, source: AnySource) -> None:
        del source

    def land(
        self, source: AnySource, columns: Sequence[str], file: Path, progress: Progress, since: datetime | None = None
    ) -> Landed:
        self.asked.append(since)
        told = [row for row in self.rows.values() if since is None or str(row["updated_at"]) >= since.isoformat()]
        return replace(Listed(told).land(source, columns, file, progress, since), read_at=self.now)

    def world(self, world: World) -> World:
        return replace(world, source=self)


@pytest.fixture
def service(request: pytest.FixtureRequest) -> Service:
    """Two schools."""
    service = Service(str(abs(hash(request.node.name)) % 10**8))
    service.say(1, "First")
    service.say(2, "Second")
    return service


def run(here: Place, service: Service, **more: object) -> Report:
    """A run, an hour after the one before by the service's clock."""
    service.now += timedelta(hours=1)
    report = here.run(SCHOOLS, world=service.world, **{"approved": True, **more})  # type: ignore[arg-type]
    here.org.faults()
    return report


def names(here: Place, service: Service) -> list[object]:
    records = here.records("Account")
    return [record["Name"] for key, record in sorted(records.items()) if key.startswith(service.prefix)]


def test_the_first_reading_is_full_and_the_next_goes_on_from_it(here: Place, service: Service) -> None:
    first = run(here, service)
    assert (first.reading, first.extracted, first.outcomes) == ("full: no success yet", 2, {"created": 2})
    service.say(3, "Third")
    second = run(here, service)
    assert second.reading == "incremental since 2026-03-01T12:55:00Z"
    assert (second.extracted, second.outcomes) == (1, {"created": 1})
    quiet = run(here, service)
    assert (quiet.status, quiet.extracted, quiet.reading) == (
        "nothing_to_do",
        0,
        "incremental since 2026-03-01T13:55:00Z",
    )
    assert names(here, service) == ["First", "Second", "Third"]
    assert run(here, service, scope="all").reading == "full: asked for"


def test_what_was_only_planned_held_or_failed_is_read_again(here: Place, service: Service) -> None:
    run(here, service)
    service.say(1, "Renamed")
    last = START + timedelta(hours=1) - OVERLAP
    assert run(here, service, mode="plan", approved=False).cells > 0
    here.org.faults({"path": "/composite/sobjects$", "action": "drop", "times": 1000})
    assert run(here, service).status == "failure"
    here.org.do("permissions", {"sobject": "Account", "rights": {"edit": False}})
    assert run(here, service).error == "declaration_misfit"
    here.org.reset()
    done = run(here, service)
    assert (done.status, names(here, service)) == ("success", ["Renamed", "Second"])
    assert service.asked == [None, last, last, last]
    run(here, service)
    assert service.asked[-1] == service.now - timedelta(hours=1) - OVERLAP


def test_a_reading_whose_plan_was_held_is_done_again(here: Place, service: Service) -> None:
    run(here, service)
    for number in range(501):
        service.say(1000 + number, "New")
    held, again = (here.run(SCHOOLS, world=service.world) for _ in range(2))
    assert (held.status, again.status) == ("held", "held")
    assert held.plan_hash == again.plan_hash
    assert service.asked[1] == service.asked[2]
