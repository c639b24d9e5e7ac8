"""What goes wrong unexpectedly is told to Dagster by its kind alone.

Texts of exceptions land in the event log verbatim, and the text of a database's may hold a value of a row. The whole of
it is in a file that only its owner can read.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import dagster as dg

from pipelines.telling.report import UNEXPECTED


class Discretion:
    """A context: whatever leaves it but a Failure or an interruption becomes a Failure without a value in it.

    `tell` is called with the kind of what was unexpected.
    """

    def __init__(self, entity: str, home: Path, run_id: str, tell: Callable[[str], None] | None = None) -> None:
        self._entity = entity
        self._tell = tell
        self._file = home / "errors" / f"{run_id}.{entity}.txt"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception) or isinstance(error, dg.Failure):
            return
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file.touch(mode=0o600)
        self._file.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        what = f"{type(error).__module__}.{type(error).__name__}"
        if self._tell:
            self._tell(what)
        raise dg.Failure(
            f"{self._entity}: unexpected {what}, {UNEXPECTED}; all of it is in {self._file}", allow_retries=False
        ) from None
