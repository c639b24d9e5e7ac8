"""What else goes on beside a run: other syncs in the same home, jobs of Dagster, lock files of anybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from resources.warehouse import Warehouse


def no_jobs(name: str) -> bool:
    """Without Dagster there are none."""
    del name
    return False


class Neighbours:
    """The port `Elsewhere` for one CONCORD_HOME. `job_runs` asks Dagster, where there is one."""

    def __init__(self, home: Path, job_runs: Callable[[str], bool] = no_jobs) -> None:
        self._home = home
        self._job_runs = job_runs

    def is_syncing(self, entity: str) -> bool:
        return Warehouse(self._home, entity).is_locked()

    def job_runs(self, name: str) -> bool:
        return self._job_runs(name)

    def exists(self, path: str) -> bool:
        below_home = path.removeprefix("$CONCORD_HOME").lstrip("/") if path.startswith("$CONCORD_HOME") else path
        return (self._home / Path(below_home).expanduser()).exists()
