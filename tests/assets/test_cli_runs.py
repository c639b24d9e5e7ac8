"""Plans and syncs from the command line: what is printed, what is written, and the exit code."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.declarations import entities
from resources.warehouse import Warehouse
from tests.assets.shell import INSTITUTIONS, Shell, town

REPORT = {
    "entity", "run_id", "mode", "scope", "status", "started_at", "seconds", "extracted", "outcomes", "reasons", "cells",
    "api_calls", "plan_hash", "gates",
}  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with town(tmp_path / "town") as made:
        yield made


def test_a_plan_tells_everything_writes_nothing_and_its_cells_go_to_a_file_that_no_spreadsheet_runs(
    shell: Shell,
) -> None:
    file = shell.home / "cells.csv"
    first, second = shell("plan", "accounts", "--json"), shell("plan", "accounts", "--csv", str(file))
    assert (first.code, second.code) == (4, 4)  # one row has no name
    assert first.json.keys() >= REPORT
    assert first.json["outcomes"] == {"failed": 1, "skipped": 3, "unchanged": 1, "updated": 1}
    assert sum(first.json["outcomes"].values()) == first.json["extracted"] == 6
    assert first.json["plan_hash"] in second.out
    with file.open(encoding="utf-8", newline="") as stream:
        names = {row["key"]: row for row in csv.DictReader(stream) if row["field"] == "Name"}
    assert (names["I1"]["old"], names["I1"]["new"]) == ("Alpha School", "'=1+1 School")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_everything_is_synced_and_people_are_created_once_their_institution_is_imported(shell: Shell) -> None:
    first = shell("sync", "--scheduled", "--json")
    assert (first.code, [report["entity"] for report in first.json]) == (4, list(entities()))
    assert all(report["scheduled_for"] for report in first.json)
    outcomes = {report["entity"]: report["outcomes"] for report in first.json}
    assert {name: outcomes[name] for name in ("personnel", "profiles", "connections")} == {
        "personnel": {"created": 1, "failed": 1, "skipped": 3},
        "profiles": {"created": 1, "skipped": 1},
        "connections": {"created": 1, "skipped": 2},
    }
    listed = shell("missing", "accounts", "--json").json
    assert (listed["missing"], listed["waiting"]) == (2, 3)
    rows = {row["key"]: row for row in listed["rows"]}
    assert {key: (row["why"], row["waiting"]) for key, row in rows.items()} == {
        "I3": ("missing", 1),
        "I4": ("missing", 0),
        "I5": ("inactive", 1),
        "I9": ("not_in_feed", 1),
    }
    assert (rows["I4"]["twin_name"], rows["I4"]["likeness"] > 0.9) == ("Delta Institut", True)

    imported = shell("missing", "accounts", "--import", "--json")
    assert imported.json["reasons"]["held: likely_twin"] == 1
    assert "concord sync personnel" in imported.err
    assert shell("sync", "personnel", "--json").json["outcomes"]["created"] == 1
    assert [row["key"] for row in shell("missing", "accounts", "--json").json["rows"]] == ["I5", "I9", "I4"]

    assert {report["cells"] for report in shell("sync", "--json").json} == {0}

    by_key = shell("missing", "accounts", "--import", "--keys", shell.keys("I4"), "--json")
    assert (by_key.code, by_key.json["outcomes"]) == (0, {"created": 1})


def test_a_plan_over_a_limit_is_held_until_its_hash_is_approved(shell: Shell) -> None:
    shell("sync", "accounts")
    shell.feed("institutions", "".join(INSTITUTIONS.splitlines(keepends=True)[:3]).replace("Beta", "Better"))
    held = shell("sync", "accounts")
    assert held.code == 3
    command = next(line.split() for line in held.out.splitlines() if "--approve" in line)
    assert command[:-1] == ["concord", "sync", "accounts", "--approve"]
    assert shell(*command[1:-1], "0123456789abcdef-1").code == 3
    assert shell(*command[1:]).code == 0


def test_a_held_import_is_approved_by_the_import(shell: Shell) -> None:
    many = [f"N{number},New {number} School,A,Ulm,89073,,2026-01-01\n" for number in range(501)]
    shell.feed("institutions", INSTITUTIONS + "".join(many))
    held = shell("missing", "accounts", "--import")
    assert held.code == 3
    command = next(line.split() for line in held.out.splitlines() if "--approve" in line)
    assert command[:5] == ["concord", "missing", "accounts", "--import", "--approve"]
    assert shell(*command[1:], "--json").json["outcomes"]["created"] == 502


def test_a_second_sync_of_a_busy_entity_is_refused(shell: Shell) -> None:
    with Warehouse(shell.home, "accounts").lock():
        said = shell("sync", "accounts", "--json")
    assert (said.code, said.json["status"], said.json["error"]) == (1, "failure", "already_running")
    assert "process" in said.json["message"]


def test_wrong_credentials_are_a_matter_of_configuration(shell: Shell) -> None:
    wrong = {
        "SALESFORCE_INSTANCE_URL": shell.connection.url,
        "SALESFORCE_CA_FILE": shell.connection.ca_file,
        "SALESFORCE_CLIENT_ID": shell.connection.client_id,
        "SALESFORCE_CLIENT_SECRET": "wrong",
    }
    said = shell("sync", "accounts", "--json", **wrong)
    assert (said.code, said.json["error"]) == (2, "INVALID_CREDENTIALS")
    assert "SALESFORCE_CLIENT_SECRET" in said.json["message"]


def test_what_depends_on_a_failed_entity_is_not_run(shell: Shell) -> None:
    shell.feed("institutions", "")
    said = shell("sync", "--json")
    assert said.code == 1
    errors = {report["entity"]: report["error"] for report in said.json if report["error"]}
    assert errors == {"accounts": "empty_feed"} | dict.fromkeys(
        ("personnel", "profiles", "connections"), "upstream_failed"
    )


def test_without_the_service_its_entities_are_left_out_of_a_sync_of_all_and_nobody_is_alarmed(shell: Shell) -> None:
    connection = shell.connection
    org = {
        "SALESFORCE_INSTANCE_URL": connection.url,
        "SALESFORCE_CA_FILE": connection.ca_file,
        "SALESFORCE_CLIENT_ID": connection.client_id,
        "SALESFORCE_CLIENT_SECRET": connection.client_secret,
    }
    why = "ENGAGE_URL and ENGAGE_TOKEN are not set: where is engage?"
    said = shell("sync", "--json", **org)
    told = {report["entity"]: (report["status"], report["error"]) for report in said.json}
    assert (said.code, told["accounts"]) == (4, ("success_with_errors", None))  # one row has no name
    assert told["profiles"] == told["connections"] == ("skipped", None)
    messages = {report["entity"]: report["message"] for report in said.json}
    assert all(why in messages[name] for name in ("profiles", "connections"))
    assert all(messages[name].startswith("GRAPH_URL, ") for name, entity in entities().items() if entity.both)
    wrong = [one for one in shell("alerts", "--json").json["standing"] if one["wrong"]]
    assert {one["entity"] for one in wrong} <= {"accounts", "personnel"}
    for name in ("profiles", "connections"):
        named = shell("sync", name, "--json", **org)
        assert (named.code, named.json["error"], named.json["message"]) == (2, "source_not_set", why)


def test_the_rows_of_a_first_run_that_brought_none_are_none(shell: Shell) -> None:
    shell("sync", "accounts")
    shell.engage.clear()
    assert shell("sync", "profiles", "--json").json["extracted"] == 0
    said = shell("history", "profiles", "--rows", "last", "--json")
    assert (said.code, said.json["rows"]) == (0, [])


def test_the_last_run_is_the_last_one_however_quiet(shell: Shell) -> None:
    shell("sync", "accounts", "profiles")
    quiet = shell("sync", "profiles", "--json").json
    assert quiet["status"] == "nothing_to_do"
    assert shell("history", "profiles", "--rows", "last", "--json").json["run_id"] == quiet["run_id"]
