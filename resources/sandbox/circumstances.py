"""What a fault or a lock lays upon the writes of one call or job, without the code in between knowing of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from .endpoint import NEWEST_VERSION
from .errors import RowError
from .faults import Fault


@dataclass(slots=True)
class Circumstances:
    """`backdated` is how many seconds before now the records are stamped; `fault` which rows it refuses.

    `locked` are the records that others hold. With `allow_duplicates` rows that a duplicate rule alerts to are saved;
    with `full_duplicates` what they match is told in full. `version` is that of the API that is spoken.
    """

    backdated: float = 0.0
    fault: Fault | None = None
    refused: int = 0
    allow_duplicates: bool = False
    full_duplicates: bool = False
    locked: frozenset[str] = frozenset()
    version: str = f"{NEWEST_VERSION}.0"

    def refusals(self, rows: Sequence[int]) -> dict[int, RowError]:
        """Which of those rows are refused, and why."""
        fault = self.fault
        if fault is None:
            return {}
        error = RowError(fault.code, fault.message)
        chosen: dict[int, RowError] = {}
        for row in rows:
            if fault.rows is not None and self.refused >= fault.rows:
                break
            if fault.share >= 1 or fault.draw(fault.met, self.refused, row) < fault.share:
                self.refused += 1
                chosen[row] = error
        return chosen


_CURRENT: ContextVar[Circumstances | None] = ContextVar("circumstances", default=None)


def circumstances() -> Circumstances:
    """Those of the call or job that is being worked off in this thread."""
    return _CURRENT.get() or Circumstances()


@contextmanager
def under(fault: Fault | None) -> Iterator[None]:
    """The writes in the block suffer what that fault says of writes."""
    if fault is None or fault.action not in ("row-errors", "late-commit"):
        yield
        return
    now = circumstances()
    late = fault.action == "late-commit"
    with _set(replace(now, backdated=fault.seconds) if late else replace(now, fault=fault)):
        yield


@contextmanager
def duplicates_as(header: str) -> Iterator[None]:
    """The writes in the block treat duplicates as that Sforce-Duplicate-Rule-Header says."""
    if not header:
        yield
        return
    said = {
        name.strip().lower(): value.strip().lower() for name, _, value in (p.partition("=") for p in header.split(";"))
    }
    allowed, full = said.get("allowsave") == "true", said.get("includerecorddetails") == "true"
    with _set(replace(circumstances(), allow_duplicates=allowed, full_duplicates=full)):
        yield


@contextmanager
def spoken_in(version: str) -> Iterator[None]:
    """What the block answers has URLs of that API version."""
    with _set(replace(circumstances(), version=version)):
        yield


@contextmanager
def locked_out_of(ids: frozenset[str]) -> Iterator[None]:
    """The writes in the block find those records locked by others."""
    with _set(replace(circumstances(), locked=ids)):
        yield


@contextmanager
def _set(changed: Circumstances) -> Iterator[None]:
    mark = _CURRENT.set(changed)
    try:
        yield
    finally:
        _CURRENT.reset(mark)
