"""A partition chooses which rows are synced, never which values; an empty square is a gap that nobody asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from assets.definitions import defs
from assets.making.partitions import DAYS, HOURS, partition_at
from pipelines.declaring.cadence import Cadence
from tests.assets.control_room import ControlRoom, metadata_of
from tests.runs.place import Row

FIRST, SECOND, THIRD = "2026-03-01", "2026-03-02", "2026-03-03"
RANGE = {"dagster/asset_partition_range_start": FIRST, "dagster/asset_partition_range_end": SECOND}


def three_days(room: ControlRoom, prefix: str) -> None:
    """Three stale schools, one changed on each day."""
    keys = [f"{prefix}{day}" for day in (FIRST, SECOND, THIRD)]
    room.place.org.seed("Account", [{"Source_Key__c": key, "Name": "Old"} for key in keys])
    rows: list[Row] = [
        {"institution_id": f"{prefix}{day}", "name": f"New {day}", "updated_at": f"{day}T12:00:00Z"}
        for day in (FIRST, SECOND, THIRD)
    ]
    room.place.feed("institutions", rows)


def named(room: ControlRoom, prefix: str) -> list[str]:
    """Which of the schools have their new name."""
    records = room.place.records("Account")
    return [day for day in (FIRST, SECOND, THIRD) if records[f"{prefix}{day}"]["Name"] == f"New {day}"]


def sync(room: ControlRoom, scope: str, **more: Any) -> dg.ExecuteInProcessResult:
    return room.run("sync_accounts", {"accounts": {"scope": scope}}, **more)


def test_a_run_of_a_day_syncs_the_rows_that_changed_on_it(room: ControlRoom) -> None:
    three_days(room, "day-")
    found = metadata_of(sync(room, "slice", partition_key=SECOND), "accounts")
    assert named(room, "day-") == [SECOND]
    assert (found["extracted"], found["updated"]) == (1, 1)


def test_a_backfill_of_several_days_is_one_run(room: ControlRoom) -> None:
    three_days(room, "back-")
    result = sync(room, "slice", tags=RANGE)
    assert named(room, "back-") == [FIRST, SECOND]
    assert {event.partition for event in result.get_asset_materialization_events()} == {FIRST, SECOND}


def test_a_scheduled_run_covers_what_lies_before_its_day_too(room: ControlRoom) -> None:
    three_days(room, "daily-")
    room.place.feed("personnel", [])
    sync(room, "catch_up", partition_key=THIRD)
    assert named(room, "daily-") == [FIRST, SECOND, THIRD]


def test_a_day_run_late_writes_the_values_of_today(room: ControlRoom) -> None:
    three_days(room, "late-")
    room.place.feed("institutions", [{"institution_id": f"late-{FIRST}", "name": f"New {FIRST}", "updated_at": FIRST}])
    sync(room, "slice", partition_key=FIRST)
    assert named(room, "late-") == [FIRST]


@pytest.mark.parametrize("scope", ["slice", "changed"])
def test_without_a_partition_a_run_is_about_all_that_is_not_settled(room: ControlRoom, scope: str) -> None:
    three_days(room, f"none-{scope}-")
    sync(room, scope)
    assert named(room, f"none-{scope}-") == [FIRST, SECOND, THIRD]


def test_today_and_this_hour_can_be_synced() -> None:
    now = datetime.now(UTC).replace(minute=59)
    assert DAYS.has_partition_key(partition_at(Cadence(), now))
    assert HOURS.has_partition_key(partition_at(Cadence("hour"), now))


def test_the_daily_schedule_asks_for_the_day_that_is_over() -> None:
    repository = defs.get_repository_def()
    schedule = repository.get_schedule_def("daily_schedule")
    at = datetime(2026, 3, 5, 5, tzinfo=UTC)
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_schedule_context(instance, at, repository_def=repository) as context,
    ):
        [request] = schedule.evaluate_tick(context).run_requests or []
    assert request.partition_key == f"{at - timedelta(days=1):%Y-%m-%d}"
    assert schedule.job_name == "daily"
