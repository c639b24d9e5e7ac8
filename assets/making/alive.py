"""Which runs are really running: each holds a lock on a file of its own, which a killed process lets go.

A run that was killed, with no time to say so, would be shown as running for ever.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg


@dataclass(frozen=True, slots=True)
class Dead:
    """A run that was killed, and what it was about."""

    run_id: str
    entity: str
    mode: str


@contextmanager
def alive(home: Path, run_id: str, entity: str = "", mode: str = "") -> Iterator[None]:
    """Everybody can see that the run is running."""
    path = _folder(home) / run_id
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{run_id}.new")  # nobody must see the file before it is locked
    descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, json.dumps({"entity": entity, "mode": mode}).encode())
        fresh.rename(path)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def bury_dead(home: Path, instance: dg.DagsterInstance) -> list[Dead]:
    """Runs whose process was killed are failed runs; returns them."""
    buried = []
    for path in sorted(_folder(home).glob("[!.]*")):
        if _is_held(path):
            continue
        run = instance.get_run_by_id(path.name)
        if run and not run.is_finished:
            instance.report_run_failed(
                run, "The process of this run was killed. Run it again: it goes on where it was."
            )
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        buried.append(_dead(path))
        path.unlink(missing_ok=True)
    return buried


def _dead(path: Path) -> Dead:
    try:
        about = json.loads(path.read_text("utf-8") or "{}")
    except FileNotFoundError:  # somebody else was quicker
        about = {}
    return Dead(path.name, about.get("entity", ""), about.get("mode", ""))


def _folder(home: Path) -> Path:
    return home / "running"


def _is_held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True  # it ended meanwhile, as one that lives
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return not path.exists()  # the same
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
