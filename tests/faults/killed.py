"""A run that dies by `kill -9` just before or just after a call, and all that follows.

The run has a process of its own, forked from a server that has the libraries loaded and no thread; its org dies with
it, in the middle of a job perhaps, and both are picked up from what is on disk.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Literal

from resources.warehouse import Warehouse
from tests.faults.courses import Course
from tests.faults.inside import inside
from tests.faults.kinds import Call
from tests.faults.stage import Stage
from tests.faults.trial import Trial, editing, once
from tests.faults.wire import Wire

When = Literal["before", "after"]

LONGEST = 60
"""Seconds until a run is taken for one that hangs, which is told as `ended with None`."""


@dataclass(frozen=True)
class Kill:
    """At which call, and on which side of it."""

    number: int
    when: When

    def __str__(self) -> str:
        return f"kill={self.when}:{self.number}"


@dataclass(frozen=True)
class Killed:
    """What came of kills, the second of which met the run after the first."""

    course: Course
    kills: tuple[Kill, ...]
    died: int
    calls: tuple[Call, ...]
    """Of the runs that followed."""
    runs: int
    wrong: tuple[str, ...]


def forkserver() -> ForkServerContext:
    """Starts processes by forking one that has everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.killed", "simple_salesforce.api"])
    return context


def boundaries(undisturbed: Trial) -> list[Kill]:
    """Both sides of every call of the first run."""
    calls = len(undisturbed.runs[0].calls)
    return [Kill(number, when) for number in range(1, calls + 1) for when in ("before", "after")]


def kill(stage: Stage, *kills: Kill) -> Killed:
    """The run is killed there, and so is the next for each further kill; then runs until quiet."""
    stage.set()
    ended = []
    for number, one in enumerate(kills):
        child = forkserver().Process(target=doomed, args=(stage.now, stage.course, one, number == 0))
        child.start()
        child.join(LONGEST)
        ended.append(child.exitcode)
        child.kill()
        child.join()
    died = ended.count(-signal.SIGKILL)
    unlike = () if ended[0] == -signal.SIGKILL else (f"the run was not killed, but ended with {ended[0]}",)
    with stage.opened({}) as opened:
        future, runs = stage.until_quiet(opened)
        calls = tuple(opened.wire.calls)
    return Killed(stage.course, kills, died, calls, runs, (*unlike, *future.wrong))


def kills(stage: Stage, which: Sequence[Kill]) -> list[Killed]:
    """What came of each of these."""
    return [kill(stage, one) for one in which]


def doomed(home: Path, course: Course, at: Kill, edits: bool) -> None:  # noqa: FBT001 - the arguments of a process
    """The run that dies."""
    with inside(home / "org") as org:
        wire = Wire(org, {})
        edit = editing(org, course.plan, 1 if edits else 0)

        def before(number: int) -> None:
            edit(number)
            if at == Kill(number, "before"):
                os.kill(os.getpid(), signal.SIGKILL)

        def after(number: int) -> None:
            if at == Kill(number, "after"):
                os.kill(os.getpid(), signal.SIGKILL)

        wire.before, wire.after = before, after
        once(course, org, wire, Warehouse(home, course.name), home)
