"""Tasks that people put into another list of Outlook, where they have another id: they stay with their record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.desk import ANN, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.run()
    yield made
    made.close()


def test_a_task_that_moved_keeps_its_record_whatever_was_typed_there_meanwhile(desk: Desk) -> None:
    key = desk.puts(ANN, {"title": "one"})
    desk.run()
    (record,) = desk.records()
    new = desk.moves(key)
    desk.edits(record, Subject="typed")
    desk.run()
    assert {name: row["Outlook_Id__c"] for name, row in desk.records().items()} == {record: new}
    assert {name: row["title"] for name, row in desk.items().items()} == {new: "typed"}
    report = desk.run()
    assert report is not None
    assert report.status == "nothing_to_do"


def test_of_two_alike_that_moved_it_is_not_guessed_which_is_which(desk: Desk) -> None:
    keys = [desk.puts(ANN, {"title": "one"}) for _ in range(2)]
    desk.run()
    before = desk.records()
    moved = {desk.moves(key) for key in keys}
    desk.run()
    assert desk.records().keys() == before.keys()
    assert desk.items().keys() == moved
