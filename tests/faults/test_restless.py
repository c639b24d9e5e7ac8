"""A value that the CRM itself keeps changing: the merge comes to rest, and what does not rest is told."""

from __future__ import annotations

from datetime import timedelta

from checks import restless
from checks.question import Answer, Copy
from tests.faults.desk import ANN, Desk

STAMP = {"name": "stamps", "sobject": "Task", "does": "stamp", "field": "Description", "value": "now"}
"""Whoever saves a task, its description says when."""


def asked(desk: Desk) -> Answer:
    with desk.warehouse.open() as con:
        return restless.answer(Copy(desk.entity, con, desk.clock.now))


def task(desk: Desk) -> tuple[str, str]:
    """One that both sides have: its item and its record."""
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    (record,) = desk.records()
    return key, record


def test_what_a_trigger_makes_of_our_writing_is_nobodys_change_and_all_is_quiet(desk: Desk) -> None:
    key, record = task(desk)
    assert desk.org.door("rules", {"triggers": [STAMP]})
    desk.changes(key, importance="high", body={"content": "typed", "contentType": "text"})
    written = []
    for _ in range(4):
        desk.later(timedelta(minutes=5))
        report = desk.run()
        assert report is not None
        written.append(report.cells)
    assert written[1:] == [0, 0, 0]
    assert desk.records()[record]["Description"] != "typed"
    assert desk.items()[key]["body"]["content"] == "typed"
    assert asked(desk).passed


def test_a_record_that_changes_in_five_runs_running_is_told_by_key_and_field(desk: Desk) -> None:
    key, record = task(desk)
    assert desk.org.door("rules", {"triggers": [STAMP]})
    passed = []
    for day in range(6):
        desk.later(timedelta(minutes=5))
        desk.edits(record, CallObject=str(day))  # a flow that saves it again and again
        desk.run()
        passed.append(asked(desk).passed)
    assert passed == [True, True, True, True, False, False]
    answer = asked(desk)
    (row,) = map(dict, answer.rows)
    assert str(row.pop("key")).partition("~")[0] == key
    assert (row, answer.severe) == ({"record": record, "runs": 6, "fields": "Description"}, False)
    desk.later(timedelta(minutes=5))
    desk.run()
    assert asked(desk).passed
