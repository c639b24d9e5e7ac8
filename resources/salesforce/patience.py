"""How long we wait for an org, and how often we try again.

The pauses between questions about a running job are another matter: `polling.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds."""

    connect: float = 10
    read: float = 150  # a query may take two minutes
    write: float = 620  # the org ends a request after ten minutes: silence beyond that tells nothing more
    idle: float = 50  # after which a connection is not trusted with a write: something between may have dropped it
    attempts: int = 5
    pause: float = 0.5  # before the second attempt; doubles, with jitter
    longest: float = 60  # of one pause; an org that asks for more is not waited for
    sleep: Callable[[float], None] = time.sleep
