"""When an event is: its start, end and length say the same, however the row says it.

A start is StartDateTime, or ActivityDateTime (ActivityDate of a whole day); a length is EndDateTime, or
DurationInMinutes. Whole days last from midnight to midnight, UTC; their end is told as the midnight of the last day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from . import activity_links
from .automation import Columns, cell
from .checks import Candidates
from .errors import RowError
from .moments import OutsideCalendar, as_stored, within
from .refusal import Refused, invalid_date

TIMES = ("IsAllDayEvent", "StartDateTime", "ActivityDateTime", "ActivityDate", "EndDateTime", "DurationInMinutes")
PARTS = (*activity_links.PARTS, *TIMES)
DAY = 24 * 60
LONGEST = 14 * DAY

Values = Mapping[str, object]


def fill(candidates: Candidates, columns: Columns, now: str) -> None:
    """The columns hold what follows from start and length; a row that lacks one or contradicts itself is refused."""
    for position, row in enumerate(candidates.rows):
        spoken = [name for name in TIMES if candidates.batch.present(name, row)]
        if row in candidates.batch.errors or (candidates.before and not spoken):
            continue
        values = {name: cell(candidates, name, position) for name in TIMES}
        try:
            told = _told(values, {name: values[name] for name in spoken if values[name] is not None})
        except Refused as refused:
            candidates.batch.refuse(row, refused.error)
            continue
        for name, value in told.items():
            columns.setdefault(name, [None] * len(candidates.rows))[position] = value
    activity_links.fill(candidates, columns)


def _told(values: Values, given: Values) -> dict[str, object]:
    whole = bool(values["IsAllDayEvent"])
    start = _start(values, given, whole=whole)
    minutes = _minutes(values, given, start, whole=whole)
    if not 0 <= minutes <= LONGEST:
        message = f"Duration must be between 0 and {LONGEST} minutes: Duration"
        raise Refused(RowError("FIELD_INTEGRITY_EXCEPTION", message, ("DurationInMinutes",)))
    end = start + timedelta(minutes=minutes - (DAY if whole else 0))
    try:
        within(end)
    except OutsideCalendar:
        raise invalid_date("End Date Time", "EndDateTime", as_stored(end)) from None
    return {
        "StartDateTime": as_stored(start),
        "EndDateTime": as_stored(end),
        "EndDate": end.date().isoformat(),
        "DurationInMinutes": minutes,
        "ActivityDateTime": None if whole else as_stored(start),
        "ActivityDate": start.date().isoformat(),
    }


def _start(values: Values, given: Values, *, whole: bool) -> datetime:
    """The one start that the row tells, or else the record has."""
    names = ("StartDateTime", "ActivityDate" if whole else "ActivityDateTime")
    told = {name: _moment(given[name], whole=whole) for name in names if name in given}
    if len(set(told.values())) > 1:
        raise _contradiction("Start Date Time", tuple(told))
    if told:
        return next(iter(told.values()))
    if values["StartDateTime"] is None:
        raise _missing(values, names[1])
    return _moment(values["StartDateTime"], whole=whole)


def _minutes(values: Values, given: Values, start: datetime, *, whole: bool) -> int:
    """How long the row says that it lasts, or else the record does; a whole day if nobody says."""
    told = {}
    if "EndDateTime" in given:
        seconds = (_moment(given["EndDateTime"], whole=whole) - start).total_seconds()
        told["EndDateTime"] = int(seconds // 60) + (DAY if whole else 0)
    if "DurationInMinutes" in given:
        told["DurationInMinutes"] = int(str(given["DurationInMinutes"]))
    if len(set(told.values())) > 1:
        raise _contradiction("Duration", tuple(told))
    if told:
        return next(iter(told.values()))
    if whole:
        return max(DAY, int(str(values["DurationInMinutes"] or 0)) // DAY * DAY)
    if values["DurationInMinutes"] is None:
        raise _missing(values, "ActivityDateTime")
    return int(str(values["DurationInMinutes"]))


def _moment(value: object, *, whole: bool) -> datetime:
    moment = datetime.fromisoformat(str(value) if "T" in str(value) else f"{value}T00:00:00+00:00")
    return moment.replace(hour=0, minute=0, second=0) if whole else moment


def _missing(values: Values, start: str) -> Refused:
    """What is missing, in the words of the platform: the oldest names of a length and a start."""
    whole = bool(values["IsAllDayEvent"])
    absent = [] if whole or values["DurationInMinutes"] or values["EndDateTime"] else ["DurationInMinutes"]
    absent += [] if values["StartDateTime"] or values[start] else [start]
    message = f"Required fields are missing: [{', '.join(absent)}]"
    return Refused(RowError("REQUIRED_FIELD_MISSING", message, tuple(absent)))


def _contradiction(label: str, names: tuple[str, ...]) -> Refused:
    message = f"{label}: {' and '.join(names)} do not agree"
    return Refused(RowError("FIELD_INTEGRITY_EXCEPTION", message, names))
