"""Tasks from the command line: a first run is looked at, rows are left out, the rest approved, all paired anew."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from resources.graph_sandbox.administration import GraphAdministrator
from resources.outlook.keys import key_of
from resources.sandbox.administration import Administrator
from resources.sandbox.launch import running
from resources.world import BESIDE
from tests.assets.shell import Said, Shell

ANN = "ann@example.com"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date()


def due(days: int = 1) -> dict[str, str]:
    day = (datetime.now(UTC) + timedelta(days=days)).date()
    return {"dateTime": f"{day}T00:00:00", "timeZone": "UTC"}


@dataclass
class Office:
    """Ann's tasks in Outlook and in the CRM, and a command line."""

    shell: Shell
    graph: GraphAdministrator
    user: str

    @property
    def org(self) -> Administrator:
        return self.shell.admin

    def task(self, subject: str, **fields: object) -> str:
        """A record of Ann's; its id."""
        row = {"Subject": subject, "OwnerId": self.user, "ActivityDate": str(TOMORROW), **fields}
        return self.org.seed("Task", [row])[0]

    def item(self, title: str, **fields: object) -> str:
        """A task in Ann's Outlook; its id."""
        return self.graph.put(ANN, "tasks", [{"title": title, "dueDateTime": due(), **fields}])[0]

    def titles(self) -> list[str]:
        return sorted(str(row["title"]) for row in self.graph.rows(ANN, "tasks"))

    def approved(self, *more: str) -> Said:
        """A sync whose plan was looked at."""
        plan_hash = self.shell("plan", "tasks", *more, "--json").json["plan_hash"]
        return self.shell("sync", "tasks", *more, "--approve", plan_hash, "--json")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with running(tmp_path / "home" / "sandbox", beside=BESIDE) as connection:
        beside = connection.beside["graph"]
        graph = GraphAdministrator(beside.admin_url, beside.admin_token, connection.ca_file)
        graph.user(ANN)
        user = {
            "Username": ANN, "LastName": "Ann", "Alias": "ann", "Email": ANN, "FederationIdentifier": ANN,
            "IsActive": True,
        }  # fmt: skip
        shell = Shell(tmp_path / "home", connection)
        yield Office(shell, graph, shell.admin.seed("User", [user])[0])


def test_a_first_run_is_held_and_its_plan_lists_both_sides_with_the_reason(office: Office) -> None:
    office.item("from Outlook")
    office.task("from the CRM")
    office.item("same", importance="high")
    office.task("same", Priority="Normal")
    held = office.shell("sync", "tasks")
    assert held.code == 3
    assert "first_run" in held.out
    plan = office.shell("plan", "tasks")
    assert plan.code == 3
    lines = [" ".join(line.split()) for line in plan.out.splitlines()]
    assert any("new: from the CRM not in Outlook yet" in line for line in lines)
    assert any("new: from Outlook not in the CRM yet" in line for line in lines)
    assert any("Priority high → normal changed on both sides: the CRM's counts" in line for line in lines)
    assert office.titles() == ["from Outlook", "same"]


def test_the_cells_of_both_sides_go_to_a_file_and_their_counts_into_the_json(office: Office) -> None:
    office.item("from Outlook")
    record = office.task("from the CRM")
    file = office.shell.home / "cells.csv"
    told = office.shell("plan", "tasks", "--csv", str(file), "--json").json
    assert told["source"] == {"updates": 0, "creates": 1, "removals": 0, "cells": 4, "calls": 1}
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["side"], row["action"], row["why"]) for row in rows} == {
        ("source", "create", "not_there"),
        ("crm", "create", "not_here"),
    }
    assert {row["key"] for row in rows if row["side"] == "source"} == {record}
    assert office.shell("plan", "accounts", "--json").json["source"] is None


def test_a_plan_that_deletes_says_what_and_where_and_that_it_takes_calls(office: Office) -> None:
    record = office.task("Call Joe")
    office.approved()
    office.shell("sync", "tasks")
    office.org.do("records/delete", sobject="Task", ids=[record])
    plan = office.shell("plan", "tasks")
    lines = [" ".join(line.split()) for line in plan.out.splitlines()]
    assert any("deleted: Call Joe deleted in the CRM, unchanged in Outlook" in line for line in lines)
    assert any(line.endswith("carrying it out takes about 0 more and 1 to Outlook") for line in lines)
    assert any(line.endswith(": 0 cells, 1 deleted in Outlook.") for line in lines)


def test_single_rows_are_left_out_and_the_rest_is_approved(office: Office) -> None:
    item, record = office.item("not this"), office.task("nor this")
    office.item("but this")
    keys = office.shell.keys(key_of(item), record)
    held = office.shell("sync", "tasks", "--except", keys)
    command = next(line.split() for line in held.out.splitlines() if "--approve" in line)
    assert command[:6] == ["concord", "sync", "tasks", "--except", keys, "--approve"]
    assert office.shell("plan", "tasks", "--json").json["reasons"].get("held: excepted") is None  # a plan forgets

    done = office.shell(*command[1:], "--json")
    assert (done.code, done.json["outcomes"], done.json["reasons"]) == (
        0, {"created": 1, "held": 2}, {"held: excepted": 2},
    )  # fmt: skip
    assert office.titles() == ["but this", "not this"]
    again = office.shell("sync", "tasks", "--json").json
    assert (again["cells"], again["reasons"]) == (0, {"held: excepted": 2})  # a sync remembers

    assert office.shell("release", "tasks", "--keys", keys, "--json").json["excepted"] == 2
    assert office.shell("sync", "tasks", "--json").json["outcomes"] == {"created": 2, "unchanged": 1}
    assert office.titles() == ["but this", "nor this", "not this"]


WRONG = [
    (("sync", "--except"), "needs exactly one ENTITY"),
    (("sync", "accounts", "--except"), "which accounts is not"),
    (("plan", "accounts", "--except"), "which accounts is not"),
    (("plan", "tasks", "--except"), "neither a row's nor the id of a record"),
]


@pytest.mark.parametrize("words, said", WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_what_cannot_be_left_out_is_refused(office: Office, words: tuple[str, ...], said: str) -> None:
    told = office.shell(*words, office.shell.keys("no such task"))
    assert told.code == 2
    assert said in told.err + told.out


def moved(office: Office) -> list[dict[str, Any]]:
    """The mailbox was moved: the same tasks, all of them under other ids, and without our marks."""
    rows = office.graph.rows(ANN, "tasks")
    office.graph.delete(ANN, "tasks", *(row["id"] for row in rows))
    kept = ("title", "status", "importance", "dueDateTime", "body")
    office.graph.put(ANN, "tasks", [{name: row[name] for name in kept if name in row} for row in rows])
    return rows


def test_after_a_mailbox_was_moved_every_task_finds_its_record_and_ties_are_held(office: Office) -> None:
    for n in range(3):
        office.item(f"item {n}")
        office.task(f"record {n}")
    office.item("twice")
    office.approved()
    office.item("twice")
    assert office.shell("sync", "tasks", "--json").json["outcomes"] == {"created": 1, "unchanged": 7}
    moved(office)

    done = office.shell("relink", "tasks", "--yes", "--json")
    assert (done.code, done.json) == (0, {"entity": "tasks", "forgotten": 8, "parted": 0})
    plan = office.shell("plan", "tasks", "--json")
    assert (plan.code, plan.json["status"]) == (3, "held")
    assert plan.json["source"]["creates"] == 0
    done = office.approved()
    # of a tie both items and both records are told
    assert done.json["outcomes"] == {"held": 4, "linked": 6}
    assert done.json["reasons"]["held: ambiguous_match"] == 4
    assert len(office.titles()) == 8
    assert office.shell("sync", "tasks", "--json").json["cells"] == 0


def test_relinking_a_mailbox_that_did_not_move_pairs_all_by_their_key(office: Office) -> None:
    office.item("one")
    office.task("two")
    office.approved()
    office.shell("relink", "tasks", "--yes")
    told = office.shell("plan", "tasks", "--json").json
    assert (told["outcomes"], told["cells"], told["status"]) == ({"unchanged": 2}, 0, "nothing_to_do")


def test_what_was_deleted_stays_deleted_when_all_is_paired_anew(office: Office) -> None:
    office.item("gone in Outlook")
    record = office.task("gone in the CRM")
    office.approved()
    (item,) = [row["id"] for row in office.graph.rows(ANN, "tasks") if row["title"] == "gone in Outlook"]
    office.graph.delete(ANN, "tasks", item)
    office.shell.delete("Task", record)
    assert office.shell("sync", "tasks", "--json").json["reasons"] == {
        "deleted: in_source": 1,
        "skipped: deleted_in_source": 1,
    }
    assert office.shell("relink", "tasks", "--yes", "--json").json == {"entity": "tasks", "forgotten": 0, "parted": 1}
    assert office.shell("plan", "tasks", "--json").json["outcomes"] == {"skipped": 1}


def test_relinking_asks_first_and_only_where_there_are_two_sides(office: Office) -> None:
    office.item("one")
    assert office.shell("relink", "tasks", "--yes").code == 2  # never run
    office.approved()
    refused = office.shell("relink", "tasks")  # nobody answers
    assert refused.code == 1
    assert "Go on?" in refused.err
    assert office.shell("relink", "tasks", "--json").code == 2
    assert office.shell("relink", "accounts", "--yes").code == 2
    assert office.shell("sync", "tasks", "--json").json["status"] == "nothing_to_do"
