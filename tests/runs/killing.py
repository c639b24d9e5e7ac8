"""Kills a run at a step of its load, runs again until all is quiet, and compares the org with an undisturbed one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.runs.place import ROOT, Place, copy_of, place
from tests.runs.town import settle_in

State = dict[str, dict[str, dict[str, object]]]

STROKES: tuple[tuple[str, tuple[str, ...]], ...] = (("accounts", ("import",)), ("personnel", ()))
"""What is run, in order."""


@dataclass(frozen=True)
class Stage:
    """Where trials of one stroke start: the home before it, how many steps its load has, how the org must end."""

    home: Path
    entity: str
    asked: tuple[str, ...]
    steps: int
    end: State


@dataclass(frozen=True)
class Trial:
    """One kill: at which step, how many runs until quiet, and where the org differs from the undisturbed one."""

    entity: str
    step: int
    killed: bool
    runs: int
    differing: int


def stages(folder: Path, size: int, route: str) -> list[Stage]:
    """One stage a stroke, each with its undisturbed end."""
    folder.mkdir(parents=True)
    home = folder / "start"
    with place(home) as here:
        settle_in(here, size)
    made = []
    for entity, asked in STROKES:
        start, home = home, copy_of(home, folder / f"after-{entity}")
        with place(home) as here:
            steps = steps_of(child(home, entity, 0, route, *asked))
            finish(here, entity, asked)
            made.append(Stage(start, entity, asked, steps, state_of(here)))
    return made


def child(home: Path, entity: str, step: int, *asked: str) -> subprocess.CompletedProcess[str]:
    """A run in a process of its own that dies at that step of its load."""
    command = [sys.executable, "-m", "tests.runs.doomed", str(home), entity, str(step), *asked]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)


def steps_of(ended: subprocess.CompletedProcess[str]) -> int:
    """The number of steps that the load of a child had that lived."""
    assert ended.returncode == 0, ended.stderr
    return int(json.loads(ended.stdout.splitlines()[-1])["steps"])


def finish(here: Place, entity: str, asked: Sequence[str] = ()) -> int:
    """Nothing is to do any more; the number of runs it took."""
    return len(here.until_quiet(entity, create_missing="import" in asked))


def state_of(here: Place) -> State:
    return {sobject: here.records(sobject, "Description") for sobject in ("Account", "Contact")}


def kill_at(stage: Stage, step: int, route: str, home: Path) -> Trial:
    """What became of the org after a kill at that step."""
    with place(copy_of(stage.home, home)) as here:
        ended = child(home, stage.entity, step, route, *stage.asked)
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
        runs = finish(here, stage.entity, stage.asked)
        differing = differences(stage.end, state_of(here))
    return Trial(stage.entity, step, ended.returncode == -signal.SIGKILL, runs, differing)


def differences(meant: State, found: State) -> int:
    """Records that are there on one side only, or differ in any business field."""
    return sum(
        meant[sobject].get(key) != found[sobject].get(key)
        for sobject in meant
        for key in meant[sobject].keys() | found[sobject].keys()
    )


def spread(steps: int, moments: int) -> list[int]:
    """So many different steps, from the first to the last."""
    return sorted({1 + round(n * (steps - 1) / max(moments - 1, 1)) for n in range(moments)})
