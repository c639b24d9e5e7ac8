"""Moments as the service tells them: ISO 8601 in UTC with milliseconds, so that text sorts as time does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def told(moment: datetime) -> str:
    """The moment as the service tells it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def understood(text: str) -> str:
    """A moment that somebody wrote (without a zone: UTC), as the service tells it; ValueError if it is none."""
    moment = datetime.fromisoformat(text.strip())
    return told(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
