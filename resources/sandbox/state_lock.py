"""One server at a time for a state directory."""

from __future__ import annotations

import fcntl
import time
from pathlib import Path
from typing import IO

from .files import growing_private

LOCK_SECONDS = 0.5
"""Somebody who only asks whether the directory is in use has the lock for a moment."""


class StateInUse(Exception):
    """Another process, or another Org of this one, has that state directory."""


def lock_state(state: Path) -> IO[bytes]:
    """The directory is ours until the file is closed or the process ends; StateInUse if it is somebody else's."""
    file = growing_private(state / "lock")
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                file.close()
                raise StateInUse(f"the sandbox state in {state} is already in use by a running sandbox") from None
            time.sleep(0.02)
        else:
            return file


def in_use(state: Path) -> bool:
    """Whether a running sandbox has that directory."""
    with growing_private(state / "lock") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
