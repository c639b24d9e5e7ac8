"""What is promised of every declared entity, whichever there are: a new one is held to it without a word here."""

from __future__ import annotations

import subprocess
import sys

import dagster as dg
import pytest

from assets.automation import update_all_name
from assets.declarations import entities
from assets.definitions import defs
from assets.making.schedules import schedule_name
from checks.all_questions import QUESTIONS
from pipelines.declaring.entity import Entity
from pipelines.reading.binding import misfits
from resources.salesforce.org import SalesforceOrg
from tests.assets.control_room import ControlRoom
from tests.runs.place import ROOT

EVERY = pytest.mark.parametrize("entity", entities().values(), ids=lambda entity: entity.name)
GRAPH = defs.resolve_asset_graph()
REPOSITORY = defs.get_repository_def()


@EVERY
def test_the_declaration_fits_the_sandbox_org(entity: Entity, room: ControlRoom) -> None:
    with SalesforceOrg(room.place.settings()) as org:
        assert misfits(entity, org.describe(entity.target.sobject)) == []


@EVERY
def test_it_is_an_asset_below_the_entities_it_refers_to(entity: Entity) -> None:
    node = GRAPH.get(dg.AssetKey(entity.name))
    assert {key.to_user_string() for key in node.parent_keys} == set(entity.depends_on)


@EVERY
def test_it_has_a_plan_beside_it_that_is_never_part_of_a_real_run(entity: Entity) -> None:
    assert GRAPH.has(dg.AssetKey(f"{entity.name}_plan"))
    names = (entity.cadence.group, update_all_name(entity.cadence.grid), f"sync_{entity.name}")
    real = [job for job in REPOSITORY.get_all_jobs() if job.name in names]
    assert len(real) == 3
    assert [job.name for job in real if f"{entity.name}_plan" in {node.name for node in job.nodes}] == []


@EVERY
def test_every_question_that_concerns_it_is_a_check_and_so_are_the_gates(entity: Entity) -> None:
    found = {key.name for key in GRAPH.asset_check_keys if key.asset_key == dg.AssetKey(entity.name)}
    assert found == {"gates"} | {question.name for question in QUESTIONS if question.concerns(entity)}


@EVERY
def test_two_runs_of_it_never_overlap(entity: Entity) -> None:
    for name in (entity.name, f"{entity.name}_plan"):
        [definition] = [
            one for one in defs.assets or () if isinstance(one, dg.AssetsDefinition) and one.key == dg.AssetKey(name)
        ]
        assert definition.op.pool == entity.name


@EVERY
def test_it_is_synced_with_all_others_of_its_cadence_and_updated_with_all_of_its_grid(entity: Entity) -> None:
    for job in (entity.cadence.group, update_all_name(entity.cadence.grid)):
        assert entity.name in {node.name for node in REPOSITORY.get_job(job).nodes}
    assert REPOSITORY.get_schedule_def(schedule_name(entity.cadence.group)).job_name == entity.cadence.group


def test_entities_that_people_import_have_a_job_for_it() -> None:
    jobs = {job.name for job in REPOSITORY.get_all_jobs()}
    imported = {f"import_missing_{one.source.name}" for one in entities().values() if one.create == "on_request"}
    assert imported <= jobs
    assert "import_missing_institutions" in imported


def test_no_schedule_runs_until_somebody_switches_it_on() -> None:
    states = {schedule.default_status for schedule in REPOSITORY.schedule_defs}
    assert states == {dg.DefaultScheduleStatus.STOPPED}


def test_definitions_import_nothing_that_only_a_run_needs() -> None:
    heavy = (
        "dlt",
        "duckdb",
        "great_expectations",
        "pandas",
        "pyarrow",
        "pydantic_settings",
        "requests",
        "rich",
        "simple_salesforce",
        "typer",
        "uvicorn",
    )
    asked = f"import sys, assets.definitions; print(*(name for name in {heavy} if name in sys.modules))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.split() == []
