"""Faults on demand: what goes wrong with which call, so that a client's behaviour under it can be tested.

A new fault is a line in `KINDS` and, unless it is another answer, its effect in `application`. The requests of a
`$batch` meet faults too, each for itself, but none that concerns the connection.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

_BUSY = '{"error":{"code":"ApplicationThrottled","message":"Application is over its MailboxConcurrency limit."}}'
_DOWN = '{"error":{"code":"serviceNotAvailable","message":"The service is temporarily unavailable."}}'
_EXPIRED = (
    '{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed, the token is expired."}}'
)

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "answer": ("`status`, `headers` and `body` (a text) instead of work", {}),
    "too-many-requests": ("429 with Retry-After", {"status": 429, "headers": {"Retry-After": "1"}, "body": _BUSY}),
    "unavailable": ("503", {"status": 503, "body": _DOWN}),
    "unauthorized": ("401: the token is no longer good", {"status": 401, "body": _EXPIRED}),
    "not-json": (
        "200 and a page of HTML",
        {"body": "<html><body>Please stand by</body></html>", "headers": {"Content-Type": "text/html"}},
    ),
    "truncate": ("the work is done; half of the answer, then the connection ends", {}),
    "lost": ("the work is done, and the connection ends before anything is answered", {}),
    "cut": ("nothing is done, and the connection ends before anything is answered", {}),
    "delay": ("answered after `seconds`", {"seconds": 1.0}),
    "meanwhile": ("the administrator's `door` is used with `with_body`, before the call is answered", {}),
    "replay": ("a delta page begins with the last change of the page before", {}),
}
"""What each does, and what it takes unless told otherwise. All but those with an effect of their own are answers."""

CONNECTION = frozenset({"truncate", "lost", "cut", "delay"})
EFFECTS = CONNECTION | {"meanwhile", "replay"}


@dataclass(slots=True)
class Fault:
    """From the `nth` matching call on, for `times` calls (0: without end), `action` happens.

    A call matches by `path`, a regular expression, and `method`, all of them unless told. With `rate` each of those
    calls meets it with that probability, decided by `seed`, and without end unless `times` is given. `seen` counts the
    calls that it concerns, `met` those that met it.
    """

    path: str
    action: str
    method: str = ""
    nth: int = 1
    times: int | None = None
    rate: float = 1.0
    seed: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    seconds: float = 0.0
    door: str = ""
    with_body: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    met: int = 0

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> Fault:
        """The rule as somebody wrote it, completed; ValueError says what is wrong."""
        known = [each.name for each in fields(cls) if each.name not in ("seen", "met")]
        for given in rule:
            if given not in known:
                raise ValueError(f"a fault has no {given!r}; it has {', '.join(known)}")
        if "path" not in rule:
            raise ValueError("a fault needs a path, a regular expression that is looked for in the path of each call")
        if rule.get("action") not in KINDS:
            raise ValueError(f"no action {rule.get('action')!r}; there are {', '.join(KINDS)}")
        fault = cls(**{**KINDS[rule["action"]][1], **rule})
        if fault.nth < 1 or not 0 <= fault.rate <= 1:
            raise ValueError("nth is a whole number from 1, rate a number from 0 to 1")
        try:
            re.compile(fault.path)
        except re.error as error:
            raise ValueError(f"path is no regular expression: {error}") from error
        return fault

    def concerns(self, method: str, path: str) -> bool:
        return (not self.method or self.method == method) and re.search(self.path, path) is not None

    def strikes(self) -> bool:
        """True if the call just counted is one that meets the fault."""
        times = self.times if self.times is not None else (0 if self.rate < 1 else 1)
        if self.seen < self.nth or (times and self.met >= times):
            return False
        return self.rate >= 1 or random.Random(f"{self.seed}:{self.seen}").random() < self.rate  # noqa: S311 - repeatable


class Faults:
    """The rules in force; each call meets at most one, by the order of the rules."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def set(self, rules: Sequence[Fault]) -> None:
        with self._lock:
            self._rules = list(rules)

    def rules(self) -> list[Fault]:
        with self._lock:
            return list(self._rules)

    def meet(self, method: str, path: str, *, part: bool = False) -> Fault | None:
        """The fault that this call, or part of a batch, meets; it is counted by every rule that it concerns."""
        found: Fault | None = None
        with self._lock:
            for rule in self._rules:
                if not rule.concerns(method, path) or (part and rule.action in CONNECTION):
                    continue
                rule.seen += 1
                if found is None and rule.strikes():
                    rule.met += 1
                    found = rule
        return found
