"""How often an entity is synced: what a cadence means, what cannot be meant, and when a run may start."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assets.accounts import ENTITY as ACCOUNTS
from pipelines.declaring.cadence import Cadence, Job, LockFile, Query, SyncOf
from pipelines.declaring.entity import DeclarationError, Entity
from pipelines.reading.starting import Start, in_the_way, too_early

FIVE = timedelta(minutes=5)
OFFICE: dict[str, Any] = {"hours": (8, 18), "days": ("mon", "tue", "wed", "thu", "fri"), "zone": "Europe/Berlin"}


def accounts(cadence: Cadence) -> Entity:
    return replace(ACCOUNTS, cadence=cadence)


MEANT = [
    (Cadence(), "daily", "0 5 * * *", "day"),
    (Cadence("hour"), "hourly", "0 * * * *", "hour"),
    (Cadence(timedelta(minutes=1)), "every_minute", "*/1 * * * *", "day"),
    (Cadence(FIVE), "every_5_minutes", "*/5 * * * *", "day"),
    (
        Cadence(FIVE, **OFFICE),
        "every_5_minutes_08_to_18_mon_tue_wed_thu_fri_europe_berlin",
        "*/5 8-17 * * mon,tue,wed,thu,fri",
        "day",
    ),
    (Cadence("hour", hours=(22, 6)), "hourly_22_to_06", "0 22-23,0-5 * * *", "hour"),
    (Cadence("hour", hours=(23, 1)), "hourly_23_to_01", "0 23,0 * * *", "hour"),
    (Cadence("day", hours=(2, 4), days=("sun",)), "daily_02_to_04_sun", "0 2 * * sun", "day"),
]


@pytest.mark.parametrize("cadence, group, cron, grid", MEANT, ids=[group for _, group, _, _ in MEANT])
def test_a_cadence_says_when_it_is_due_and_what_a_partition_is(
    cadence: Cadence, group: str, cron: str, grid: str
) -> None:
    accounts(cadence)
    assert (cadence.group, cadence.cron, cadence.grid) == (group, cron, grid)


def test_what_must_not_run_meanwhile_makes_no_group_of_its_own() -> None:
    assert Cadence(at_least=FIVE, not_while=(SyncOf("personnel"),)).group == Cadence().group


MISTAKES = [
    (
        Cadence(timedelta(minutes=7)),
        "cadence every=0:07:00 does not divide an hour: take 'day', 'hour', or timedelta(minutes=5), 10, 15, 20 or 30",
    ),
    (Cadence(at_least=-FIVE), "cadence at_least=-1 day, 23:55:00 is less than nothing: leave it out"),
    (Cadence(hours=(8, 8)), "cadence hours=(8, 8) must be two hours of a day such as (8, 18)"),
    (Cadence(hours=(8, 25)), "cadence hours=(8, 25) must be two hours of a day such as (8, 18)"),
    (Cadence(days=()), "cadence days=() must name days, each once, such as ('mon', 'fri')"),
    (Cadence(zone="Berlin"), "cadence zone='Berlin' is no time zone: take a name such as 'Europe/Berlin'"),
    (Cadence(not_while=(Query("jobs"),)), "cadence not_while has a Query that is no SELECT: 'jobs'"),
    (
        Cadence(not_while=(LockFile("$HOME/lock"),)),
        "cadence not_while: '$HOME/lock' may begin with ~ or $CONCORD_HOME, and has no other $",
    ),
    (
        Cadence(not_while=(SyncOf("accounts"),)),
        "cadence not_while names 'accounts' itself: two syncs of one entity never overlap anyway",
    ),
]


@pytest.mark.parametrize("cadence, text", MISTAKES, ids=[text[8:40] for _, text in MISTAKES])
def test_a_cadence_that_cannot_be_meant_is_told_with_its_entity(cadence: Cadence, text: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        accounts(cadence)
    assert str(caught.value) == f"entity 'accounts': {text}"


def test_another_cadence_is_no_reason_to_compare_everything() -> None:
    assert accounts(Cadence("hour")).fingerprint == ACCOUNTS.fingerprint


OPEN = [
    ("2026-07-06T06:00", True, "eight in summer"),
    ("2026-07-06T15:59", True, "just before six in summer"),
    ("2026-07-06T16:00", False, "six in summer"),
    ("2026-01-05T06:59", False, "just before eight in winter"),
    ("2026-01-05T07:00", True, "eight in winter"),
    ("2026-07-04T10:00", False, "a Saturday"),
]


@pytest.mark.parametrize("moment, is_open, _", OPEN, ids=[words for _, _, words in OPEN])
def test_hours_and_days_are_those_of_the_zone(moment: str, is_open: bool, _: str) -> None:  # noqa: FBT001
    cadence = Cadence(FIVE, **OFFICE)
    assert cadence.is_open(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is is_open


@pytest.mark.parametrize("hour, is_open", [(22, True), (0, True), (5, True), (6, False), (12, False)])
def test_hours_may_go_over_midnight(hour: int, is_open: bool) -> None:  # noqa: FBT001
    assert Cadence("hour", hours=(22, 6)).is_open(datetime(2026, 3, 2, hour, tzinfo=UTC)) is is_open


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOURLY = Cadence("hour", at_least=timedelta(minutes=60))


def start(minutes: float, late: float = 0) -> Start:
    """So many minutes after noon, and so many later than the schedule meant."""
    return Start(NOON + timedelta(minutes=minutes + late), NOON + timedelta(minutes=minutes))


EARLY = [
    (start(60), start(0), False, "an hour later"),
    (start(59), start(0), True, "59 minutes later"),
    (start(60), start(0, late=1), False, "on time after one that came a minute late"),
    (start(60), start(0, late=30), True, "on time after one that came half an hour late"),
    (start(59, late=1), start(0), False, "an hour later by the clock"),
    (start(59, late=0.9), start(0), True, "just short of an hour by both"),
]


@pytest.mark.parametrize("now, last, early, _", EARLY, ids=[words for _, _, _, words in EARLY])
def test_so_much_time_lies_between_two_scheduled_runs(now: Start, last: Start, early: bool, _: str) -> None:  # noqa: FBT001
    assert (too_early(HOURLY, now, last) is not None) is early


def test_a_run_that_is_early_says_by_how_much() -> None:
    assert too_early(HOURLY, start(12), start(0)) == (
        "its last scheduled run started at 2026-03-02 12:00:00 UTC, 12 minutes ago: at least 60 have to lie between two"
    )
    assert too_early(HOURLY, start(0), None) is None


def test_a_run_out_of_hours_says_which_they_are() -> None:
    sunday = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert too_early(Cadence(FIVE, **OFFICE), Start(sunday, sunday), None) == (
        "it is synced from 8:00 to 18:00 on Mon, Tue, Wed, Thu, Fri Europe/Berlin, and there it is Sun 13:00 now"
    )


class Busy:
    """Somewhere else exactly these are running; the org is asked what the last question was."""

    def __init__(self, *running: str) -> None:
        self.running = running
        self.asked: list[str] = []

    def _told(self, name: str) -> bool:
        self.asked.append(name)
        return name in self.running

    is_syncing = job_runs = exists = finds = _told


OTHERS = (Query("SELECT Id FROM Job__c", name="the night job"), SyncOf("personnel"), Job("post"), LockFile("busy.lock"))


@pytest.mark.parametrize(
    "running, said",
    [
        ("personnel", "the sync of personnel is running, and no sync may start meanwhile"),
        ("post", "the Dagster job post is running, and no sync may start meanwhile"),
        (
            "busy.lock",
            "the lock file busy.lock is there, and no sync may start meanwhile; remove it if its job is over",
        ),
        ("SELECT Id FROM Job__c", "the night job is running, and no sync may start meanwhile"),
    ],
)
def test_what_is_running_is_named(running: str, said: str) -> None:
    busy = Busy(running)
    found = in_the_way(Cadence(not_while=OTHERS), busy, lambda: busy)  # type: ignore[arg-type,return-value]
    assert found == said


def test_the_org_is_asked_last_and_only_where_nothing_else_is_in_the_way() -> None:
    quiet = Busy()
    assert in_the_way(Cadence(not_while=OTHERS), quiet, lambda: quiet) is None  # type: ignore[arg-type,return-value]
    assert quiet.asked == ["personnel", "post", "busy.lock", "SELECT Id FROM Job__c"]
