"""The whole org put aside under a name, and back: records, schema, rights, declared rules, limits, jobs, clock.

Identity, sessions, fault rules and the log of calls are not part of it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .org import Org

FILES = (
    "permissions.json",
    "usage.json",
    "batches.json",
    "query_jobs.json",
    "schema.json",
    "declared.json",
    "clock.json",
)
FOLDERS = ("jobs", "cursors")
_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)


class Snapshots:
    """The snapshots of one org, in its state directory.

    `around` brackets a restore: what works in the background is still between its two halves.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._root = org.state / "snapshots"
        self._around: list[tuple[Callable[[], None], Callable[[], None]]] = []

    def around(self, before: Callable[[], None], after: Callable[[], None]) -> None:
        """`before` runs ahead of every restore and snapshot, `after` when it is done."""
        self._around.append((before, after))

    def names(self) -> list[str]:
        return sorted(path.name for path in self._root.glob("*")) if self._root.exists() else []

    def take(self, name: str) -> None:
        """The org as it is now is kept under that name, in place of what had it."""
        folder = self._folder(name)
        self._pause()
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, mode=0o700)
            self._org.save()
            self._org.store.copy_to(folder / "org.db")
            for part in (*FILES, *FOLDERS):
                _copy(self._org.state / part, folder / part)
        finally:
            self._go_on()

    def restore(self, name: str) -> None:
        """The org is as it was when the snapshot was taken; ValueError if there is none of that name."""
        folder = self._there(name)
        self._pause()
        try:
            for part in (*FILES, *FOLDERS):
                _copy(folder / part, self._org.state / part)
            self._org.store.copy_from(folder / "org.db")
            self._org.reload()
        finally:
            self._go_on()

    def forget(self, name: str) -> None:
        """That snapshot is kept no longer; ValueError if there is none of that name."""
        shutil.rmtree(self._there(name))

    def _there(self, name: str) -> Path:
        folder = self._folder(name)
        if not folder.exists():
            raise ValueError(f"no snapshot {name!r}; there are {', '.join(self.names()) or 'none'}")
        return folder

    def _folder(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("a snapshot's name is made of letters, digits, _ and -, at most 64")
        return self._root / name

    def _pause(self) -> None:
        for before, _ in self._around:
            before()

    def _go_on(self) -> None:
        for _, after in self._around:
            after()


def _copy(source: Path, target: Path) -> None:
    """The target is what the source is, or is not there if the source is not."""
    shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)
