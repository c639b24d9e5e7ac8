"""A plan that a gate holds: nothing is written, nothing counts as materialized, and the person is told what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tests.assets.control_room import ControlRoom, Result, checks_of, failure_of, metadata_of, schools
from tests.runs.place import Place

TODAY = "2026-03-05"
OVER = 501
"""One more new school than an import may create unseen."""


def settle_in(room: ControlRoom, prefix: str) -> None:
    room.place.feed("institutions", schools(prefix, OVER))
    room.place.feed("personnel", [{"person_id": f"{prefix}p", "institution_id": f"{prefix}0", "last_name": "Ohm"}])


def importing(room: ControlRoom, **more: Any) -> Result:
    config = {"accounts": {"scope": "changed", "create_missing": True, **more}}
    return room.run("sync_accounts", config, partition_key=TODAY)


def writes(room: ControlRoom) -> list[str]:
    return [call for call in room.place.org.calls() if "composite/sobjects" in call or "jobs/ingest" in call]


@pytest.fixture(scope="module")
def held(served: Place, tmp_path_factory: pytest.TempPathFactory) -> tuple[ControlRoom, Result]:
    """An import that was held, and the room where it was; tests only look at it."""
    served.org.reset()
    room = ControlRoom(Place(tmp_path_factory.mktemp("held"), served.org), dg.DagsterInstance.ephemeral())
    settle_in(room, "held-")
    return room, importing(room)


def test_a_held_plan_writes_nothing_and_is_no_materialization(room: ControlRoom) -> None:
    settle_in(room, "none-")
    result = importing(room)
    assert not result.success
    assert writes(room) == []
    assert result.get_asset_materialization_events() == []


def test_the_gates_speak_although_nothing_is_materialized(held: tuple[ControlRoom, Result]) -> None:
    assert checks_of(held[1]) == {"gates": False}


def test_the_failure_names_gate_hash_and_the_command_to_approve(held: tuple[ControlRoom, Result]) -> None:
    failure = failure_of(held[1])
    plan_hash = failure.metadata["plan_hash"].value
    assert f"plan {plan_hash} is over the limit of creates ({OVER} observed, limit 50% and 500)" in failure.description
    assert f"`concord missing accounts --import --approve {plan_hash}`" in failure.description


def test_a_held_run_is_not_tried_again_by_itself(held: tuple[ControlRoom, Result]) -> None:
    assert held[1].retry_attempts_for_node("accounts") == 0


def test_the_plan_asset_shows_the_hash_that_the_held_run_names(held: tuple[ControlRoom, Result]) -> None:
    shown = metadata_of(held[0].run("plan_accounts", {"accounts_plan": {"create_missing": True}}), "accounts_plan")
    assert shown["plan_hash"] == failure_of(held[1]).metadata["plan_hash"].value
    assert f"--approve {shown['plan_hash']}" in shown["to_approve"]


def test_approving_another_plan_is_told_and_approves_nothing(held: tuple[ControlRoom, Result]) -> None:
    other = "0123456789abcdef-7"
    result = importing(held[0], approve=other)
    assert f"You approved {other}, which is another plan" in failure_of(result).description
    assert checks_of(result) == {"gates": False}


def test_what_refers_to_a_held_entity_is_not_synced_in_the_same_run(held: tuple[ControlRoom, Result]) -> None:
    result = held[0].run("import_missing_institutions", partition_key=TODAY)
    assert {event.step_key for event in result.all_events if event.is_step_start} == {"accounts"}


def test_the_approved_plan_is_carried_out(room: ControlRoom, tmp_path: Path) -> None:
    settle_in(room, "yes-")
    plan_hash = failure_of(importing(room)).metadata["plan_hash"].value
    result = importing(room, approve=plan_hash)
    assert checks_of(result)["gates"]
    assert metadata_of(result, "accounts")["created"] == OVER
