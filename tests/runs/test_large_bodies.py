"""A megabyte of text in a task: the CRM gets as much as it takes, Outlook keeps all of it, and then all is quiet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.runs.both_sides_place import ANN, Sides, both_sides

MOST = 32_000
DAY = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
BODIES = {
    "formatted": ("<p>line {n} of <b>many</b></p>", "unchanged: formatting_kept"),
    "plain paragraphs": ("<p>line {n} of many</p>", "unchanged: longer_there"),
    "one long line": ("line {n} of many ", "unchanged: longer_there"),
}


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    with both_sides(tmp_path_factory.mktemp("bodies")) as place:
        place.person(ANN)
        yield place


def megabyte(line: str) -> str:
    lines = "".join(line.format(n=n) for n in range(1_000_000 // len(line)))
    assert len(lines) > 1_000_000
    return lines


def as_the_org_counts(html: str) -> str:
    """What the org has room for, an end of line being two signs."""
    lines = re.sub(r"<[^>]+>", "", html.replace("</p>", "\r\n"))
    return lines[:MOST].replace("\r", "").rstrip()


@pytest.mark.parametrize("name", BODIES)
def test_the_crm_gets_what_it_has_room_for_and_the_item_keeps_all_of_it(sides: Sides, name: str) -> None:
    line, kept = BODIES[name]
    html = megabyte(line)
    due = {"dateTime": f"{DAY}T00:00:00", "timeZone": "UTC"}
    sides.office.put(
        ANN, "tasks", [{"title": name, "dueDateTime": due, "body": {"content": html, "contentType": "html"}}]
    )
    before = sides.items()[name]
    writes = sides.office.counts()["writes"]
    assert len(before["body"]["content"]) > 1_000_000

    assert sides.sync().outcomes["created"] == 1
    record = sides.tasks("Task", "SystemModstamp")[name]
    assert record["Description"] == as_the_org_counts(html)
    for _ in range(2):
        quiet = sides.sync()
        assert (quiet.status, quiet.cells) == ("nothing_to_do", 0)
    assert sides.tasks("Task", "SystemModstamp")[name] == record
    assert (sides.items()[name], sides.office.counts()["writes"]) == (before, writes)

    edit = {"sobject": "Task", "ids": [record["Id"]], "fields": {"Description": "typed here"}}
    sides.org.do("records/edit", edit)
    assert sides.sync().status == "nothing_to_do"
    assert sides.outcomes("tasks")[record["Outlook_Id__c"]] == kept
    assert (sides.items()[name]["body"], sides.tasks()[name]["Description"]) == (before["body"], "typed here")
