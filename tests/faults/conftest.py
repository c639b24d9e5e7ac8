"""What the tests of two sides share: a desk after its first run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with nothing on either side, whose entity was synced once."""
    made = Desk(tmp_path)
    made.run()
    yield made
    made.close()
