"""What every test may count on: an empty home, nothing inherited from the machine, and no telemetry.

Fixtures that only some tests need belong in the `conftest.py` of their folder.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("ci", derandomize=True, database=None, deadline=None, print_blob=True)
hypothesis.settings.register_profile("dev", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

OURS = ("CONCORD_", "DAGSTER_", "ENGAGE_", "GRAPH_", "SALESFORCE_", "DESTINATION__", "SOURCES__")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
BUNDLES = ("requests_ca_bundle", "curl_ca_bundle", "ssl_cert_file")
TELEMETRY = {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
}

MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it
ROOM = 4_000_000_000

# A machine may forbid to keep what was compiled. Half of the time of every process that a test starts is compiling.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_configure(config: pytest.Config) -> None:
    """Homes lie in memory where there is room, so that no commit waits for a disk; what is measured does wait."""
    chosen = {"TMPDIR", "PYTEST_DEBUG_TEMPROOT"} & os.environ.keys()
    measuring = config.getoption("markexpr") in ("benchmark", "load")
    if not chosen and not measuring and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)


@pytest.fixture(scope="session", autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing of the machine's settings reaches a test, nor a server that a wider fixture starts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(OURS) or name.lower() in PROXIES + BUNDLES:
                patch.delenv(name)
        for name, value in TELEMETRY.items():
            patch.setenv(name, value)
        _settle(tmp_path_factory.mktemp("session"), patch)
        yield


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is this test's HOME and working directory; CONCORD_HOME lies in it."""
    return _settle(tmp_path / "home", monkeypatch)


def _settle(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    concord, dagster = folder / "concord", folder / "dagster"
    for made in (concord, dagster):
        made.mkdir(parents=True)
    patch.setenv("HOME", str(folder))
    patch.setenv("CONCORD_HOME", str(concord))
    patch.setenv("DAGSTER_HOME", str(dagster))
    patch.chdir(folder)  # so that a .env of the clone is not read
    return folder
