"""A place whose runs go through Dagster, on an instance in memory, and what its event log then says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_shared.serdes import serialize_value

from assets.definitions import definitions
from assets.making.desk import Desk
from pipelines.declaring.entity import Entity
from tests.runs.place import Place, Row

Result = dg.ExecuteInProcessResult


class ControlRoom:
    """Starts jobs as the UI would; `desk` is where their reports end up."""

    def __init__(
        self, place: Place, instance: dg.DagsterInstance, declared: Mapping[str, Entity] | None = None
    ) -> None:
        self.place = place
        self.instance = instance
        self.watched: list[tuple[str, str]] = []
        self.desk = Desk(place.settings(), lambda entity: lambda step, *_: self.watched.append((entity, step)))
        self.repository = definitions(self.desk, declared).get_repository_def()

    def run(
        self, job: str, config: dict[str, Any] | None = None, *, asking: bool | set[str] = False, **more: Any
    ) -> Result:
        """The job's run; `config` is by asset, the job's own where none is given. `asking`: with (these) questions."""
        definition = self.repository.get_job(job)
        if asking is not True:
            definition = _with_questions(definition, asking or set())
        if config is not None:
            more["run_config"] = {"ops": {name: {"config": given} for name, given in config.items()}}
        elif definition.run_config is not None:
            more["run_config"] = definition.run_config
        return definition.execute_in_process(instance=self.instance, raise_on_error=False, **more)

    def log(self) -> str:
        """Every event of every run, as text."""
        ids = [record.dagster_run.run_id for record in self.instance.get_run_records()]
        return "\n".join(serialize_value(entry) for run_id in ids for entry in self.instance.all_logs(run_id))


def _with_questions(job: dg.JobDefinition, names: set[str]) -> dg.JobDefinition:
    """They take their time, and most tests are not about them."""
    layer = job.asset_layer
    asked = {key for key in layer.asset_graph.asset_check_keys if key.name in {"gates", *names}}
    wanted = set(layer.executable_asset_keys)
    return job.get_subset(
        asset_selection=wanted, asset_check_selection={key for key in asked if key.asset_key in wanted}
    )


def failure_of(result: Result) -> Any:
    """The Failure that a step of the run ended with."""
    [event] = result.get_step_failure_events()
    return event.step_failure_data.user_failure_data


def checks_of(result: Result) -> dict[str, bool]:
    """Which checks the run evaluated, and whether they passed."""
    return {evaluation.check_name: evaluation.passed for evaluation in result.get_asset_check_evaluations()}


def metadata_of(result: Result, asset: str) -> dict[str, Any]:
    """The metadata of the asset's one materialization in the run."""
    [found] = [
        event.step_materialization_data.materialization
        for event in result.get_asset_materialization_events()
        if event.asset_key == dg.AssetKey(asset)
    ]
    return {name: value.value for name, value in found.metadata.items()}


def schools(prefix: str, count: int, **more: object) -> Sequence[Row]:
    """Rows of a feed of institutions."""
    return [{"institution_id": f"{prefix}{n}", "name": f"School {n}", **more} for n in range(count)]
