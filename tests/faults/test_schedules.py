"""A small plan under faults at exact calls, and killed at exact calls: it ends as an oracle says, after few runs.

A sample, the same every time; `make faults` walks all of it. What a walk once found stands here by name.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.faults.folder import quick_folder
from tests.faults.killed import boundaries, kill
from tests.faults.outside import ROUTES
from tests.faults.trial import Stage
from tests.faults.walk import further, read

FOUND = {
    "half a describe": "collections 2=half",
    "half a page of the snapshot": "collections 3=half",
    "half the results of a job": "bulk 15=half",
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with quick_folder() as folder:
        yield Stage(folder / "stage")


@pytest.mark.parametrize("what", FOUND)
def test_what_a_walk_once_found_ends_well(stage: Stage, what: str) -> None:
    route, schedule = read(FOUND[what].split())
    trial = stage.trial(route, schedule)
    assert (trial.met, trial.wrong) == (tuple(schedule), ())


@pytest.mark.parametrize("route", ROUTES)
def test_two_faults_anywhere_make_no_difference(stage: Stage, route: str) -> None:
    drawn = random.Random(20)
    calls = stage.trial(route, {}).calls
    for single in drawn.sample(further(calls, {}), 1):
        first = stage.trial(route, single)
        assert first.wrong == ()
        for pair in drawn.sample(further(first.calls, single), 2):
            assert stage.trial(route, pair).wrong == (), pair


@pytest.mark.parametrize("route", ROUTES)
def test_a_kill_at_any_call_makes_no_difference(stage: Stage, route: str) -> None:
    at = random.Random(30).choice(boundaries(stage.trial(route, {}).calls))
    killed = kill(stage, route, at)
    assert (killed.died, killed.wrong) == (1, ())
