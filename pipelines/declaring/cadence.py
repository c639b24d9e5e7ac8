"""How often an entity is synced, within which hours, and what must not be running meanwhile, as a declaration.

When a run may start is decided in `starting.py`; jobs, schedules and partitions are made of this in `assets/making/`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic.dataclasses import dataclass

from pipelines.declaring.source import STRICT

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR = timedelta(hours=1)
EARLY = 5
"""The hour of a daily run that has no hours of its own."""


@dataclass(frozen=True, config=STRICT)
class SyncOf:
    """The sync of another entity, by whomever it was started. As text, like all of these, when it is in the way."""

    entity: str

    def __str__(self) -> str:
        return f"the sync of {self.entity} is running"


@dataclass(frozen=True, config=STRICT)
class Job:
    """A job of this Dagster, by its name, whatever it does."""

    name: str

    def __str__(self) -> str:
        return f"the Dagster job {self.name} is running"


@dataclass(frozen=True, config=STRICT)
class Query:
    """Somebody else's job in the org: it runs as long as this SOQL gives at least one row. One API call each time."""

    soql: str
    name: str = "a job in the org"

    def __str__(self) -> str:
        return f"{self.name} is running"


@dataclass(frozen=True, config=STRICT)
class LockFile:
    """Somebody else's job: it runs as long as this file exists. A relative path is below CONCORD_HOME."""

    path: str

    def __str__(self) -> str:
        return f"the lock file {self.path} is there"


Other = SyncOf | Job | Query | LockFile


@dataclass(frozen=True, config=STRICT)
class Cadence:
    """Daily unless told otherwise; `every=timedelta(minutes=5)` for a cadence below the hour.

    `hours=(8, 18)` means from 8:00 until 18:00, `(22, 6)` over midnight; hours and days are those of the `zone`. They
    and `at_least`, the time between the starts of two runs, hold for scheduled runs; `not_while` holds for every sync.
    """

    every: Literal["day", "hour"] | timedelta = "day"
    at_least: timedelta = timedelta(0)
    not_while: tuple[Other, ...] = ()
    hours: tuple[int, int] | None = None
    days: tuple[Day, ...] = DAYS
    zone: str = "UTC"

    def mistakes(self) -> list[str]:
        """What cannot be meant, and what would be right."""
        found = []
        if isinstance(self.every, timedelta) and self._minutes not in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30):
            found.append(
                f"cadence every={self.every} does not divide an hour: take 'day', 'hour', or timedelta(minutes=5), 10,"
                " 15, 20 or 30"
            )
        if self.at_least < timedelta(0):
            found.append(f"cadence at_least={self.at_least} is less than nothing: leave it out")
        if self.hours and not (0 <= self.hours[0] < 24 and 0 < self.hours[1] <= 24 and self.hours[0] != self.hours[1]):
            found.append(f"cadence hours={self.hours} must be two hours of a day such as (8, 18)")
        if not self.days or len(set(self.days)) < len(self.days):
            found.append(f"cadence days={self.days} must name days, each once, such as ('mon', 'fri')")
        if self.zone not in available_timezones():
            found.append(f"cadence zone={self.zone!r} is no time zone: take a name such as 'Europe/Berlin'")
        for other in self.not_while:
            if isinstance(other, Query) and not re.match(r"\s*select\s", other.soql, re.IGNORECASE):
                found.append(f"cadence not_while has a Query that is no SELECT: {other.soql!r}")
            if isinstance(other, LockFile) and "$" in other.path.removeprefix("$CONCORD_HOME"):
                found.append(f"cadence not_while: {other.path!r} may begin with ~ or $CONCORD_HOME, and has no other $")
        return found

    @property
    def grid(self) -> Literal["day", "hour"]:
        """What one partition is: an entity synced more often than hourly has a day's, synced again and again."""
        return "hour" if self.every == "hour" else "day"

    @property
    def cron(self) -> str:
        """When a run is due, in the zone."""
        if self.every == "day":
            return f"0 {self.hours[0] if self.hours else EARLY} * * {self._cron_days}"
        minute = "0" if self.every == "hour" else f"*/{self._minutes}"
        return f"{minute} {self._cron_hours} * * {self._cron_days}"

    @cached_property
    def group(self) -> str:
        """A word for all cadences that are due at the same moments."""
        said = [{"day": "daily", "hour": "hourly"}.get(str(self.every), f"every_{self._so_many_minutes}")]
        if self.hours:
            said.append("{:02}_to_{:02}".format(*self.hours))
        if set(self.days) != set(DAYS):
            said.append("_".join(self._days))
        if self.zone != "UTC":
            said.append(re.sub(r"\W+", "_", self.zone).lower())
        return "_".join(said)

    @property
    def words(self) -> str:
        """The same for people."""
        so_often = f"every {self._so_many_minutes.replace('_', ' ')}"
        said = {"day": "every day", "hour": "every hour"}.get(str(self.every), so_often)
        if self.every == "day":
            said = f"{said} at {self.hours[0] if self.hours else EARLY}:00"
        return f"{said}, {self.window}"

    @property
    def window(self) -> str:
        """The hours and days, for people."""
        hours = "from {}:00 to {}:00".format(*self.hours) if self.hours else ""
        days = f"on {', '.join(day.capitalize() for day in self._days)}" if set(self.days) != set(DAYS) else ""
        return " ".join(word for word in (hours, days, self.zone) if word)

    def is_open(self, moment: datetime) -> bool:
        """Whether the moment lies in its hours and days."""
        there = moment.astimezone(ZoneInfo(self.zone))
        if DAYS[there.weekday()] not in self.days:
            return False
        return self.hours is None or there.hour in self._open_hours

    @property
    def _minutes(self) -> float:
        minutes = self.every / timedelta(minutes=1) if isinstance(self.every, timedelta) else 0
        return int(minutes) if minutes == int(minutes) else minutes

    @property
    def _so_many_minutes(self) -> str:
        return "minute" if self._minutes == 1 else f"{self._minutes}_minutes"

    @property
    def _days(self) -> Sequence[Day]:
        return [day for day in DAYS if day in self.days]

    @property
    def _open_hours(self) -> Sequence[int]:
        first, last = self.hours or (0, 24)
        return [*range(first, last)] if first < last else [*range(first, 24), *range(last)]

    @property
    def _cron_hours(self) -> str:
        if self.hours is None or self.hours == (0, 24):
            return "*"
        first, last = self.hours
        spans = [(first, last - 1)] if first < last else [(first, 23), (0, last - 1)]
        return ",".join(f"{start}-{end}" if start < end else f"{start}" for start, end in spans if start <= end)

    @property
    def _cron_days(self) -> str:
        return "*" if set(self.days) == set(DAYS) else ",".join(self._days)
