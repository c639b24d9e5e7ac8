"""One sandbox for all whole runs; each test has a home of its own and keys that no other test has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.sandbox.launch import running
from tests.resources.salesforce.embedded import Embedded
from tests.runs.place import Place
from tests.runs.practice import Practice


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("org")) as connection:
        yield Embedded(connection)


@pytest.fixture
def here(sandbox: Embedded, tmp_path: Path) -> Place:
    """A home without a run so far, at an org where nothing is wrong; its records are those of all tests so far."""
    sandbox.reset()
    return Place(tmp_path / "place", sandbox)


@pytest.fixture
def practice(here: Place, request: pytest.FixtureRequest) -> Practice:
    return Practice(here, f"u{abs(hash(request.node.name)) % 10**6}")
