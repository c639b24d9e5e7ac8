"""One sandbox for hostile guests; each test has a home and keys of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.sandbox.launch import Connection, running
from tests.resources.salesforce.embedded import Embedded
from tests.runs.place import Place


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with running(tmp_path_factory.mktemp("org")) as serving:
        yield serving


@pytest.fixture
def here(connection: Connection, tmp_path: Path) -> Place:
    org = Embedded(connection)
    org.reset()
    return Place(tmp_path / "place", org)
