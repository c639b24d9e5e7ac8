"""dateTimeTimeZone: a local time and the name of a zone, by Windows or by IANA; and the same in another zone.

A moment at the edge of the calendar, such as the first of January of the year 1, is not moved to another zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .answer import Refusal, bad_request
from .moments import local, understood
from .windows_zones import WINDOWS

_BY_NAME = {name.lower(): iana for name, iana in WINDOWS.items()}


def zone(name: object) -> tzinfo:
    """The zone of that name; Refusal if there is none."""
    if not isinstance(name, str) or not name:
        raise _unknown(name)
    if name.upper() in ("UTC", "TZONE://MICROSOFT/UTC"):
        return UTC
    try:
        return ZoneInfo(_BY_NAME.get(name.lower(), name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _unknown(name) from None


def moment_of(value: object) -> tuple[datetime, str]:
    """The moment of a dateTimeTimeZone that a client wrote, in its own zone, and the name of that; else Refusal."""
    if not isinstance(value, Mapping) or not isinstance(value.get("dateTime"), str):
        raise bad_request("Cannot convert the literal to the expected type 'microsoft.graph.dateTimeTimeZone'.")
    name = value.get("timeZone")
    where = zone(name)
    try:
        moment = understood(value["dateTime"])
    except ValueError:
        raise bad_request(
            f"The value '{value['dateTime']}' is not a valid DateTime.", "ErrorInvalidParameter"
        ) from None
    return (moment.astimezone(where) if moment.tzinfo else moment.replace(tzinfo=where)), str(name)


def midnight(value: object) -> dict[str, str]:
    """The day that a client wrote, as midnight in its zone, told in UTC: the time of day is not kept."""
    moment, _ = moment_of(value)
    return in_utc(datetime.combine(moment.date(), time(), moment.tzinfo))


def instant(value: object) -> dict[str, str]:
    """The moment that a client wrote, told in UTC."""
    return in_utc(moment_of(value)[0])


def in_utc(moment: datetime) -> dict[str, str]:
    return {"dateTime": local(_moved(moment, UTC)), "timeZone": "UTC"}


def in_zone(value: Any, name: str) -> Any:
    """What is kept in UTC, told in that zone; what is no such moment stays as it is."""
    if not isinstance(value, Mapping) or value.get("timeZone") != "UTC":
        return value
    try:
        moment = understood(str(value.get("dateTime"))).replace(tzinfo=UTC)
    except ValueError:
        return value
    return {"dateTime": local(_moved(moment, zone(name))), "timeZone": name}


def _moved(moment: datetime, where: tzinfo) -> datetime:
    try:
        return moment.astimezone(where)
    except OverflowError:
        return moment


def _unknown(name: object) -> Refusal:
    return bad_request(
        f"A valid TimeZone value must be specified. The following TimeZone value is not supported: '{name or ''}'.",
        "TimeZoneNotSupportedException",
    )
