"""Delta rounds to their end, many in one call, anew where Graph forgot; mailboxes."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.graph.client import Graph
from resources.graph.delta import contacts_of, events_of, tasks_of
from resources.graph.settings import graph_of
from resources.sandbox.launch import running
from resources.settings import Settings
from resources.world import BESIDE, at_sandbox
from tests.resources.graph.conftest import ADA, BERLIN, Office

YEAR = ("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z")


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


def test_the_world_serves_graph_beside_the_sandbox(tmp_path: Path) -> None:
    with running(tmp_path / "state", beside=BESIDE) as served:
        account = graph_of(at_sandbox(Settings(concord_home=tmp_path), served))
        with Graph(account) as graph:
            assert graph.users() == []
