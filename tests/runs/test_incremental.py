"""A source that can tell what changed: nothing is read twice without need, and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assets.accounts import ENTITY as ACCOUNTS
from checks import orphans
from pipelines.declaring.source import AnySource, Rest
from pipelines.ports.source import Landed
from pipelines.ports.world import Progress
from pipelines.run import World
from pipelines.telling.release import release
from pipelines.telling.report import Report
from resources.warehouse import Warehouse, read_copy
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
    place: str = "here"

    def say(self, number: int, name: str) -> str:
        """The row is so from now on; its key."""
        key = f"{self.prefix}-{number}"
        self.rows[key] = {"institution_id": key, "name": name, "updated_at": self.now.isoformat()}
        return key

    def fingerprint(self, source: AnySource) -> None:
        del source

    def land(
        self, source: AnySource, columns: Sequence[str], file: Path, progress: Progress, since: datetime | None = None
    ) -> Landed:
        self.asked.append(since)
        told = [row for row in self.rows.values() if since is None or str(row["updated_at"]) >= since.isoformat()]
        return replace(Listed(told).land(source, columns, file, progress, since), read_at=self.now, place=self.place)

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


def test_what_is_dated_between_two_clocks_is_read_when_the_service_went_back(here: Place, service: Service) -> None:
    run(here, service)
    service.now -= timedelta(hours=5)
    service.say(3, "Dated before the last reading")
    report = run(here, service)
    assert report.reading == "full: its clock went back"
    assert names(here, service) == ["First", "Second", "Dated before the last reading"]
    run(here, service)
    assert service.asked[-1] == service.now - timedelta(hours=1) - OVERLAP, "it goes on from the earlier clock"


def test_another_place_is_read_in_full(here: Place, service: Service) -> None:
    run(here, service)
    service.place = "there"
    service.rows = {key: {**row, "name": "Of another tenant"} for key, row in service.rows.items()}
    report = run(here, service)
    assert report.reading == "full: it is another place than the one that was read last"
    assert names(here, service) == ["Of another tenant"] * 2
    assert str(run(here, service).reading).startswith("incremental")


def test_a_reading_of_another_place_that_was_only_planned_is_done_again(here: Place, service: Service) -> None:
    run(here, service)
    service.place = "there"
    readings = [run(here, service, mode="plan", approved=False).reading, run(here, service).reading]
    assert readings == ["full: it is another place than the one that was read last"] * 2


@pytest.mark.parametrize("quiet_runs", [0, 1])
def test_an_older_row_that_is_released_comes_again_and_is_taken(here: Place, service: Service, quiet_runs: int) -> None:
    key = service.say(1, "First")
    run(here, service)
    service.rows[key] = {**service.rows[key], "name": "Older", "updated_at": "2026-02-01T00:00:00+00:00"}
    assert run(here, service, scope="all").reasons["held: older_than_known"] == 1
    for _ in range(quiet_runs):
        assert run(here, service).reasons == {"held: older_than_known": 1}
    with Warehouse(here.home, "accounts").open() as con:
        assert release(con, [key]).outdated == 1
    report = run(here, service)
    assert report.reading == "full: refused rows were released"
    assert names(here, service) == ["Older", "Second"]
    assert (run(here, service).reading or "").startswith("incremental")


def test_a_refused_row_is_told_in_every_run_and_reading_goes_on(here: Place, service: Service) -> None:
    run(here, service)
    key = service.say(3, "n" * 256)
    service.say(1, "Renamed")
    refused = [run(here, service) for _ in range(3)]
    assert [report.reasons for report in refused] == [{"failed: too_long": 1}] * 3
    assert [report.status for report in refused] == ["success_with_errors", "nothing_to_do", "nothing_to_do"]
    assert service.asked[-1] == service.now - timedelta(hours=1) - OVERLAP
    assert len({report.reading for report in refused}) == 3
    service.rows[key] = {**service.rows[key], "name": "Third", "updated_at": service.now.isoformat()}
    assert run(here, service).outcomes == {"created": 1}


def orphans_of(here: Place) -> list[str]:
    """What is told of the records of this test alone: the org is that of all tests."""
    published = Warehouse(here.home, "accounts").published("accounts")
    assert published
    with read_copy(published) as con:
        ours = f"select what from ({orphans.ORPHANS_SQL}) where record_id in (select record_id from links)"
        return [what for (what,) in con.execute(ours).fetchall()]


def test_rows_that_a_full_reading_lacks_are_told_until_they_come_again_and_nothing_is_written(
    here: Place, service: Service
) -> None:
    run(here, service)
    key = f"{service.prefix}-1"
    row = service.rows.pop(key)
    assert run(here, service).vanished == 0, "absence from what changed means nothing"
    gone = run(here, service, scope="all")
    assert (gone.vanished, gone.cells, names(here, service)) == (1, 0, ["First", "Second"])
    assert orphans_of(here) == ["no longer in the source"]
    assert run(here, service).vanished == 1
    service.rows[key] = {**row, "updated_at": service.now.isoformat()}
    assert run(here, service).vanished == 0
    assert orphans_of(here) == []


def test_keys_that_case_alone_tells_apart_are_both_held(here: Place, service: Service) -> None:
    low, high = f"{service.prefix}-a", f"{service.prefix}-A"
    for key in (low, high):
        service.rows[key] = {"institution_id": key, "name": key, "updated_at": service.now.isoformat()}
    report = run(here, service)
    assert report.reasons == {"held: duplicate_key": 2}
    assert here.outcomes("accounts")[low] == here.outcomes("accounts")[high] == "held: duplicate_key"
    assert names(here, service) == ["First", "Second"]


def test_a_second_spelling_that_comes_later_does_not_overwrite_the_first(here: Place, service: Service) -> None:
    low, high = f"{service.prefix}-a", f"{service.prefix}-A"
    service.rows[low] = {"institution_id": low, "name": "Low", "updated_at": service.now.isoformat()}
    run(here, service)
    service.rows[high] = {"institution_id": high, "name": "High", "updated_at": service.now.isoformat()}
    assert run(here, service).reasons == {"held: duplicate_key": 1}
    service.rows[low] = {"institution_id": low, "name": "Lower", "updated_at": service.now.isoformat()}
    run(here, service)
    assert names(here, service) == ["First", "Second", "Lower"]
    assert here.ask("accounts", "select key, problem from unusable_rows") == [(high, "duplicate_key")]
    del service.rows[low]
    service.rows[high]["updated_at"] = service.now.isoformat()
    run(here, service, scope="all")
    assert names(here, service) == ["First", "Second", "High"], "where only one spelling is left, it is the row"
