"""A run that is asked for in the machine of `both_sides`, and what disturbs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from tests.faults.wire import Schedule


class Struck(BaseException):
    """The process is gone: nothing handles this, and the entity's file is as it was last committed."""


@dataclass(frozen=True)
class Stroke:
    """Disturbed by faults, a death at one call, a clock of ours that is wrong; or by nothing."""

    route: str
    scope: Literal["changed", "all"] = "changed"
    schedule: Schedule = field(default_factory=dict)
    struck: int = 0
    imports: bool = False
    skew: timedelta = timedelta()

    @property
    def disturbed(self) -> bool:
        return bool(self.schedule or self.struck)
