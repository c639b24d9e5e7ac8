"""Runs of two sides that are about a part: of half a move, of one item, of one record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.linking.scope import Keys, Slice
from resources.outlook.keys import key_of
from tests.faults.desk import ANN, Desk

TOLD = timedelta(minutes=6)
AROUND = timedelta(hours=1)


def about(*items: str) -> Keys:
    return Keys(frozenset(map(key_of, items)))


@pytest.mark.parametrize("typed", [False, True], ids=["as it was", "and its record was changed"])
@pytest.mark.parametrize("title", ["one", ""], ids=["with a title", "without one"])
@pytest.mark.parametrize("part", ["what is gone", "what is new", "an hour"])
def test_a_run_about_a_part_that_meets_half_a_move_takes_it_whole(
    desk: Desk, part: str, title: str, *, typed: bool
) -> None:
    desk.entity = replace(desk.entity, both=replace(desk.entity.rules_of_both, prevent={}))
    key = desk.puts(ANN, {"title": title})
    desk.run()
    (record,) = desk.records()
    new = desk.moves(key)
    if typed:
        desk.edits(record, Priority="High")
    now = desk.clock.now
    hour = Slice(now - AROUND, now + AROUND)
    desk.run(scope={"what is gone": about(key), "what is new": about(new), "an hour": hour}[part])
    desk.run()
    assert {name: row["Outlook_Id__c"] for name, row in desk.records().items()} == {record: new}
    assert {name: row["importance"] for name, row in desk.items().items()} == {new: "high" if typed else "normal"}


def test_a_run_about_what_is_gone_deletes_no_record_of_what_was_changed_as_it_moved(desk: Desk) -> None:
    desk.entity = replace(desk.entity, both=replace(desk.entity.rules_of_both, prevent={}))
    key = desk.puts(ANN, {"title": "one", "body": {"content": "old", "contentType": "text"}})
    desk.run()
    (record,) = desk.records()
    new = desk.moves(key)
    desk.changes(new, body={"content": "new", "contentType": "text"})
    desk.run(scope=about(key))
    desk.run()
    assert {name: row["Description"] for name, row in desk.records().items()} == {record: "new"}
    assert list(desk.items()) == [new]


def test_a_run_about_what_is_gone_makes_no_record_anew_that_people_deleted_as_it_moved(desk: Desk) -> None:
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    (record,) = desk.records()
    new = desk.moves(key)
    desk.deletes(record)
    desk.run(scope=about(key))
    for _ in range(2):
        desk.later(TOLD)
        desk.run()
    assert desk.records() == {}
    assert list(desk.items()) == [new]


def test_a_run_about_a_record_alone_finds_the_item_that_is_equal_to_it(desk: Desk) -> None:
    day = f"{desk.clock.now:%Y-%m-%d}"
    key = desk.puts(ANN, {"title": "one", "dueDateTime": {"dateTime": f"{day}T00:00:00", "timeZone": "UTC"}})
    record = desk.creates({"Subject": "one", "OwnerId": desk.users[ANN], "ActivityDate": day})
    desk.run(scope=Keys(frozenset({record})))
    desk.run()
    assert {name: row["Outlook_Id__c"] for name, row in desk.records().items()} == {record: key}
    assert list(desk.items()) == [key]


def test_what_another_item_has_now_is_not_deleted_for_the_one_that_had_it(desk: Desk) -> None:
    """Keys may not be written, and the run is about the new one alone."""
    desk.entity = replace(desk.entity, both=replace(desk.entity.rules_of_both, prevent={"crm": ("update",)}))
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    (record,) = desk.records()
    desk.throws_away(key)
    new = desk.puts(ANN, {"title": "one", "importance": "high"})
    desk.run(scope=about(new))
    for _ in range(2):
        desk.run()
    assert list(desk.records()) == [record]
    assert list(desk.items()) == [new]


def test_a_run_about_what_is_gone_tells_of_it_and_leaves_its_changed_record_to_the_next_one(desk: Desk) -> None:
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    (record,) = desk.records()
    desk.edits(record, Priority="High")
    desk.throws_away(key)
    report = desk.run(scope=about(key))
    assert report is not None
    assert report.reasons == {"skipped: deleted_in_source": 1}
    desk.run()
    assert [(item["title"], item["importance"]) for item in desk.items().values()] == [("one", "high")]
    assert list(desk.records()) == [record]


def test_a_run_about_one_item_that_is_tried_again_is_about_no_other_one(desk: Desk) -> None:
    """Its record was locked at first."""
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    desk.changes(key, importance="high")
    day = f"{desk.clock.now:%Y-%m-%d}"
    desk.puts(ANN, {"title": "two", "dueDateTime": {"dateTime": f"{day}T00:00:00", "timeZone": "UTC"}})
    other = desk.creates({"Subject": "two", "OwnerId": desk.users[ANN], "ActivityDate": day})
    report = desk.run(dict.fromkeys(range(1, 20), "locked"), scope=about(key))
    assert report is not None
    assert desk.wire.kinds_met.count("locked") > 1
    assert sum(report.outcomes.values()) == 1
    assert desk.records()[other]["Outlook_Id__c"] is None


def test_a_run_about_others_decides_nothing_of_what_moved(desk: Desk) -> None:
    key, other = desk.puts(ANN, {"title": "one"}), desk.puts(ANN, {"title": "other"})
    desk.run()
    desk.moves(key)
    desk.run(scope=about(other))
    with desk.warehouse.open() as con:
        known = {key for (key,) in con.execute("select key from links").fetchall()}
    assert known == {key_of(key), key_of(other)}


def test_a_run_about_a_copy_takes_no_record_from_what_was_copied(desk: Desk) -> None:
    """It has the mark as well, and what was copied is not among what the run is about."""
    record = desk.creates({"Subject": "one", "OwnerId": desk.users[ANN], "ActivityDate": f"{desk.clock.now:%Y-%m-%d}"})
    for _ in range(2):
        desk.run()
    ((key, item),) = desk.items().items()
    links = [{name: value for name, value in each.items() if name != "id"} for each in item["linkedResources"]]
    copy = desk.puts(ANN, {"title": "copy", "linkedResources": links})
    desk.run(scope=about(copy))
    desk.run()
    keys = {row["Outlook_Id__c"]: (name, row["Subject"]) for name, row in desk.records().items()}
    assert keys.pop(key) == (record, "one")
    assert [subject for _, subject in keys.values()] == ["copy"]
    assert {name: row["title"] for name, row in desk.items().items()} == {key: "one", copy: "copy"}
