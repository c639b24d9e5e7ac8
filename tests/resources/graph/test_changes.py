"""Delta rounds to their end, many in one call, anew where Graph forgot; mailboxes; rows written in batches."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.ports import SystemicError
from resources.graph import Graph, item_path, task_path
from resources.graph_batch import LostRows, Request
from resources.graph_delta import contacts_of, events_of, tasks_of
from resources.graph_rows import CONTACT, EVENT, TASK, contact_of, event_of, table, task_content, task_of
from resources.graph_settings import graph_of
from resources.sandbox.launch import running
from resources.settings import Settings
from resources.world import BESIDE, at_sandbox
from tests.resources.graph.conftest import ADA, BERLIN, Office

YEAR = ("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z")


def at(text: str) -> dict[str, str]:
    return {"dateTime": text, "timeZone": BERLIN}


def test_a_first_reading_is_full_and_the_next_is_what_changed(office: Office, graph: Graph) -> None:
    ids = office.admin.put(ADA, "tasks", [{"title": f"t{n}"} for n in range(450)])
    first = office.tasks(graph)
    assert (len(first.rows), first.removed, first.full, graph.calls) == (450, [], True, 3)
    office.admin.patch(ADA, "tasks", {"id": ids[5], "title": "changed"})
    office.admin.delete(ADA, "tasks", ids[6])
    then = office.tasks(graph, first.link)
    assert ([row["title"] for row in then.rows], then.removed, then.full) == (["changed"], [ids[6]], False)
    assert office.tasks(graph, then.link).rows == []


def test_an_item_counts_as_it_came_last(office: Office, graph: Graph) -> None:
    ids = office.admin.put(ADA, "tasks", [{"title": f"t{n}"} for n in range(201)])
    gone = {"user": ADA, "collection": "tasks", "ids": ids[:1]}
    office.admin.set_faults(
        {"path": "delta", "action": "meanwhile", "nth": 2, "door": "delete", "with_body": gone},
    )
    first = office.tasks(graph)
    assert len(first.rows) == 200
    assert first.removed == ids[:1]
    office.admin.set_faults({"path": "delta", "action": "replay"})
    assert office.tasks(graph, first.link).removed == ids[:1]


def test_a_forgotten_place_is_read_anew_and_says_so(office: Office, graph: Graph) -> None:
    office.admin.put(ADA, "tasks", [{"title": f"t{n}", "linkedResources": [{"externalId": "1"}]} for n in range(3)])
    first = office.tasks(graph)
    office.admin.expire_delta()
    again = office.tasks(graph, first.link)
    assert (len(again.rows), again.full) == (3, True)
    assert again.rows[0]["linkedResources"][0]["externalId"] == "1"
    assert office.tasks(graph, again.link).full is False


def test_a_place_forgotten_in_the_middle_of_a_round_begins_it_again(office: Office, graph: Graph) -> None:
    office.admin.put(ADA, "tasks", [{"title": f"t{n}"} for n in range(450)])
    office.admin.set_faults(
        {"path": "delta", "action": "meanwhile", "nth": 2, "door": "expire", "with_body": {"what": "delta"}},
    )
    assert len(office.tasks(graph).rows) == 450
    office.admin.set_faults(
        {
            "path": "delta",
            "action": "meanwhile",
            "times": 0,
            "nth": 2,
            "door": "expire",
            "with_body": {"what": "delta"},
        },
    )
    never = office.tasks(graph)
    assert never.refused is not None
    assert (never.refused.status, never.link, never.rows) == (410, None, ())


def test_many_collections_are_read_in_one_call(office: Office, graph: Graph) -> None:
    office.admin.user("new@example.com", mailbox=False)
    office.admin.put(ADA, "contacts", [{"givenName": "Emmy"}])
    lists = [office.list_id, *(office.admin.make_list(ADA, str(n)) for n in range(10))]
    feeds = [
        *(tasks_of(ADA, each) for each in lists),
        contacts_of(ADA),
        events_of(ADA, *YEAR),
        contacts_of("new@example.com"),
    ]
    found = graph.changes(feeds)
    assert graph.calls == 1
    assert [len(each.rows) for each in found] == [0] * 11 + [1, 0, 0]
    assert found[-1].refused is not None
    assert found[-1].refused.code == "MailboxNotEnabledForRESTAPI"
    quiet = graph.changes([tasks_of(ADA, lists[0], link=found[0].link), contacts_of(ADA, link=found[11].link)])
    assert (graph.calls, [each.full for each in quiet]) == (2, [False, False])


def test_mailboxes_are_told_with_zone_and_lists_or_why_not(office: Office, graph: Graph) -> None:
    office.admin.user("new@example.com", mailbox=False)
    ada, new, nobody = graph.mailboxes([ADA, "new@example.com", "nobody@example.com"])
    assert (ada.zone, ada.default_list and ada.default_list.id, ada.refused) == (BERLIN, office.list_id, None)
    assert [each.refused and each.refused.code for each in (new, nobody)] == [
        "MailboxNotEnabledForRESTAPI", "ErrorInvalidUser",
    ]  # fmt: skip
    assert graph.calls == 1


@pytest.mark.parametrize("zone", ["tzone://Microsoft/Custom", "Customized Time Zone"])
def test_a_zone_that_somebody_made_is_read_as_utc(office: Office, graph: Graph, zone: str) -> None:
    office.admin.user(ADA, timeZone=zone)
    (mailbox,) = graph.mailboxes([ADA])
    assert mailbox.zone == "UTC"


def test_somebody_loses_the_mailbox_and_gets_it_back(office: Office, graph: Graph) -> None:
    office.admin.put(ADA, "tasks", [{"title": "x"}])
    first = office.tasks(graph)
    office.admin.user(ADA, mailbox=False)
    without = office.tasks(graph, first.link)
    assert (without.refused and without.refused.code, without.link) == ("MailboxNotEnabledForRESTAPI", None)
    office.admin.user(ADA, mailbox=True)
    again = office.tasks(graph, first.link)
    assert (again.rows, again.removed, again.full) == ([], [], False)


def test_results_come_one_a_row_in_the_order_of_the_rows(office: Office, graph: Graph) -> None:
    (made,) = office.admin.put(ADA, "tasks", [{"title": "old"}])
    place = task_path(ADA, office.list_id, made)
    requests = [office.new(f"n{number:02d}") for number in range(45)]
    requests[7] = Request("PATCH", place, {"title": "changed"}, match='W/"stale"')
    requests[30] = Request("PATCH", place, {"status": "gone"})
    results = graph.write(requests)
    assert graph.calls == 3
    assert [row for row, result in enumerate(results) if not result.success] == [7, 30]
    assert (results[7].status, results[7].code, results[30].code) == (
        412,
        "ErrorIrresolvableConflict",
        "RequestBodyRead",
    )
    assert [result.content["title"] for result in results[20:22]] == ["n20", "n21"]
    assert len(office.titles()) == 44


def test_two_writes_to_one_task_keep_their_order(office: Office, graph: Graph) -> None:
    (made,) = office.admin.put(ADA, "tasks", [{"title": "old"}])
    place = task_path(ADA, office.list_id, made)
    results = graph.write(
        [Request("PATCH", place, {"title": "b"}), Request("DELETE", place), Request("PATCH", place, {})]
    )
    assert [result.status for result in results] == [200, 204, 404]
    failed = graph.write([Request("PATCH", place, {"title": "c"}), Request("DELETE", place)])
    assert [result.status for result in failed] == [404, 424]


def test_throttled_rows_are_sent_again_and_the_others_are_not(office: Office, graph: Graph) -> None:
    office.admin.set_faults({"path": "/tasks$", "method": "POST", "action": "too-many-requests", "nth": 3, "times": 5})
    assert all(result.success for result in graph.write([office.new(f"n{n}") for n in range(10)]))
    assert office.titles() == [f"n{n}" for n in range(10)]
    assert graph.calls == 2


def test_rows_that_stay_throttled_are_told_as_such(office: Office, graph: Graph) -> None:
    office.admin.set_limits(requests=4, seconds=600)
    results = graph.write([office.new(f"n{n}") for n in range(6)])
    assert [result.status for result in results] == [201] * 4 + [429] * 2
    assert results[5].may_go_well_later
    assert office.pauses == []  # ten minutes are more than patience has


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_row_of_which_graph_itself_knows_nothing_is_not_sent_again(office: Office, graph: Graph, status: int) -> None:
    office.admin.set_faults({"path": "/tasks$", "action": "answer", "status": status, "body": "{}", "nth": 2})
    with pytest.raises(LostRows) as error:
        graph.write([office.new(f"n{n}") for n in range(25)])
    results = error.value.results
    assert [row for row, result in enumerate(results) if result is None] == [1]
    assert [result.status for result in results[20:] if result] == [0] * 5
    assert len(office.titles()) == 19
    assert graph.calls == 1


def test_what_was_written_is_told_though_the_login_ends_in_between(office: Office, graph: Graph) -> None:
    office.admin.set_faults(
        {"path": "batch", "action": "unauthorized", "nth": 2, "times": 0},
    )
    results = graph.write([office.new(f"n{n:02d}") for n in range(45)])
    assert [result.status for result in results] == [201] * 20 + [0] * 25
    with pytest.raises(SystemicError, match="refuses the token"):
        graph.write([office.new("x")])
    assert len(office.titles()) == 20


def test_items_are_read_again_in_few_calls(office: Office, graph: Graph) -> None:
    ids = office.admin.put(ADA, "tasks", [{"title": f"t{n}"} for n in range(30)])
    found = graph.read([*(task_path(ADA, office.list_id, each) for each in ids), task_path(ADA, office.list_id, "x")])
    assert [row and row["title"] for row in found] == [*(f"t{n}" for n in range(30)), None]
    assert graph.calls == 2


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
    assert (row["givenName"], row["emailAddresses"], row["sensitivity"]) == ("Emmy", '["e@example.com"]', "private")
    assert graph.write([Request("DELETE", item_path(ADA, "contacts", made))])[0].status == 204


def test_the_world_serves_graph_beside_the_sandbox(tmp_path: Path) -> None:
    with running(tmp_path / "state", beside=BESIDE) as served:
        account = graph_of(at_sandbox(Settings(concord_home=tmp_path), served))
        with Graph(account) as graph:
            assert graph.users() == []
