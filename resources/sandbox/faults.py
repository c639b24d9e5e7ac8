"""Faults on demand: what goes wrong with which call, so that a client's behaviour under it can be tested."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Action = Literal["status", "delay", "drop", "close-after-write", "expire"]


@dataclass(slots=True)
class Fault:
    """From the `nth` call on whose path matches (without a trailing slash), for `times` calls, `action` happens.

    `status` answers with that status instead of working; `delay` works after `seconds`; `drop` closes the connection
    without working; `close-after-write` works and then closes the connection instead of answering; `expire` ends every
    session first.
    """

    path: str
    action: Action
    method: str | None = None
    nth: int = 1
    times: int = 1
    status: int = 503
    code: str = "SERVER_UNAVAILABLE"
    message: str = "Server unavailable"
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    seen: int = 0

    def __post_init__(self) -> None:
        if self.action not in ("status", "delay", "drop", "close-after-write", "expire"):
            raise ValueError(f"no action {self.action!r}; there are status, delay, drop, close-after-write and expire")
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"path is no regular expression: {error}") from error

    def concerns(self, method: str, path: str) -> bool:
        return (self.method is None or self.method == method) and re.search(self.path, path) is not None


class Faults:
    """The rules in force; each call meets at most one fault, by the order of the rules."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def set(self, rules: Sequence[Fault]) -> None:
        """These rules are in force, and none of the earlier ones."""
        with self._lock:
            self._rules = list(rules)

    def add(self, rule: Fault) -> None:
        with self._lock:
            self._rules.append(rule)

    def rules(self) -> list[Fault]:
        with self._lock:
            return list(self._rules)

    def meet(self, method: str, path: str) -> Fault | None:
        """The fault that this call meets; the call is counted by every rule that it concerns."""
        met: Fault | None = None
        with self._lock:
            for rule in self._rules:
                if rule.concerns(method, path):
                    rule.seen += 1
                    if met is None and rule.nth <= rule.seen < rule.nth + rule.times:
                        met = rule
        return met
