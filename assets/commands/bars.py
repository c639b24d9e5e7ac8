"""Progress bars on stderr, one a step, where somebody is there to see them; elsewhere none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipelines.ports import world

Watch = Callable[[str], world.Progress]
"""Gives the progress of an entity."""


@contextmanager
def watching(console: Console) -> Iterator[Watch]:
    """What runs tell inside the block is seen on the console, and gone afterwards."""
    if not console.is_terminal:
        yield lambda _: _unseen
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bars:
        yield lambda entity: _Steps(bars, entity)


def _unseen(step: str, done: int, total: int | None) -> None:
    """Nobody watches."""


class _Steps:
    """One bar at a time: a new step takes the place of the one before."""

    def __init__(self, bars: Progress, entity: str) -> None:
        self._bars = bars
        self._entity = entity
        self._step = ""
        for done in bars.task_ids:  # entities run one after another
            bars.remove_task(done)
        self._task = bars.add_task(entity, total=None)

    def __call__(self, step: str, done: int, total: int | None) -> None:
        if step != self._step:
            self._step = step
            self._bars.reset(self._task, description=f"{self._entity}: {step}", total=total)
        self._bars.update(self._task, completed=done, total=total)
