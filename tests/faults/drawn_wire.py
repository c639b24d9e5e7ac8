"""The line of the random stories: a fault that was drawn is always met, whatever the call; what is written can be seen.

A drawn fault is a number of a call, and a number that says which of the kinds it meets of those that this call can
meet. How each kind looks is in `wire`; which call can meet what, in `kinds`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import requests

from tests.faults.inside import Answer, Inside
from tests.faults.kinds import GRAPH, Call
from tests.faults.wire import Wire

Drawn = Mapping[int, int | str]
"""The number of a call → which of its kinds it meets: a number that stands for one of them, or the kind by name."""


def unseen(call: Call, request: requests.PreparedRequest) -> None:
    """Nobody looks at it."""


class DrawnWire(Wire):
    """`sees` is told of each call just before it reaches the org, or does not."""

    def __init__(self, org: Inside, drawn: Drawn, field: tuple[str, str]) -> None:
        super().__init__(org, {}, field)
        self._drawn = drawn
        self.sees: Callable[[Call, requests.PreparedRequest], None] = unseen

    @property
    def kinds_met(self) -> list[str]:
        return [self._schedule[number] for number in self.met]

    @property
    def billed(self) -> list[Call]:
        """Calls that the org counts: neither those to mailboxes, nor logging in, nor what nobody listened to."""
        unheard = {number for number in self.met if self._schedule[number] == "refused"}
        calls = [call for number, call in enumerate(self.calls, start=1) if number not in unheard]
        return [call for call in calls if call.path != "token" and not call.path.startswith(GRAPH)]

    def _met(self, number: int, call: Call, request: requests.PreparedRequest) -> Answer:
        self.sees(call, request)
        if (which := self._drawn.get(number)) is not None:
            kind = which if isinstance(which, str) else call.kinds[which % len(call.kinds)]
            self._schedule = {**self._schedule, number: kind}
        return super()._met(number, call, request)
