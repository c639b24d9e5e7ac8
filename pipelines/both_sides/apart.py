"""Which rows and records of a two-way entity are left alone, and why: out of the window, private, unrelated …

SQL of a source row `s` and a record `r`; either may be missing, so that its columns are null. What is left alone stays
as it is on both sides, is told with its reason, and goes on as soon as the reason is gone.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.declaring.conditions import resolved
from pipelines.reading.binding import Bound
from pipelines.sql import given, literal, quote

OUTSIDE = "outside_window"
UNRELATED = "not_related"
NO_MAILBOX = "no_mailbox"

TODAY = "cast(getvariable('now') as date)"


def row_apart_sql(bound: Bound) -> str:
    """Text, null where nothing is in the way: why the row `s`, which has no record yet, is left alone."""
    return _apart_sql(bound, row=True, record=False)


def record_apart_sql(bound: Bound) -> str:
    """The same of the record `r`, which has no row yet."""
    return _apart_sql(bound, row=False, record=True)


def pair_apart_sql(bound: Bound) -> str:
    """The same of a pair: outside are both, one that is private or the like is enough, related is either."""
    return _apart_sql(bound, row=True, record=True)


def _apart_sql(bound: Bound, *, row: bool, record: bool) -> str:
    fields = bound.entity.rules_of_both.related
    inside = [_row_inside(bound)] if row else []
    inside += [_record_inside(bound)] if record else []
    lies = [test for test in inside if test]
    related = [f"r.{quote(field)} is not null" for field in fields] if record else []
    related += [f"s.{quote(resolved(field))} is not null" for field in fields] if row else []
    return _first(
        [
            (f"not ({' or '.join(lies)})" if lies else "false", OUTSIDE),
            *_left(bound, row=row, record=record),
            (f"not ({' or '.join(related)})" if related else "false", UNRELATED),
        ]
    )


def _first(cases: Iterable[tuple[str, str]]) -> str:
    whens = " ".join(f"when {test} then {literal(reason)}" for test, reason in cases if test != "false")
    return f"(case {whens} end)" if whens else "cast(null as varchar)"


def _left(bound: Bound, *, row: bool, record: bool) -> list[tuple[str, str]]:
    cases = []
    for leave in bound.entity.rules_of_both.leave:
        tests = [leave.row.sql()] if row and leave.row else []
        tests += [f"coalesce(r.{quote(flag)}, false)" for flag in leave.record] if record else []
        cases.append((f"({' or '.join(tests)})" if tests else "false", leave.reason))
    return cases


def _row_inside(bound: Bound) -> str | None:
    window = bound.entity.rules_of_both.window
    if window is None:
        return None
    # its own change time, not the moment that we saw it: what is read anew is not new
    return _inside(f"s.{given(window.column)}", "s.changed_at", window.past, window.ahead)


def _record_inside(bound: Bound) -> str | None:
    window = bound.entity.rules_of_both.window
    if window is None:
        return None
    return _inside(f"r.{quote(window.field)}", "r.LastModifiedDate", window.past, window.ahead)


def _inside(day: str, changed: str, past: int, ahead: int) -> str:
    return f"coalesce(cast(coalesce({day}, {changed}) as date) between {TODAY} - {past} and {TODAY} + {ahead}, false)"
