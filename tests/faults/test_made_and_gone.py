"""What people do to an item in the first minutes after we made it: Outlook need not have told of it before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipelines.linking.scope import Keys
from resources.graph_sandbox import operations
from resources.outlook.keys import key_of
from tests.faults.desk import ANN, BOB, Desk

TOLD = timedelta(minutes=6)
Reading = tuple[timedelta, dict[str, Any]]
FORGOTTEN = dict.fromkeys(range(4, 9), "forgotten")

READINGS: dict[str, tuple[bool, int, dict[str, Any]]] = {
    # name: Outlook tells what is gone although it never told of it, minutes since, how the run reads
    "all is read": (True, 4, {"scope": "all"}),
    "Graph forgot where we were": (True, 4, {"schedule": FORGOTTEN}),
    "nothing is told of it": (False, 4, {}),
    "nothing is told of it, and it should be": (False, 6, {}),
    "nothing is told of it, and all is read": (False, 4, {"scope": "all"}),
}


def nothing_told(item_id: str) -> bytes:
    """Of an item that is gone: Exchange may say nothing of what came and went between two readings."""
    del item_id
    return b'{"id": "nobody", "@removed": {"reason": "deleted"}}'


@pytest.fixture(params=READINGS)
def reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """So much later the next run begins, which reads in this way."""
    tells, minutes, how = READINGS[request.param]
    if not tells:
        monkeypatch.setattr(operations, "removed", nothing_told)
    return timedelta(minutes=minutes), how


@pytest.fixture
def record(desk: Desk) -> str:
    """A record of which an item was just made."""
    desk.entity = replace(desk.entity, both=replace(desk.entity.rules_of_both, prevent={}))
    desk.run()
    made = desk.creates({"Subject": "one", "OwnerId": desk.users[ANN], "ActivityDate": f"{desk.clock.now:%Y-%m-%d}"})
    desk.run()
    return made


def rests(desk: Desk, reading: Reading) -> None:
    """That run, and all that follow until nothing is to do, be it another one of everything."""
    pause, how = reading
    desk.later(pause)
    first = desk.run(**how)
    assert first is not None
    assert first.error is None
    for _ in range(3):
        desk.later(TOLD)
        desk.run()
    report = desk.run(scope="all")
    assert report is not None
    assert report.status == "nothing_to_do"


@pytest.mark.parametrize("title", ["one", "another one"])
def test_moved_it_keeps_its_record(desk: Desk, record: str, reading: Reading, title: str) -> None:
    (key,) = desk.items()
    new = desk.moves(key)
    if title != "one":
        desk.changes(new, title=title)
    rests(desk, reading)
    assert {name: (row["Outlook_Id__c"], row["Subject"]) for name, row in desk.records().items()} == {
        record: (new, title)
    }
    assert {name: row["title"] for name, row in desk.items().items()} == {new: title}


def test_written_anew_elsewhere_it_keeps_its_record(desk: Desk, record: str, reading: Reading) -> None:
    """It has no mark then, and is like the one that is gone."""
    ((key, item),) = desk.items().items()
    new = desk.puts(ANN, {"title": "one", "dueDateTime": item["dueDateTime"]}, desk.second_lists[ANN])
    desk.throws_away(key)
    rests(desk, reading)
    assert {name: row["Outlook_Id__c"] for name, row in desk.records().items()} == {record: new}
    assert list(desk.items()) == [new]


@pytest.mark.parametrize("marked", [True, False], ids=["moved", "written anew"])
def test_a_run_about_the_new_one_alone_waits_too(
    desk: Desk, record: str, monkeypatch: pytest.MonkeyPatch, *, marked: bool
) -> None:
    monkeypatch.setattr(operations, "removed", nothing_told)
    ((key, item),) = desk.items().items()
    if marked:
        new = desk.moves(key)
    else:
        new = desk.puts(ANN, {"title": "one", "dueDateTime": item["dueDateTime"]}, desk.second_lists[ANN])
        desk.throws_away(key)
    desk.run(scope=Keys(frozenset({key_of(new)})))
    assert list(desk.records()) == [record]
    rests(desk, (TOLD, {}))
    assert {name: row["Outlook_Id__c"] for name, row in desk.records().items()} == {record: new}


def test_deleted_it_takes_its_record_along(desk: Desk, record: str, reading: Reading) -> None:
    (key,) = desk.items()
    desk.throws_away(key)
    rests(desk, reading)
    assert (desk.records(), desk.items()) == ({}, {})


def test_deleted_after_it_was_told_it_takes_its_record_along_as_well(desk: Desk, record: str) -> None:
    desk.run()
    (key,) = desk.items()
    desk.throws_away(key)
    rests(desk, (timedelta(minutes=1), {"scope": "all"}))
    assert (desk.records(), desk.items()) == ({}, {})


def test_deleted_while_its_record_is_edited_it_is_made_anew_once(desk: Desk, record: str, reading: Reading) -> None:
    (key,) = desk.items()
    desk.throws_away(key)
    desk.edits(record, Priority="High")
    rests(desk, reading)
    assert list(desk.records()) == [record]
    assert [(row["title"], row["importance"]) for row in desk.items().values()] == [("one", "high")]


def test_copied_with_its_mark_it_stays_and_the_copy_gets_a_record(desk: Desk, record: str, reading: Reading) -> None:
    (key,) = desk.items()
    item = desk.items()[key]
    links = [{name: value for name, value in each.items() if name != "id"} for each in item["linkedResources"]]
    copy = desk.puts(ANN, {"title": "one", "dueDateTime": item["dueDateTime"], "linkedResources": links})
    rests(desk, reading)
    keys = {name: row["Outlook_Id__c"] for name, row in desk.records().items()}
    assert keys.pop(record) == key
    assert list(keys.values()) == [copy]
    assert desk.items().keys() == {key, copy}


def test_a_file_that_does_not_say_what_was_told_is_gone_on_with(desk: Desk, record: str) -> None:
    """An earlier version of ours wrote it."""
    with desk.warehouse.open() as con:
        con.execute("alter table source drop column told")
    new = desk.moves(*desk.items())
    rests(desk, (timedelta(minutes=4), {"scope": "all"}))
    assert {name: row["Outlook_Id__c"] for name, row in desk.records().items()} == {record: new}


def test_nothing_waits_for_a_mailbox_that_is_not_read_any_more(desk: Desk, record: str) -> None:
    (item,) = desk.items().values()
    desk.org.person("PATCH", f"sobjects/User/{desk.users[ANN]}", {"FederationIdentifier": None})
    desk.edits(record, OwnerId=desk.users[BOB])
    links = [{name: value for name, value in each.items() if name != "id"} for each in item["linkedResources"]]
    copy = desk.puts(BOB, {"title": "one", "linkedResources": links})
    desk.later(TOLD)
    report = desk.run()
    assert report is not None
    assert "held: ambiguous_match" not in report.reasons
    assert copy in {row["Outlook_Id__c"] for row in desk.records().values()}
