"""Rounds of change: everything once, then only what changed, nothing missed, until tokens expire."""

from __future__ import annotations

import pytest

from resources.graph_sandbox.administration import GraphAdministrator
from tests.resources.graph_sandbox.conftest import ADA, Client, code


def titles(rows: list[dict[str, str]]) -> list[str]:
    return sorted(row["title"] for row in rows)


def test_a_first_round_has_all_and_the_next_only_what_changed(client: Client, admin: GraphAdministrator) -> None:
    ids = admin.put(ADA, "tasks", [{"title": f"t{n}"} for n in range(7)])
    rows, link = client.round(f"{client.tasks}/delta", size=3)
    assert titles(rows) == [f"t{n}" for n in range(7)]
    admin.patch(ADA, "tasks", {"id": ids[2], "status": "completed"})
    admin.delete(ADA, "tasks", ids[4])
    new = client.make(client.tasks, title="new")
    rows, link = client.round(link)
    assert {row["id"] for row in rows} == {ids[2], ids[4], new["id"]}
    assert {"id": ids[4], "@removed": {"reason": "deleted"}} in rows
    assert client.round(link)[0] == []


def test_a_quiet_round_is_one_call(client: Client, admin: GraphAdministrator) -> None:
    admin.put(ADA, "tasks", [{"title": "x"}])
    _, link = client.round(f"{client.tasks}/delta")
    admin.forget_calls()
    for _ in range(3):
        rows, link = client.round(link)
        assert rows == []
    assert admin.counts() == {"calls": 3, "parts": 0, "writes": 0, "tokens": 0}


def test_what_changes_during_a_round_is_in_it(client: Client, admin: GraphAdministrator) -> None:
    ids = admin.put(ADA, "tasks", [{"title": f"t{n}"} for n in range(4)])
    admin.delete(ADA, "tasks", ids[3])
    first = client(f"{client.tasks}/delta", Prefer="odata.maxpagesize=2").json()
    admin.patch(ADA, "tasks", {"id": ids[0], "title": "changed"})
    admin.delete(ADA, "tasks", ids[1])
    rest, link = client.round(first["@odata.nextLink"])
    assert [row["id"] for row in first["value"]] == ids[:2]
    assert [(row["id"], row.get("title")) for row in rest] == [(ids[2], "t2"), (ids[0], "changed"), (ids[1], None)]
    assert client.round(link)[0] == []


def test_a_delta_tells_of_links_only_if_it_was_begun_so(client: Client) -> None:
    made = client.make(client.tasks, title="x", linkedResources=[{"externalId": "1"}])
    assert "linkedResources" not in client.round(f"{client.tasks}/delta")[0][0]
    rows, link = client.round(f"{client.tasks}/delta?$expand=linkedResources")
    assert rows[0]["linkedResources"][0]["externalId"] == "1"
    client.make(f"{client.tasks}/{made['id']}/linkedResources", externalId="2")
    rows, _ = client.round(link)
    assert [each["externalId"] for each in rows[0]["linkedResources"]] == ["1", "2"]


@pytest.mark.parametrize("whose", [None, ADA], ids=["all", "hers"])
def test_an_expired_token_is_gone_and_says_where_to_begin(
    client: Client, admin: GraphAdministrator, whose: str | None
) -> None:
    admin.put(ADA, "tasks", [{"title": "x"}])
    _, link = client.round(f"{client.tasks}/delta?$expand=linkedResources")
    admin.expire_delta(whose)
    answer = client(link)
    assert code(answer) == (410, "syncStateNotFound")
    assert "deltatoken" not in answer.headers["Location"].lower()
    rows, _ = client.round(answer.headers["Location"])
    assert "linkedResources" in rows[0]


def test_the_tokens_of_another_mailbox_hold(client: Client, admin: GraphAdministrator) -> None:
    admin.user("bob@example.com")
    _, link = client.round(f"{client.tasks}/delta")
    admin.expire_delta("bob@example.com")
    assert client(link).status_code == 200


@pytest.mark.parametrize("token", ["x", "bnVsbA"])
def test_a_token_that_nobody_gave_is_refused(client: Client, token: str) -> None:
    assert code(client(f"{client.tasks}/delta?$deltatoken={token}")) == (400, "ErrorInvalidSyncStateData")
    other = client.round("contacts/delta")[1].partition("$deltatoken=")[2]
    assert code(client(f"{client.tasks}/delta?$deltatoken={other}")) == (400, "ErrorInvalidSyncStateData")


def test_a_task_that_is_moved_has_another_id(client: Client, admin: GraphAdministrator) -> None:
    other = admin.make_list(ADA, "Other")
    made = client.make(client.tasks, title="x", linkedResources=[{"externalId": "1"}])
    _, here = client.round(f"{client.tasks}/delta")
    _, there = client.round(f"todo/lists/{other}/tasks/delta")
    moved = admin.move(ADA, made["id"], to=other)
    assert client.round(here)[0] == [{"id": made["id"], "@removed": {"reason": "deleted"}}]
    (row,) = client.round(there)[0]
    assert (row["id"], row["title"]) == (moved[made["id"]], "x")
    assert row["id"] != made["id"]
    assert client(f"todo/lists/{other}/tasks/{row['id']}/linkedResources").json()["value"][0]["externalId"] == "1"


def test_lists_and_contacts_have_rounds_too(client: Client, admin: GraphAdministrator) -> None:
    rows, link = client.round("todo/lists/delta")
    assert len(rows) == 2
    made = admin.make_list(ADA, "Mine")
    assert [row["id"] for row in client.round(link)[0]] == [made]
    _, link = client.round("contacts/microsoft.graph.delta()?$select=surname")
    client.make("contacts", givenName="Emmy", surname="Noether")
    assert [(row["surname"], row.get("givenName")) for row in client.round(link)[0]] == [("Noether", None)]


def test_a_replayed_page_begins_with_what_was_told_before(client: Client, admin: GraphAdministrator) -> None:
    admin.put(ADA, "tasks", [{"title": f"t{n}"} for n in range(4)])
    admin.set_faults({"path": "delta", "action": "replay", "nth": 2})
    rows, _ = client.round(f"{client.tasks}/delta", size=2)
    assert titles(rows) == ["t0", "t1", "t1", "t2", "t3"]
