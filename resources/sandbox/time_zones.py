"""The time zone that a user's TimeZoneSidKey names: the one in which TODAY and its like begin."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones


@cache
def names() -> tuple[str, ...]:
    """What a TimeZoneSidKey can be: every zone that this machine knows."""
    return tuple(sorted({"GMT", *available_timezones()}))


@cache
def zone_of(key: str) -> tzinfo:
    """The zone of that name; UTC for GMT and for a name that no zone has."""
    if key in ("GMT", "UTC", ""):
        return UTC
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
