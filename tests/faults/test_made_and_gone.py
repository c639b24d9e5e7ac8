"""What people do to an item in the first minutes after we made it: Outlook need not have told of it before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from resources.graph_sandbox import operations
from tests.faults.desk import ANN, Desk

TOLD = timedelta(minutes=6)
READINGS: dict[str, dict[str, Any]] = {
    "what changed": {},
    "all": {"scope": "all"},
    "Graph forgot where we were": {"schedule": dict.fromkeys(range(4, 9), "forgotten")},
}


@pytest.fixture(params=[True, False], ids=["it tells what is gone", "it says nothing of what it never told"])
def _telling(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exchange need not tell of what came and went between two readings."""
    if not request.param:
        monkeypatch.setattr(operations, "removed", lambda _: b'{"id": "nobody", "@removed": {"reason": "deleted"}}')


@pytest.fixture(params=READINGS)
def reading(request: pytest.FixtureRequest, _telling: None) -> dict[str, Any]:
    return READINGS[request.param]


@pytest.fixture(params=[4, 6], ids=["minutes: 4", "minutes: 6"])
def pause(request: pytest.FixtureRequest) -> timedelta:
    return timedelta(minutes=request.param)


@pytest.fixture
def record(desk: Desk) -> str:
    """A record of which an item was just made."""
    desk.entity = replace(desk.entity, both=replace(desk.entity.rules_of_both, prevent={}))
    desk.run()
    made = desk.creates({"Subject": "one", "OwnerId": desk.users[ANN], "ActivityDate": f"{desk.clock.now:%Y-%m-%d}"})
    desk.run()
    return made


def rests(desk: Desk, reading: dict[str, Any]) -> None:
    """That run, and all that follow until nothing is to do, be it another one of everything."""
    first = desk.run(**reading)
    assert first is not None
    assert first.error is None
    for _ in range(3):
        desk.later(TOLD)
        desk.run()
    report = desk.run(scope="all")
    assert report is not None
    assert report.status == "nothing_to_do"


@pytest.mark.parametrize("title", ["one", "another one"])
def test_moved_it_keeps_its_record(
    desk: Desk, record: str, reading: dict[str, Any], pause: timedelta, title: str
) -> None:
    (key,) = desk.items()
    new = desk.moves(key)
    if title != "one":
        desk.changes(new, title=title)
    desk.later(pause)
    rests(desk, reading)
    assert {name: (row["Outlook_Id__c"], row["Subject"]) for name, row in desk.records().items()} == {
        record: (new, title)
    }
    assert {name: row["title"] for name, row in desk.items().items()} == {new: title}


def test_deleted_it_takes_its_record_along(desk: Desk, record: str, reading: dict[str, Any], pause: timedelta) -> None:
    (key,) = desk.items()
    desk.throws_away(key)
    desk.later(pause)
    rests(desk, reading)
    assert (desk.records(), desk.items()) == ({}, {})


def test_deleted_while_its_record_is_edited_it_is_made_anew_once(
    desk: Desk, record: str, reading: dict[str, Any], pause: timedelta
) -> None:
    (key,) = desk.items()
    desk.throws_away(key)
    desk.edits(record, Priority="High")
    desk.later(pause)
    rests(desk, reading)
    assert list(desk.records()) == [record]
    assert [(row["title"], row["importance"]) for row in desk.items().values()] == [("one", "high")]


def test_copied_with_its_mark_it_stays_and_the_copy_gets_a_record(
    desk: Desk, record: str, reading: dict[str, Any], pause: timedelta
) -> None:
    (key,) = desk.items()
    item = desk.items()[key]
    links = [{name: value for name, value in each.items() if name != "id"} for each in item["linkedResources"]]
    copy = desk.puts(ANN, {"title": "one", "dueDateTime": item["dueDateTime"], "linkedResources": links})
    desk.later(pause)
    rests(desk, reading)
    keys = {name: row["Outlook_Id__c"] for name, row in desk.records().items()}
    assert keys.pop(record) == key
    assert list(keys.values()) == [copy]
    assert desk.items().keys() == {key, copy}
