"""Entities of different cadences beside each other: their grids, jobs and schedules, and runs that may not start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.accounts import ENTITY as ACCOUNTS
from assets.declarations import in_order
from assets.definitions import definitions
from assets.making.desk import Desk
from assets.making.partitions import DAYS, HOURS, grid_of, partition_at
from assets.making.request import SCHEDULED_FOR, scheduled_for
from assets.personnel import ENTITY as PERSONNEL
from pipelines.declaring.cadence import Cadence, Job, SyncOf
from pipelines.declaring.entity import DeclarationError, Entity, Target
from pipelines.declaring.rules import Master, Reference
from pipelines.declaring.source import Feed
from resources.warehouse import Warehouse
from tests.assets.control_room import ControlRoom, Result, checks_of, schools
from tests.runs.place import Place

HOUR = timedelta(hours=1)
HELPERS = Entity(
    name="helpers",
    source=Feed("helpers", key="helper_id"),
    target=Target("Contact", key="Source_Key__c"),
    fields={"LastName": Master("last_name"), "ReportsToId": Reference("person_id", to="personnel", missing="keep")},
    create="scheduled",
    cadence=Cadence("hour"),
)
MIXED = {
    "accounts": ACCOUNTS,
    "personnel": replace(
        PERSONNEL, cadence=Cadence("hour", at_least=HOUR, not_while=(SyncOf("accounts"), Job("night")))
    ),
    "helpers": HELPERS,
    "phones": Entity(
        name="phones",
        source=Feed("phones", key="person_id"),
        target=Target("Contact", key="Source_Key__c"),
        fields={"Phone": Master("phone")},
        cadence=Cadence(timedelta(minutes=5), hours=(8, 18), zone="Europe/Berlin"),
    ),
}
NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
ELEVEN = "2026-03-05-11:00"


@pytest.mark.parametrize("cadence, square", [(Cadence("hour"), ELEVEN), (Cadence("day"), "2026-03-05")])
def test_a_moment_lies_in_the_square_that_began_before_it(cadence: Cadence, square: str) -> None:
    for moment in (NOON - HOUR, NOON - timedelta(seconds=1)):
        assert partition_at(cadence, moment) == square
        assert grid_of(cadence).has_partition_key(square)


@pytest.fixture
def mixed(served: Place, tmp_path: Path) -> Iterator[ControlRoom]:
    """As `room`, with entities of three cadences."""
    served.org.reset()
    with dg.DagsterInstance.ephemeral() as instance:
        yield ControlRoom(Place(tmp_path / "place", served.org), instance, MIXED)


def settle_in(room: ControlRoom, prefix: str) -> None:
    """A school, somebody there and a helper, none of them in the org but the school."""
    room.place.org.seed("Account", [{"Source_Key__c": f"{prefix}0", "Name": "School 0"}])
    room.place.feed("institutions", schools(prefix, 1))
    room.place.feed("personnel", [{"person_id": f"{prefix}p", "institution_id": f"{prefix}0", "last_name": "Head"}])
    room.place.feed("helpers", [{"helper_id": f"{prefix}h", "person_id": f"{prefix}p", "last_name": "Help"}])
    assert room.run("sync_accounts", partition_key="2026-03-05").success


def hourly(room: ControlRoom, moment: datetime = NOON, **more: Any) -> Result:
    """The run of the schedule that is due at the moment."""
    return room.run("hourly", partition_key=ELEVEN, tags={SCHEDULED_FOR: moment.isoformat()}, **more)


def statuses(room: ControlRoom) -> dict[str, str]:
    return {name: report.status for name, report in room.desk.reports.items()}


def test_each_entity_has_the_grid_of_its_cadence() -> None:
    graph = definitions(Desk(), MIXED).resolve_asset_graph()
    grids = {name: graph.get(dg.AssetKey(name)).partitions_def for name in MIXED}
    assert grids == {"accounts": DAYS, "personnel": HOURS, "helpers": HOURS, "phones": DAYS}


def test_what_must_not_run_meanwhile_has_to_be_declared() -> None:
    wrong = replace(HELPERS, cadence=Cadence(not_while=(SyncOf("acounts"),)))
    with pytest.raises(DeclarationError) as caught:
        in_order({**MIXED, "helpers": wrong})
    assert str(caught.value) == (
        "entity 'helpers': cadence not_while names 'acounts', which is not declared; there are accounts, helpers,"
        " personnel, phones"
    )


def test_what_is_due_together_runs_together_parents_first() -> None:
    repository = definitions(Desk(), MIXED).get_repository_def()
    jobs = {job.name: {node.name for node in job.nodes} & set(MIXED) for job in repository.get_all_jobs()}
    assert jobs["daily"] == {"accounts"}
    assert jobs["hourly"] == {"personnel", "helpers"}
    assert jobs["every_5_minutes_08_to_18_europe_berlin"] == {"phones"}
    assert jobs["update_all"] == {"accounts", "phones"}
    assert jobs["update_all_hourly"] == {"personnel", "helpers"}
    assert jobs["import_missing_institutions"] == {"accounts"}


DUE = [
    ("daily", "UTC", "0 5 * * *", "2026-03-04"),
    ("hourly", "UTC", "0 * * * *", ELEVEN),
    ("every_5_minutes_08_to_18_europe_berlin", "Europe/Berlin", "*/5 8-17 * * *", "2026-03-05"),
]


@pytest.mark.parametrize("group, zone, cron, partition", DUE, ids=[group for group, *_ in DUE])
def test_a_schedule_asks_for_what_is_over_or_for_today(group: str, zone: str, cron: str, partition: str) -> None:
    repository = definitions(Desk(), MIXED).get_repository_def()
    schedule = repository.get_schedule_def(f"{group}_schedule")
    assert (schedule.job_name, schedule.execution_timezone, schedule.cron_schedule) == (group, zone, cron)
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_schedule_context(instance, NOON, repository_def=repository) as context,
    ):
        [request] = schedule.evaluate_tick(context).run_requests or []
    assert request.partition_key == partition
    assert scheduled_for(request.tags) == NOON


def test_an_hour_refers_to_the_day_that_it_lies_in() -> None:
    graph = definitions(Desk(), MIXED).resolve_asset_graph()
    mapping = graph.get_partition_mapping(dg.AssetKey("personnel"), dg.AssetKey("accounts"))
    found = mapping.get_upstream_mapped_partitions_result_for_partitions(
        HOURS.empty_subset().with_partition_keys([ELEVEN]), HOURS, DAYS
    )
    assert list(found.partitions_subset.get_partition_keys()) == ["2026-03-05"]


def test_an_hourly_run_takes_the_daily_entity_as_its_last_run_left_it(mixed: ControlRoom) -> None:
    settle_in(mixed, "mix-")
    assert hourly(mixed).success
    assert statuses(mixed) == {"accounts": "nothing_to_do", "personnel": "success", "helpers": "success"}
    records = mixed.place.records("Contact", "ReportsToId")
    assert records["mix-p"]["AccountId"] == "mix-0"
    assert mixed.instance.get_materialized_partitions(dg.AssetKey("personnel")) == {ELEVEN}


def test_a_run_that_comes_too_early_is_green_and_materializes_nothing_but_a_person_may_start_it(
    mixed: ControlRoom,
) -> None:
    settle_in(mixed, "early-")
    hourly(mixed)
    result = hourly(mixed, NOON + timedelta(minutes=30), asking=True)
    assert result.success
    assert list(result.get_asset_materialization_events()) == []
    assert statuses(mixed)["personnel"] == "skipped"
    [observed] = result.get_asset_observation_events()
    why = observed.asset_observation_data.asset_observation.metadata["why"].value
    assert str(why).startswith("its last scheduled run started at ")
    skipped = {event.step_key for event in result.all_events if event.event_type is dg.DagsterEventType.STEP_SKIPPED}
    assert {"helpers", "personnel_checks"} <= skipped
    assert "personnel is skipped, nothing was done: its last scheduled run" in mixed.log()
    assert mixed.run("sync_personnel", partition_key=ELEVEN).success
    assert statuses(mixed)["personnel"] == "nothing_to_do"


def test_a_scheduled_run_that_a_person_starts_again_is_one_by_hand() -> None:
    tags = {SCHEDULED_FOR: NOON.isoformat()}
    assert scheduled_for(tags) == NOON
    assert scheduled_for({**tags, "dagster/parent_run_id": "x"}) is None
    assert scheduled_for({}) is None


def test_gates_that_held_a_plan_still_hold_it_after_a_skipped_run(mixed: ControlRoom) -> None:
    settle_in(mixed, "gate-")
    keys = [f"gate-p{n}" for n in range(501)]
    rows = [{"person_id": key, "institution_id": "gate-0", "last_name": "New"} for key in keys]
    mixed.place.feed("personnel", rows)
    assert not hourly(mixed).success
    skipped = hourly(mixed, NOON + timedelta(minutes=30))
    assert skipped.success
    assert checks_of(skipped) == {"gates": False}


def test_nothing_starts_while_what_it_must_not_meet_is_running(mixed: ControlRoom) -> None:
    settle_in(mixed, "meet-")
    night = mixed.instance.create_run_for_job(_night, status=dg.DagsterRunStatus.STARTED)
    hourly(mixed)
    assert (
        mixed.desk.reports["personnel"].message == "the Dagster job night is running, and no sync may start meanwhile"
    )
    mixed.instance.delete_run(night.run_id)
    with Warehouse(mixed.place.home, "accounts").lock():
        assert mixed.run("sync_personnel", partition_key=ELEVEN).success
    assert mixed.desk.reports["personnel"].message == "the sync of accounts is running, and no sync may start meanwhile"
    assert mixed.run("plan_personnel").success
    assert mixed.desk.reports["personnel"].status == "success"


@dg.job(name="night")
def _night() -> None:
    """Somebody's job."""
