"""Dagster's own memory: a folder with its settings, in SQLite, below CONCORD_HOME unless DAGSTER_HOME names another.

`dagster.yaml` is written when there is none; a person's own stays.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dagster as dg

    from resources.settings import Settings

SETTINGS = """\
# Written by Concord when there was none; change it as you like.
telemetry:
  enabled: false
nux:
  enabled: false  # asks newcomers for their address
concurrency:
  pools:
    # One pool an entity: runs of one entity wait for each other, those of different entities do not. Held by whole
    # runs: a slot held by a step stays taken when its process is killed.
    default_limit: 1
    granularity: run
  runs:
    max_concurrent_runs: 10
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
  max_runtime_seconds: 43200
  free_slots_after_run_end_seconds: 60
retention:
  schedule:
    purge_after_days: 90
"""


def dagster_home(settings: Settings) -> Path:
    """The absolute path of Dagster's folder, which exists and has its settings."""
    named = os.environ.get("DAGSTER_HOME")
    home = (Path(named).expanduser() if named else settings.concord_home / "dagster").absolute()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = home / "dagster.yaml"
    if not file.exists():
        file.write_text(SETTINGS, encoding="utf-8")
    return home


@contextmanager
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance in its folder; runs whose process was killed are shown as failed in it, and told of."""
    import dagster as dg

    from assets.making.alerting import tell_dead
    from assets.making.alive import bury_dead

    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as opened:
        if dead := bury_dead(settings.concord_home, opened):
            tell_dead(settings, dead)  # what an address does not take stays in the book, and the next run says it
        yield opened
