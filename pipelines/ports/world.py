"""What every step needs of the world around it: the time, somebody to tell how far it is, and what can go wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

Clock = Callable[[], datetime]
"""Tells the time, with a time zone."""


Progress = Callable[[str, int, int | None], None]
"""Is told `(step, done, total)`; total is None while it is unknown."""


class SystemicError(Exception):
    """The run cannot go on (credentials, permission, missing field, daily limit, unreachable): no row is to blame."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class SourceNotSet(SystemicError):
    """No setting says where the source is: whoever has none leaves its entities alone."""

    def __init__(self, message: str) -> None:
        super().__init__("source_not_set", message)


class LostAnswer(Exception):
    """A write was sent and no answer came: it may or may not have taken effect. Read again before anything is sent."""


class SourceError(Exception):
    """The feed cannot be used at all (missing, empty, half written, wrong encoding …). Nothing was landed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Elsewhere(Protocol):
    """What else goes on, outside of the run and of the org."""

    def is_syncing(self, entity: str) -> bool:
        """Somebody syncs that entity."""

    def job_runs(self, name: str) -> bool:
        """A job of that name is in progress in this Dagster."""

    def exists(self, path: str) -> bool:
        """The lock file is there; `~` and `$CONCORD_HOME` stand for folders, a relative path is below the latter."""
