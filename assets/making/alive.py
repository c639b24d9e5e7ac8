"""Which runs are really running: each holds a lock on a file of its own, which a killed process lets go.

A run that was killed, with no time to say so, would be shown as running for ever.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg


@contextmanager
def alive(home: Path, run_id: str) -> Iterator[None]:
    """Everybody can see that the run is running."""
    path = _folder(home) / run_id
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def bury_dead(home: Path, instance: dg.DagsterInstance) -> list[str]:
    """Runs whose process was killed are failed runs; returns their ids."""
    buried = []
    for path in sorted(_folder(home).glob("*")):
        if _is_held(path):
            continue
        run = instance.get_run_by_id(path.name)
        if run and not run.is_finished:
            instance.report_run_failed(
                run, "The process of this run was killed. Run it again: it goes on where it was."
            )
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            buried.append(run.run_id)
        path.unlink(missing_ok=True)
    return buried


def _folder(home: Path) -> Path:
    return home / "running"


def _is_held(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
