"""Relative dates such as LAST_N_DAYS:30, as spans of days: from the first day to the day after the last.

Fiscal periods are calendar periods, weeks begin on Sunday, as in an org nobody has set up otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

Span = tuple[date, date]

_DAY = timedelta(days=1)


def _day(today: date, shift: int, count: int) -> Span:
    first = today + shift * _DAY
    return first, first + count * _DAY


def _week(today: date, shift: int, count: int) -> Span:
    sunday = today - (today.isoweekday() % 7) * _DAY + 7 * shift * _DAY
    return sunday, sunday + 7 * count * _DAY


def _months(today: date, shift: int, count: int) -> Span:
    def start(month: int) -> date:
        return date(month // 12, month % 12 + 1, 1)

    month = today.year * 12 + today.month - 1 + shift
    return start(month), start(month + count)


def _quarter(today: date, shift: int, count: int) -> Span:
    return _months(today, 3 * shift - (today.month - 1) % 3, 3 * count)


def _year(today: date, shift: int, count: int) -> Span:
    return _months(today, 12 * shift - (today.month - 1), 12 * count)


_UNITS: dict[str, Callable[[date, int, int], Span]] = {
    "WEEK": _week,
    "MONTH": _months,
    "QUARTER": _quarter,
    "FISCAL_QUARTER": _quarter,
    "YEAR": _year,
    "FISCAL_YEAR": _year,
}


def _fixed() -> dict[str, Callable[[date], Span]]:
    spans: dict[str, Callable[[date], Span]] = {
        "YESTERDAY": lambda today: _day(today, -1, 1),
        "TODAY": lambda today: _day(today, 0, 1),
        "TOMORROW": lambda today: _day(today, 1, 1),
        "LAST_90_DAYS": lambda today: _day(today, -90, 91),
        "NEXT_90_DAYS": lambda today: _day(today, 1, 90),
    }
    for name, unit in _UNITS.items():
        for when, shift in (("LAST", -1), ("THIS", 0), ("NEXT", 1)):
            spans[f"{when}_{name}"] = lambda today, unit=unit, shift=shift: unit(today, shift, 1)  # type: ignore[misc]
    return spans


def _counted() -> dict[str, Callable[[date, int], Span]]:
    spans: dict[str, Callable[[date, int], Span]] = {
        "LAST_N_DAYS": lambda today, n: _day(today, -n, n + 1),
        "NEXT_N_DAYS": lambda today, n: _day(today, 1, n),
        "N_DAYS_AGO": lambda today, n: _day(today, -n, 1),
    }
    for name, unit in _UNITS.items():
        spans[f"LAST_N_{name}S"] = lambda today, n, unit=unit: unit(today, -n, n)  # type: ignore[misc]
        spans[f"NEXT_N_{name}S"] = lambda today, n, unit=unit: unit(today, 1, n)  # type: ignore[misc]
        spans[f"N_{name}S_AGO"] = lambda today, n, unit=unit: unit(today, -n, 1)  # type: ignore[misc]
    return spans


FIXED = _fixed()
COUNTED = _counted()


def span(name: str, n: int | None, today: date) -> Span:
    """The first day of the range and the day after its last; `n` only for the names in COUNTED."""
    return COUNTED[name](today, n) if n is not None else FIXED[name](today)
