"""Crash anywhere, run again: the org ends as if nothing had happened. Runs of an own process die by `kill -9`.

A few moments are tried in every run of the tests; `-m soak` tries twenty of each entity on each route.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runs.killing import Stage, kill_at, spread, stages

MOMENTS = 20
SIZE = {"few": 12, "many": 230}


@pytest.fixture(scope="module", params=["collections", "bulk"])
def route(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> list[Stage]:
    """How it ends undisturbed by collections, which is how it must end by either route."""
    return stages(tmp_path_factory.mktemp("small") / "stages", SIZE["few"], "collections")


@pytest.fixture(scope="module")
def large(route: str, tmp_path_factory: pytest.TempPathFactory) -> list[Stage]:
    return stages(tmp_path_factory.mktemp("large") / route, SIZE["many"], route)


@pytest.mark.slow
@pytest.mark.parametrize(
    "by, entity, at",
    [
        pytest.param("collections", 0, 0.3, id="accounts by collections"),
        pytest.param("bulk", 0, 0.6, id="accounts by bulk"),
        pytest.param("collections", 1, 0.7, id="people by collections"),
        pytest.param("bulk", 1, 0.4, id="people by bulk"),
    ],
)
def test_a_killed_run_leaves_no_trace(small: list[Stage], tmp_path: Path, by: str, entity: int, at: float) -> None:
    trial = kill_at(small[entity], round(at * small[entity].steps), by, tmp_path / "killed")
    assert (trial.killed, trial.differing) == (True, 0)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("moment", range(MOMENTS))
@pytest.mark.parametrize("entity", [0, 1], ids=["accounts", "personnel"])
def test_a_run_killed_at_any_of_many_moments_leaves_no_trace(
    large: list[Stage], route: str, tmp_path: Path, entity: int, moment: int
) -> None:
    step = spread(large[entity].steps, MOMENTS)[moment]
    trial = kill_at(large[entity], step, route, tmp_path / "killed")
    assert (trial.killed, trial.differing) == (True, 0)
