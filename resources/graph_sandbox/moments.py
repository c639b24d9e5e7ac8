"""Moments as Graph tells them: ISO 8601 in UTC with seven digits after the second, so that text sorts as time does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?")


def system_clock() -> datetime:
    return datetime.now(UTC)


def told(moment: datetime) -> str:
    """The moment as Graph tells it."""
    return local(moment.astimezone(UTC)) + "Z"


def local(moment: datetime) -> str:
    """The moment by its own clock, without a zone: the `dateTime` of a dateTimeTimeZone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.").rjust(20, "0") + f"{moment.microsecond:06d}0"


def understood(text: str) -> datetime:
    """A moment that somebody wrote, with a zone only if they wrote one; ValueError if it is none."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no moment such as 2026-01-31T08:15:00")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    micro = int((found[7] or "").ljust(6, "0")[:6] or 0)
    zone = UTC if found[8] == "Z" else None
    if found[8] and zone is None:
        zone = datetime.fromisoformat(f"2000-01-01T00:00:00{found[8]}").tzinfo  # type: ignore[assignment]
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=zone)


def in_utc(text: str) -> datetime:
    """The same; without a zone it is meant in UTC."""
    moment = understood(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
