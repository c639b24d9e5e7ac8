"""The two clients that most people use, driven on every run of the tests; `make clients` drives all of them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.clients import with_jsforce
from tests.clients.workshop import SCRIPTS, NotInstalled, Workshop, fresh_org

SCRATCH = Path(__file__).parents[2] / ".clients"


@pytest.mark.slow
def test_simple_salesforce_finds_nothing_missing(tmp_path: Path) -> None:
    with fresh_org(proxy=True) as org:
        version = Workshop(tmp_path).run([sys.executable, SCRIPTS / "simple_salesforce_all.py"], org)
    assert version.startswith("1.12.")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_jsforce_finds_nothing_missing() -> None:
    with fresh_org() as org:
        try:
            version = with_jsforce.drive(Workshop(SCRATCH), org)
        except NotInstalled as reason:
            pytest.skip(str(reason))
    assert version.startswith("3.10.")
