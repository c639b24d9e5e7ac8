"""A refused row is tried again in every run until ten in a row have failed; then it rests until somebody or something
gives it another chance. What is wrong with the configuration is no row's fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from assets.accounts import ENTITY as ACCOUNTS
from assets.declarations import entities
from pipelines.run import Request, World
from pipelines.telling.release import release
from pipelines.telling.report import Report
from resources.warehouse import Warehouse
from resources.world import world_of
from tests.runs.place import HASTY, Place, run_id, run_once

PATIENT = replace(ACCOUNTS, retries=2)
REFUSING = {
    "method": "PATCH",
    "path": "/composite/sobjects$",
    "action": "row-errors",
    "code": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "times": 1000,
}


@pytest.fixture
def key(here: Place, request: pytest.FixtureRequest) -> str:
    """The key of a school that the org has under an old name and will not let change."""
    made = f"retry-{abs(hash(request.node.name)) % 10**8}"
    here.org.seed("Account", [{"Source_Key__c": made, "Name": "Old"}])
    here.feed("institutions", [{"institution_id": made, "name": "New"}])
    here.org.faults(REFUSING)
    return made


def tried(here: Place) -> Report:
    return here.run(PATIENT, approved=True)


def failures(here: Place) -> int:
    return int(here.ask("accounts", "select failures from state")[0][0])


def test_ten_runs_are_the_limit_of_every_entity() -> None:
    assert {entity.retries for entity in entities().values()} == {10}


def test_it_is_tried_in_every_run_until_the_limit_and_then_rests(here: Place, key: str) -> None:
    first, second = tried(here), tried(here)
    assert first.outcomes == second.outcomes == {"failed": 1}
    assert (second.status, second.error) == ("failure", None)
    assert failures(here) == 2
    here.org.faults()
    rested = tried(here)  # though the org would take it now
    assert (rested.status, rested.reasons) == ("nothing_to_do", {"held: quarantined": 1})


def test_a_success_in_between_begins_the_count_anew(here: Place, key: str) -> None:
    counts = []
    for name, refusing in (("A", True), ("A", False), ("B", True), ("B", True)):
        here.feed("institutions", [{"institution_id": key, "name": name}])
        here.org.faults(*[REFUSING] * refusing)
        assert tried(here).outcomes == ({"failed": 1} if refusing else {"updated": 1})
        counts.append(failures(here))
    assert counts == [1, 0, 1, 2]


def test_an_update_in_the_source_gives_it_another_chance_though_nothing_that_is_mapped_changed(
    here: Place, key: str
) -> None:
    def updated(day: int) -> None:
        here.feed("institutions", [{"institution_id": key, "name": "New", "updated_at": f"2026-01-{day:02}"}])

    updated(1)
    for _ in range(2):
        tried(here)
    assert tried(here).reasons == {"held: quarantined": 1}
    updated(2)
    assert tried(here).outcomes == {"failed": 1}, "tried again"
    assert failures(here) == 1
    here.org.faults()
    assert tried(here).outcomes == {"updated": 1}


def test_whoever_releases_it_gives_it_another_chance(here: Place, key: str) -> None:
    tried(here)
    tried(here)
    with Warehouse(here.home, "accounts").open() as con:
        assert release(con, ["somebody else's"]).rows == 0
        assert release(con, [key]).rows == 1
    here.org.faults()
    assert tried(here).outcomes == {"updated": 1}


def _credentials(here: Place) -> Report:
    with world_of(here.settings(salesforce_client_secret="wrong"), "accounts", patience=HASTY) as world:
        return _run(world)


def _run(world: World) -> Report:
    return run_once(PATIENT, replace(world, sleep=lambda _: None), Request(run_id()), approved=True)


def _permission(here: Place) -> Report:
    here.org.do("permissions", {"sobject": "Account", "rights": {"edit": False}})
    return tried(here)


def _unreachable(here: Place) -> Report:
    here.org.faults({"path": "/services/", "action": "drop", "times": 1000})
    return tried(here)


def _limit(here: Place) -> Report:
    here.org.do("limits", {"daily": 1, "used": 1})
    return tried(here)


def _no_feed(here: Place) -> Report:
    (here.home / "feeds" / "institutions.csv").rename(here.home / "institutions.csv")
    report = tried(here)
    (here.home / "institutions.csv").rename(here.home / "feeds" / "institutions.csv")
    return report


WRONG: dict[str, Callable[[Place], Report]] = {
    "INVALID_CREDENTIALS": _credentials,
    "declaration_misfit": _permission,
    "UNREACHABLE": _unreachable,
    "REQUEST_LIMIT_EXCEEDED": _limit,
    "feed_missing": _no_feed,
}


def test_what_is_wrong_with_the_configuration_does_not_count(here: Place, key: str) -> None:
    tried(here)
    for error, trouble in WRONG.items():
        report = trouble(here)
        assert (report.status, report.error) == ("failure", error)
        here.org.reset()
    assert failures(here) == 1
    assert tried(here).outcomes == {"updated": 1}
