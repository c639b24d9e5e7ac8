"""What a run shows, and which of it is news: one message a change of state, never one a run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipelines.declaring.gates import Verdict
from pipelines.telling.report import Report
from pipelines.telling.signs import Sign, signs_of_run
from pipelines.telling.standing import Standing, groups, message, noted

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def report(status: Any = "success", **more: Any) -> Report:
    given = {"run_id": "12345678-9", "mode": "sync", "scope": "changed", "started_at": NOON, "seconds": 1.0, **more}
    return Report(entity="accounts", status=status, **given)


def failed(code: str, **more: Any) -> Report:
    return report("failure", error=code, message="m", **more)


def shown(signs: list[Sign]) -> dict[str, bool]:
    return {" ".join(filter(None, (sign.kind, sign.about))): sign.wrong for sign in signs}


BOTH_WELL = {"connection_broken source": False, "connection_broken org": False}
RUNS = {"run_failed": False, "run_held": False}
CASES = {
    "success": (report(), BOTH_WELL | RUNS),
    "success with errors": (report("success_with_errors"), BOTH_WELL | RUNS),
    "nothing to do": (report("nothing_to_do"), BOTH_WELL | RUNS),
    "held": (report("held"), BOTH_WELL | {"run_failed": False, "run_held": True}),
    "every record refused": (report("failure", api_calls=3), BOTH_WELL | {"run_failed": True}),
    "the org lets nobody in": (failed("INVALID_CREDENTIALS", api_calls=1), {"connection_broken org": True}),
    "the org is out of reach": (failed("UNREACHABLE"), {"connection_broken org": True}),
    "the source is out of reach": (failed("feed_unreadable"), {"connection_broken source": True}),
    "a service that lets nobody in": (failed("source_token"), {"connection_broken source": True}),
    "the source, and the org was asked before": (
        failed("feed_unreadable", api_calls=2),
        {"connection_broken source": True, "connection_broken org": False},
    ),
    "a field is missing": (
        failed("declaration_misfit", api_calls=1),
        {"connection_broken org": False, "run_failed": True},
    ),
    "no feed": (failed("feed_missing"), {"run_failed": True}),
    "a run that may not start yet": (report("skipped"), {}),
    "another one is at it": (failed("already_running"), {}),
    "a dry run": (report("failure", error="UNREACHABLE", mode="plan"), {}),
}


@pytest.mark.parametrize("run, expected", CASES.values(), ids=CASES.keys())
def test_a_run_shows_what_it_can_know(run: Report, expected: dict[str, bool]) -> None:
    assert shown(signs_of_run(run)) == expected


def test_what_is_said_are_codes_counts_and_hashes() -> None:
    gates = (Verdict("changes", passed=False, observed=1552, limit="25%"), Verdict("creates", True, 3, "50%"))
    [held] = [sign for sign in signs_of_run(report("held", plan_hash="abc-1", gates=gates)) if sign.wrong]
    assert held.said == "plan abc-1 waits for approval (changes 1,552): concord plan accounts"
    [refused] = [sign for sign in signs_of_run(report("failure", reasons={"failed: X": 2, "held: y": 1})) if sign.wrong]
    assert refused.said == "no record that was to be written was taken (2 X), in run 12345678"


def sign(*, wrong: bool, level: int = 0, about: str = "", entity: str = "accounts") -> Sign:
    return Sign(entity, "quarantine_grown" if level else "run_failed", wrong, "why", about, level)


class Book:
    """Signs come, addresses take what is news."""

    def __init__(self, addresses: int = 1) -> None:
        self.addresses = addresses
        self.standing: list[Standing] = []
        self.now = NOON

    def told(self, *signs: Sign) -> list[str]:
        self.now += timedelta(hours=1)
        self.standing = noted(self.standing, signs, self.now, self.addresses)
        titles = [message(group, "here").title for group in groups(self.standing)]
        for number, one in enumerate(self.standing):
            self.standing[number] = Standing(**{name: getattr(one, name) for name in one.__slots__} | {"untold": ()})
        return titles


def test_one_message_when_it_begins_one_when_it_is_over_and_none_between() -> None:
    book = Book()
    assert book.told(sign(wrong=False)) == []
    assert book.told(sign(wrong=True)) == ["Concord: accounts: run failed"]
    assert book.told(sign(wrong=True)) == []
    assert book.told() == []
    assert book.told(sign(wrong=False)) == ["Concord: accounts: runs get through again"]
    assert book.told(sign(wrong=False)) == []


def test_each_entity_has_messages_of_its_own() -> None:
    told = Book().told(sign(wrong=True), sign(wrong=True, entity="personnel"))
    assert told == ["Concord: accounts: run failed", "Concord: personnel: run failed"]


def test_things_of_one_kind_that_change_together_are_one_message() -> None:
    book = Book()
    assert len(book.told(sign(wrong=True, about="a"), sign(wrong=True, about="b"))) == 1
    assert len(book.told(sign(wrong=True, about="c"), sign(wrong=True, about="b"))) == 1
    assert len(book.told(sign(wrong=False, about="a"), sign(wrong=True, about="b"))) == 1


def test_growth_is_told_when_it_is_twice_what_was_told() -> None:
    book = Book()
    told = [len(book.told(sign(wrong=True, level=level))) for level in (2, 3, 4, 7, 8, 1, 2)]
    assert told == [1, 0, 1, 0, 1, 0, 1]


def test_since_is_when_it_began_and_the_end_says_how_long_it_lasted() -> None:
    book = Book()
    book.told(sign(wrong=True))
    book.told(sign(wrong=True))
    assert book.standing[0].since == "2026-03-05T13:00:00+00:00"
    standing = noted(book.standing, [sign(wrong=False)], NOON + timedelta(hours=9), 1)
    assert "it had lasted since 2026-03-05 13:00:00 UTC" in message(standing, "here").body


def test_an_address_that_is_added_hears_of_what_is_wrong() -> None:
    book = Book(0)
    book.told(sign(wrong=True), sign(wrong=False, about="well"))
    book.addresses = 1
    assert book.told(sign(wrong=True), sign(wrong=False, about="well")) == ["Concord: accounts: run failed"]
    book.addresses = 2
    standing = noted(book.standing, [sign(wrong=True)], NOON, 2)
    assert [one.untold for one in standing if one.wrong] == [(2,)]
