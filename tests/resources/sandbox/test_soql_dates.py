"""Relative dates: which days they span."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from resources.sandbox.soql.relative_dates import COUNTED, FIXED, span

WEDNESDAY = date(2024, 2, 14)


@pytest.mark.parametrize(
    "name, n, first, last",
    [
        ("YESTERDAY", None, "2024-02-13", "2024-02-13"),
        ("TODAY", None, "2024-02-14", "2024-02-14"),
        ("TOMORROW", None, "2024-02-15", "2024-02-15"),
        ("THIS_WEEK", None, "2024-02-11", "2024-02-17"),
        ("LAST_WEEK", None, "2024-02-04", "2024-02-10"),
        ("NEXT_WEEK", None, "2024-02-18", "2024-02-24"),
        ("THIS_MONTH", None, "2024-02-01", "2024-02-29"),
        ("LAST_MONTH", None, "2024-01-01", "2024-01-31"),
        ("NEXT_MONTH", None, "2024-03-01", "2024-03-31"),
        ("LAST_90_DAYS", None, "2023-11-16", "2024-02-14"),
        ("NEXT_90_DAYS", None, "2024-02-15", "2024-05-14"),
        ("LAST_N_DAYS", 1, "2024-02-13", "2024-02-14"),
        ("NEXT_N_DAYS", 2, "2024-02-15", "2024-02-16"),
        ("N_DAYS_AGO", 2, "2024-02-12", "2024-02-12"),
        ("LAST_N_WEEKS", 2, "2024-01-28", "2024-02-10"),
        ("N_WEEKS_AGO", 2, "2024-01-28", "2024-02-03"),
        ("LAST_N_MONTHS", 2, "2023-12-01", "2024-01-31"),
        ("NEXT_N_MONTHS", 2, "2024-03-01", "2024-04-30"),
        ("THIS_QUARTER", None, "2024-01-01", "2024-03-31"),
        ("LAST_QUARTER", None, "2023-10-01", "2023-12-31"),
        ("NEXT_N_QUARTERS", 2, "2024-04-01", "2024-09-30"),
        ("THIS_YEAR", None, "2024-01-01", "2024-12-31"),
        ("LAST_N_YEARS", 2, "2022-01-01", "2023-12-31"),
        ("N_YEARS_AGO", 1, "2023-01-01", "2023-12-31"),
        ("THIS_FISCAL_QUARTER", None, "2024-01-01", "2024-03-31"),
    ],
)
def test_the_range_begins_and_ends(name: str, n: int | None, first: str, last: str) -> None:
    begin, beyond = span(name, n, WEDNESDAY)
    assert (begin.isoformat(), (beyond - timedelta(days=1)).isoformat()) == (first, last)


def test_a_week_begins_on_sunday_also_on_sunday() -> None:
    assert span("THIS_WEEK", None, date(2024, 2, 11))[0] == date(2024, 2, 11)


@pytest.mark.parametrize("name", [*FIXED, *COUNTED])
def test_every_range_has_at_least_one_day(name: str) -> None:
    begin, beyond = span(name, 3 if name in COUNTED else None, WEDNESDAY)
    assert begin < beyond
