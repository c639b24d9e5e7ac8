"""To-do tasks as a client makes, reads, changes and deletes them."""

from __future__ import annotations

import pytest

from resources.graph_sandbox.administration import GraphAdministrator
from tests.resources.graph_sandbox.conftest import ADA, Client, code, day


def test_a_task_has_what_it_was_told_and_what_every_task_has(client: Client) -> None:
    made = client.make(client.tasks, title="Call", categories=["Red"])
    assert {name: made[name] for name in ("title", "status", "importance", "isReminderOn", "hasAttachments")} == {
        "title": "Call", "status": "notStarted", "importance": "normal", "isReminderOn": False, "hasAttachments": False,
    }  # fmt: skip
    assert made["body"] == {"content": "", "contentType": "text"}
    assert made["categories"] == ["Red"]
    assert made["createdDateTime"] == made["lastModifiedDateTime"]
    assert made["lastModifiedDateTime"].endswith("Z")
    assert len(made["lastModifiedDateTime"]) == 28
    assert not {"dueDateTime", "completedDateTime", "recurrence"} & made.keys()
    assert client(f"{client.tasks}/{made['id']}").json() == made


def test_ids_are_long_and_tell_capitals_from_small_letters(client: Client, admin: GraphAdministrator) -> None:
    ids = admin.put(ADA, "tasks", [{"title": str(n)} for n in range(200)])
    assert len(set(ids)) == 200 > len({each.lower() for each in ids})
    assert 100 < len(ids[0]) < 200


def test_a_change_changes_what_it_tells_and_the_version(client: Client, admin: GraphAdministrator) -> None:
    made = client.make(client.tasks, title="Call", dueDateTime=day("2026-07-25"))
    admin.advance_clock(60)
    changed = client(f"{client.tasks}/{made['id']}", "PATCH", {"title": "Write", "dueDateTime": None}).json()
    assert changed["title"] == "Write"
    assert "dueDateTime" not in changed
    assert changed["@odata.etag"] != made["@odata.etag"]
    assert changed["lastModifiedDateTime"] > made["lastModifiedDateTime"]
    assert changed["createdDateTime"] == made["createdDateTime"]


def test_the_body_has_a_moment_of_its_own(client: Client, admin: GraphAdministrator) -> None:
    made = client.make(client.tasks, title="Call", body={"content": "a", "contentType": "text"})
    admin.advance_clock(60)
    titled = client(f"{client.tasks}/{made['id']}", "PATCH", {"title": "Write"}).json()
    admin.advance_clock(60)
    written = client(f"{client.tasks}/{made['id']}", "PATCH", {"body": {"content": "b", "contentType": "text"}}).json()
    assert made["bodyLastModifiedDateTime"] == titled["bodyLastModifiedDateTime"] < written["bodyLastModifiedDateTime"]


def test_a_stale_etag_is_refused_and_a_fresh_one_is_not(client: Client) -> None:
    made = client.make(client.tasks, title="Call")
    path = f"{client.tasks}/{made['id']}"
    fresh = client(path, "PATCH", {"title": "Write"}, If_Match=made["@odata.etag"])
    assert fresh.status_code == 200
    assert code(client(path, "PATCH", {"title": "x"}, If_Match=made["@odata.etag"])) == (
        412,
        "ErrorIrresolvableConflict",
    )
    assert code(client(path, "DELETE", If_Match=made["@odata.etag"])) == (412, "ErrorIrresolvableConflict")
    assert client(path).json()["title"] == "Write"
    assert client(path, "DELETE", If_Match=fresh.json()["@odata.etag"]).status_code == 204
    assert code(client(path)) == (404, "ErrorItemNotFound")
    assert code(client(path, "PATCH", {"title": "x"})) == (404, "ErrorItemNotFound")


def test_status_and_completion_agree(client: Client, admin: GraphAdministrator) -> None:
    made = client.make(client.tasks, title="Call", status="completed")
    today = admin.advance_clock(0)[:10]
    assert made["completedDateTime"] == {"dateTime": f"{today}T00:00:00.0000000", "timeZone": "UTC"}
    path = f"{client.tasks}/{made['id']}"
    assert "completedDateTime" not in client(path, "PATCH", {"status": "inProgress"}).json()
    assert client(path, "PATCH", {"completedDateTime": day(today)}).json()["status"] == "completed"


@pytest.mark.parametrize(
    "content, error",
    [
        ({"titel": "x"}, "RequestBodyRead"),
        ({"title": 5}, "RequestBodyRead"),
        ({"status": "done"}, "RequestBodyRead"),
        ({"isReminderOn": "yes"}, "RequestBodyRead"),
        ({"categories": "Red"}, "RequestBodyRead"),
        ({"dueDateTime": {"dateTime": "2026-01-01", "timeZone": "Nowhere"}}, "TimeZoneNotSupportedException"),
        ({"dueDateTime": {"dateTime": "tomorrow", "timeZone": "UTC"}}, "ErrorInvalidParameter"),
        ({"body": {"content": "x", "contentType": "rtf"}}, "BadRequest"),
    ],
    ids=["property", "type", "status", "flag", "list", "zone", "moment", "body"],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(client: Client, content: dict[str, object], error: str) -> None:
    assert code(client(client.tasks, "POST", content)) == (400, error)
    assert client(client.tasks).json()["value"] == []


def test_links_are_told_with_their_task_and_have_a_place_of_their_own(client: Client) -> None:
    link = {
        "webUrl": "https://org.example.com/0015",
        "applicationName": "CRM",
        "displayName": "Acme",
        "externalId": "001",
    }
    made = client.make(client.tasks, title="Call", linkedResources=[link])
    place = f"{client.tasks}/{made['id']}/linkedResources"
    (told,) = client(place).json()["value"]
    assert {name: value for name, value in told.items() if name != "id"} == link
    second = client.make(place, externalId="002", displayName="Other")
    client(f"{place}/{second['id']}", "PATCH", {"displayName": "Third"})
    shown = client(f"{client.tasks}?$expand=linkedResources").json()["value"][0]["linkedResources"]
    assert [each["displayName"] for each in shown] == ["Acme", "Third"]
    assert client(f"{place}/{told['id']}", "DELETE").status_code == 204
    assert [each["externalId"] for each in client(place).json()["value"]] == ["002"]
    assert code(client(f"{client.tasks}/{made['id']}", "PATCH", {"linkedResources": []})) == (400, "invalidRequest")


def test_the_steps_of_a_task_are_read(client: Client) -> None:
    made = client.make(client.tasks, title="Call", checklistItems=[{"displayName": "Dial"}])
    (step,) = client(f"{client.tasks}/{made['id']}/checklistItems").json()["value"]
    assert (step["displayName"], step["isChecked"]) == ("Dial", False)


def test_tasks_come_in_pages_chosen_and_ordered(client: Client, admin: GraphAdministrator) -> None:
    admin.put(ADA, "tasks", [{"title": f"t{n}", "status": "completed" if n % 2 else "notStarted"} for n in range(9)])
    first = client(f"{client.tasks}?$top=4").json()
    rest = client(first["@odata.nextLink"]).json()
    assert (len(first["value"]), len(rest["value"])) == (4, 4)
    done = client(f"{client.tasks}?$filter=status eq 'completed'&$orderby=title desc&$select=title&$count=true").json()
    assert ([row["title"] for row in done["value"]], done["@odata.count"]) == (["t7", "t5", "t3", "t1"], 4)
    assert {"@odata.etag", "id", "title"} == done["value"][0].keys()
    admin.advance_clock(60)
    since = admin.advance_clock(0)
    client.make(client.tasks, title="late")
    late = client(f"{client.tasks}?$filter=lastModifiedDateTime ge {since} and status ne 'completed'").json()["value"]
    assert [row["title"] for row in late] == ["late"]
    assert code(client(f"{client.tasks}?$filter=status in ('a')")) == (400, "BadRequest")


def test_what_graph_itself_would_refuse_can_be_there_all_the_same(client: Client, admin: GraphAdministrator) -> None:
    never = {"dateTime": "0001-01-01T00:00:00.0000000", "timeZone": "UTC"}
    admin.put(ADA, "tasks", [{"title": None, "dueDateTime": never, "hasAttachments": True}], raw=True)
    (row,) = client(client.tasks, Prefer='outlook.timezone="Pacific Standard Time"').json()["value"]
    assert "title" not in row
    assert (row["dueDateTime"]["dateTime"], row["hasAttachments"]) == (never["dateTime"], True)
    changed = client(f"{client.tasks}/{row['id']}", "PATCH", {"status": "completed"}).json()
    assert (changed["status"], "title" in changed) == ("completed", False)
    assert client(f"{client.tasks}/{row['id']}", "PATCH", {"title": None}).json()["title"] == ""


@pytest.mark.parametrize(
    "path, status, error",
    [
        ("planner/tasks", 400, "BadRequest"),
        ("todo/lists/x/tasks", 404, "ErrorItemNotFound"),
        ("contacts/x", 404, "ErrorItemNotFound"),
        ("events/x/y/z", 400, "BadRequest"),
    ],
)
def test_what_is_not_there_is_told_in_graphs_words(client: Client, path: str, status: int, error: str) -> None:
    assert code(client(path)) == (status, error)
    assert code(client("mailboxSettings", "PUT", {})) == (405, "Request_BadRequest")
