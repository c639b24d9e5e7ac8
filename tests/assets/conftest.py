"""One sandbox for all runs through Dagster; each test has a home and an instance of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from tests.assets.control_room import ControlRoom
from tests.runs.place import Place, place


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(tmp_path_factory.mktemp("dagster-org")) as served:
        yield served


@pytest.fixture
def room(served: Place, tmp_path: Path) -> Iterator[ControlRoom]:
    """Nothing ran here so far; the org's records are those of all tests so far."""
    served.org.reset()
    with dg.DagsterInstance.ephemeral() as instance:
        yield ControlRoom(Place(tmp_path / "place", served.org), instance)
