"""Faults on demand: what goes wrong with which call or bulk job, so that a client's behaviour under it can be tested.

Which faults there are is in `fault_names`, which values a rule may have in `fault_rule`.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, fields
from typing import Any

from pydantic import ValidationError
from pydantic.dataclasses import dataclass

from .fault_names import EITHER_ACTIONS, JOB_ACTIONS, KINDS
from .fault_rule import (
    ASKED_FOR,
    STRICT,
    Expression,
    FromOne,
    FromZero,
    Headers,
    Method,
    Seconds,
    Share,
    Status,
    refusal,
)

JOB = "JOB"
"""The method of a bulk job that begins to be worked off; its path is `ingest/<object>/<operation>/<id>`."""

_KEPT_BY_US = ("seen", "met", "problem")


@dataclass(slots=True, config=STRICT)
class Fault:
    """From the `nth` call on whose path matches (without a trailing slash), for `times` calls, `action` happens.

    With `rate` each of those calls meets it with that probability, decided by `seed`, and `times` is without end
    unless given. A rule for jobs has the method JOB. `seen` counts the calls that it concerns, `met` those that met it.
    """

    path: Expression
    action: str
    name: str = ""
    method: Method | None = None
    nth: FromOne = 1
    times: FromOne | None = None
    rate: Share = 1.0
    seed: int = 0
    status: Status = 503
    code: str = "SERVER_UNAVAILABLE"
    message: str = "Server unavailable"
    headers: Headers = field(default_factory=dict)
    seconds: Seconds = 0.0
    rows: FromZero | None = None
    share: Share = 1.0
    door: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    after: bool = False
    seen: int = 0
    met: int = 0
    problem: str = ""

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> Fault:
        """The rule as somebody wrote it, what its action brings along filled in; ValueError says what is wrong."""
        known = [f.name for f in fields(cls) if f.name not in _KEPT_BY_US]
        for given in rule:
            if given not in known:
                raise ValueError(f"a fault has no {given!r}; it has {', '.join(known)}")
        if "path" not in rule:
            raise ValueError(f"a fault needs a path, {ASKED_FOR['path']}")
        asked = str(rule.get("action"))
        kind = KINDS.get(asked)
        if kind is None:
            raise ValueError(f"no action {asked!r}; there are {', '.join(KINDS)}")
        try:
            fault = cls(**{"name": asked, **kind.defaults, **rule, "action": kind.action})
        except ValidationError as error:
            raise refusal(rule, error) from error
        fault._check()
        return fault

    def concerns(self, method: str, path: str) -> bool:
        """True if the rule is about such calls (or, with the method JOB, about such jobs)."""
        wanted = JOB if self.action in JOB_ACTIONS else self.method
        if (method == JOB) != (wanted == JOB):
            return False
        return wanted in (None, method) and re.search(self.path, path) is not None

    def strikes(self) -> bool:
        """True if the call just counted is one that meets the fault."""
        if self.rate >= 1:
            return self.nth <= self.seen < self.nth + (self.times or 1)
        spent = self.times is not None and self.met >= self.times
        return self.seen >= self.nth and not spent and self.draw(self.seen) < self.rate

    def draw(self, *of: object) -> float:
        """A number from 0 to 1 that the seed decides."""
        return random.Random(f"{self.seed}:{of}").random()  # noqa: S311 - repeatable, not secret

    def _check(self) -> None:
        if self.method == JOB and self.action not in JOB_ACTIONS | EITHER_ACTIONS:
            raise ValueError(f"{self.name} happens to calls, not to jobs")
        if self.action == "meanwhile" and not self.door:
            raise ValueError("meanwhile needs a door, such as 'clock', and the body that the door takes")


class Faults:
    """The rules in force; each call meets at most one fault, by the order of the rules."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []
        self._hearers: list[Callable[[], None]] = []

    def set(self, rules: Sequence[Fault]) -> None:
        """These rules are in force, and none of the earlier ones; what waits for a change of them goes on."""
        with self._lock:
            self._rules = list(rules)
        for hearer in self._hearers:
            hearer()

    def add(self, rule: Fault) -> None:
        with self._lock:
            self._rules.append(rule)

    def rules(self) -> list[Fault]:
        with self._lock:
            return list(self._rules)

    def on_change(self, hearer: Callable[[], None]) -> None:
        """The hearer is called whenever other rules come into force."""
        self._hearers.append(hearer)

    def meet(self, method: str, path: str) -> Fault | None:
        """The fault that this call meets; the call is counted by every rule that it concerns."""
        found: Fault | None = None
        with self._lock:
            for rule in self._rules:
                if rule.concerns(method, path):
                    rule.seen += 1
                    if found is None and rule.strikes():
                        rule.met += 1
                        found = rule
        return found
