"""Tasks, events and contacts of a mailbox as columns of text, and back."""

from __future__ import annotations

import json

from pipelines.declaring.outlook import CONTACT, EVENT, TASK
from resources.graph.batch import Request
from resources.graph.client import Graph
from resources.graph.contents import task_content
from resources.graph.delta import contacts_of, events_of
from resources.graph.paths import item_path, task_path
from resources.graph.rows import contact_of, event_of, table, task_of
from tests.resources.graph.conftest import ADA, BERLIN, Office

YEAR = ("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z")


def at(text: str) -> dict[str, str]:
    return {"dateTime": text, "timeZone": BERLIN}


def test_tasks_are_columns_of_text_and_go_back_as_they_came(office: Office, graph: Graph) -> None:
    row = {"title": "Call", "body": "a\nb", "dueDateTime": "2027-03-01", "status": "completed", "categories": '["Red"]'}
    (made,) = graph.write([Request("POST", task_path(ADA, office.list_id), task_content(row, BERLIN))])
    found = table([task_of(each) for each in office.tasks(graph).rows], TASK).to_pylist()[0]
    assert {name: found[name] for name in row} == {**row, "body": "a\r\nb"}
    assert found["completedDateTime"] == office.admin.advance_clock(0)[:10]
    assert (found["contentType"], found["hasAttachments"], found["linkedResources"]) == ("text", "false", None)
    assert found["lastModifiedDateTime"] == f"{made.content['lastModifiedDateTime'][:23]}Z"
    cleared = {"dueDateTime": None, "categories": None, "title": "Write"}
    graph.write([Request("PATCH", task_path(ADA, office.list_id, found["id"]), task_content(cleared, BERLIN))])
    (again,) = (task_of(each) for each in office.tasks(graph).rows)
    assert (again["dueDateTime"], again["categories"], again["title"], again["status"]) == (
        None,
        None,
        "Write",
        "completed",
    )


def test_an_occurrence_is_told_what_its_series_says(office: Office, graph: Graph) -> None:
    weekly = {"pattern": {"type": "weekly", "interval": 1}, "range": {"type": "numbered", "numberOfOccurrences": 3}}
    times = {"start": at("2027-01-04T10:00:00"), "end": at("2027-01-04T11:00:00")}
    office.admin.put(ADA, "events", [{"subject": "Circle", "recurrence": weekly, "sensitivity": "private", **times}])
    (found,) = graph.changes([events_of(ADA, *YEAR, zone=BERLIN)])
    told = table([event_of(row) for row in graph.events(ADA, found.rows)], EVENT).to_pylist()
    occurrences = [row for row in told if row["type"] == "occurrence"]
    assert [row["start"] for row in occurrences] == [f"2027-01-{day}T10:00:00" for day in ("04", "11", "18")]
    assert {(row["subject"], row["sensitivity"]) for row in told} == {("Circle", "private")}
    assert graph.calls == 1
    bare = [row for row in found.rows if row["type"] == "occurrence"]
    assert [row["subject"] for row in graph.events(ADA, bare)] == ["Circle"] * 3
    assert graph.calls == 2


def test_contacts_are_columns_of_text(office: Office, graph: Graph) -> None:
    (made,) = office.admin.put(
        ADA, "contacts", [{"givenName": "Emmy", "emailAddresses": [{"address": "e@example.com"}]}]
    )
    office.admin.set_private(ADA, "contacts", made)
    (found,) = graph.changes([contacts_of(ADA)])
    row = table([contact_of(each) for each in found.rows], CONTACT).to_pylist()[0]
    assert (row["givenName"], row["sensitivity"]) == ("Emmy", "private")
    assert json.loads(row["emailAddresses"] or "") == [{"name": "e@example.com", "address": "e@example.com"}]
    assert graph.write([Request("DELETE", item_path(ADA, "contacts", made))])[0].status == 204
