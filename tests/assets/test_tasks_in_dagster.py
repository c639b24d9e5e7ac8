"""Tasks in Dagster: the plan and the run count both sides, and nothing that somebody typed is in any event."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest

from assets.automation import sync_job_name
from assets.definitions import defs
from assets.making.schedules import schedule_name
from assets.tasks import ENTITY
from tests.assets.control_room import ControlRoom, failure_of, metadata_of
from tests.runs.both_sides_place import ANN, Sides, both_sides

THERE, HERE = "Title that nobody else may read", "Subject that nobody else may read"
DAY = "2026-03-05"
COUNTS = {
    "removals": 0,
    "updates_in_source": 0,
    "creates_in_source": 1,
    "removals_in_source": 0,
    "cells_in_source": 3,
    "calls_in_source": 1,
}


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    """A task on each side."""
    with both_sides(tmp_path_factory.mktemp("room")) as there:
        there.person(ANN)
        there.office.put(ANN, "tasks", [{"title": THERE}])
        there.org.seed("Task", [{"Subject": HERE, "OwnerId": there.users[ANN], "Status": "Completed"}])
        yield there


@pytest.fixture(scope="module")
def room(sides: Sides) -> Iterator[ControlRoom]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield ControlRoom(sides, instance)


def test_the_plan_counts_both_sides_and_shows_no_private_value(room: ControlRoom) -> None:
    told = metadata_of(room.run("plan_tasks"), "tasks_plan")
    assert {name: told[name] for name in COUNTS} == COUNTS
    assert told["created"] == 2
    assert "concord sync tasks --approve" in told["to_approve"]
    assert "•••" in str(told["sample_of_source_cells"])
    assert "completed" in str(told["sample_of_source_cells"])
    assert [text for text in (THERE, HERE) if text in room.log()] == []


def test_a_run_of_one_day_is_no_first_run_after_which_all_is_let_pass(room: ControlRoom) -> None:
    nothing = metadata_of(room.run(sync_job_name("tasks"), {"tasks": {"scope": "slice"}}, partition_key=DAY), "tasks")
    assert nothing["status"] == "nothing_to_do"


def test_a_first_run_is_held_and_approved(room: ControlRoom) -> None:
    config = {"tasks": {"scope": "catch_up"}}
    held = failure_of(room.run(sync_job_name("tasks"), config, partition_key=DAY))
    assert "over the limit of first_run (2 observed, limit 0)" in held.description
    config["tasks"]["approve"] = held.metadata["plan_hash"].value
    told = metadata_of(room.run(sync_job_name("tasks"), config, partition_key=DAY), "tasks")
    assert {name: told[name] for name in COUNTS} == COUNTS
    assert [text for text in (THERE, HERE) if text in room.log()] == []


def test_the_run_of_a_schedule_takes_to_outlook_what_people_typed_in_the_crm(sides: Sides, room: ControlRoom) -> None:
    """Whatever the day of the partition: both sides are looked at whole."""
    record = sides.tasks()[THERE]["Id"]
    sides.org.do("records/edit", {"sobject": "Task", "ids": [record], "fields": {"Priority": "High"}})
    told = metadata_of(room.run(ENTITY.cadence.group, partition_key=DAY), "tasks")
    assert told["updates_in_source"] == 1
    assert {item["title"]: item["importance"] for item in sides.items().values()}[THERE] == "high"


def test_tasks_are_due_every_five_minutes_within_their_hours() -> None:
    schedule = defs.get_repository_def().get_schedule_def(schedule_name(ENTITY.cadence.group))
    assert schedule.cron_schedule == "*/5 6-21 * * *"
    assert schedule.execution_timezone == "UTC"
