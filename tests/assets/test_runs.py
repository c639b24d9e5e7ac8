"""Runs in process: their order, what the UI shows of them, and what is left of those that were killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import pytest

from assets.instance import dagster_home, instance
from assets.making.alive import alive
from assets.making.interruption import interruptible
from assets.runs import Order, run
from pipelines.ports.world import Progress
from pipelines.telling.report import Report
from tests.assets.control_room import schools
from tests.runs.place import Place

BOTH = ("personnel", "accounts")


@dataclass
class Counter:
    """A place with runs in process, and who watched them."""

    place: Place
    steps: list[tuple[str, str]] = field(default_factory=list)

    def run(self, *entities: str, **order: object) -> list[Report]:
        return run(Order(entities, **order), self.place.settings(), self._watch)  # type: ignore[arg-type]

    def _watch(self, entity: str) -> Progress:
        return lambda step, done, total: self.steps.append((entity, step))


@pytest.fixture
def counter(served: Place, tmp_path: Path) -> Counter:
    served.org.reset()
    return Counter(Place(tmp_path / "place", served.org))


@contextmanager
def remembered(counter: Counter) -> Iterator[dg.DagsterInstance]:
    with instance(counter.place.settings()) as opened:
        yield opened


def settle_in(counter: Counter, prefix: str) -> None:
    counter.place.org.seed("Account", [{"Source_Key__c": f"{prefix}0", "Name": "Old"}])
    counter.place.feed("institutions", schools(prefix, 1))
    counter.place.feed(
        "personnel", [{"person_id": f"{prefix}p", "institution_id": f"{prefix}0", "last_name": "Noether"}]
    )


def test_entities_run_parents_first_and_are_watched(counter: Counter) -> None:
    settle_in(counter, "run-")
    reports = counter.run(*BOTH)
    assert [(report.entity, report.status) for report in reports] == [("accounts", "success"), ("personnel", "success")]
    assert list(dict.fromkeys(entity for entity, _ in counter.steps)) == ["accounts", "personnel"]
    assert ("accounts", "snapshot") in counter.steps


def test_what_refers_to_a_failed_entity_is_not_run(counter: Counter) -> None:
    settle_in(counter, "up-")
    counter.place.feed("institutions", [])
    accounts, personnel = counter.run(*BOTH)
    assert accounts.status == "failure"
    assert (personnel.status, personnel.error) == ("failure", "upstream_failed")
    assert "accounts did not get through" in str(personnel.message)


def test_runs_are_tied_to_their_job_in_the_ui(counter: Counter) -> None:
    settle_in(counter, "ui-")
    [report] = counter.run("accounts", mode="plan")
    with remembered(counter) as opened:
        found = opened.get_run_by_id(report.run_id)
    assert found is not None
    assert (found.job_name, found.status) == ("plan_accounts", dg.DagsterRunStatus.SUCCESS)
    assert found.tags[".dagster/repository"] == "__repository__@concord"


def test_keys_of_a_file_are_a_scope_of_their_own(counter: Counter, tmp_path: Path) -> None:
    counter.place.org.seed("Account", [{"Source_Key__c": f"keys-{n}", "Name": "Old"} for n in range(3)])
    counter.place.feed("institutions", schools("keys-", 3))
    file = tmp_path / "keys.txt"
    file.write_text("KEYS-1\n\n", encoding="utf-8")
    [report] = counter.run("accounts", keys_file=file)
    assert report.outcomes == {"updated": 1}


def test_a_killed_run_is_shown_as_failed_when_the_next_begins(counter: Counter) -> None:
    settings = counter.place.settings()
    with remembered(counter) as opened:
        killed = opened.create_run_for_job(_idle)
        (settings.concord_home / "running").mkdir(parents=True)
        (settings.concord_home / "running" / killed.run_id).touch()
    with remembered(counter) as opened:
        found = opened.get_run_by_id(killed.run_id)
    assert found is not None
    assert found.status is dg.DagsterRunStatus.FAILURE


def test_a_run_that_lives_is_left_alone(counter: Counter) -> None:
    with remembered(counter) as opened:
        living = opened.create_run_for_job(_idle)
        with alive(counter.place.settings().concord_home, living.run_id), remembered(counter) as again:
            found = again.get_run_by_id(living.run_id)
    assert found is not None
    assert found.status is not dg.DagsterRunStatus.FAILURE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_run_is_interrupted_as_by_ctrl_c(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), interruptible():
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_a_persons_own_dagster_settings_stay(counter: Counter) -> None:
    home = dagster_home(counter.place.settings())
    assert "granularity: run" in (home / "dagster.yaml").read_text(encoding="utf-8")
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    assert dagster_home(counter.place.settings()) == home
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == "telemetry: {enabled: false}\n"


@dg.job
def _idle() -> None:
    """A job that does nothing."""
