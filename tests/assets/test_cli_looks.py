"""Commands that look, or mend Concord's own memory: check, history, errors, release."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.declarations import entities
from resources.salesforce.org import SalesforceOrg
from resources.settings import read_settings
from resources.warehouse import Warehouse
from resources.world import at_org
from tests.assets.shell import PERSONNEL, Shell, town


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    with town(tmp_path_factory.mktemp("look") / "town") as shell:
        shell.feed("personnel", PERSONNEL + "P6,I1,Jane,=HYPERLINK(1),,Z,2026-01-01\n")
        shell("sync")
        yield shell


def test_a_town_where_everything_fits_is_well(synced: Shell) -> None:
    said = synced("check", "--json")
    assert (said.code, said.json["ok"], said.json["checked"]) == (0, True, list(entities()))
    assert "All is well" in synced("check").out


def test_every_problem_is_told_at_once(synced: Shell, tmp_path: Path) -> None:
    (tmp_path / "institutions.csv").write_text("institution_id,nmae\nI1,x\n", "utf-8")
    synced.admin.permit("Account", {"edit": False}, field="Source_County__c")
    synced.admin.permit("Contact", {"read": False}, field="Do_Not_Update__c")
    try:
        said = synced("check", "--json", CONCORD_FEEDS=str(tmp_path))
    finally:
        synced.admin.allow_everything()
    told = {(problem["entity"], problem["where"], problem["field"]) for problem in said.json["problems"]}
    assert said.code == 2
    assert told == {
        ("accounts", "feed", "institutions.csv"),
        ("personnel", "feed", "personnel"),
        ("accounts", "org", "Account.Source_County__c"),
        ("personnel", "org", "Contact.Do_Not_Update__c"),
    }


def test_what_an_org_has_to_have_is_written_without_asking_one(synced: Shell, tmp_path: Path) -> None:
    synced.admin.forget_calls()
    said = synced("check", "personnel", "--permission-set", str(tmp_path / "concord.zip"), "--json")
    assert (said.code, said.json["objects"], said.json["not_made"]) == (0, ["Account", "Contact"], [])
    assert "Contact.Source_Key__c" in said.json["custom_fields"]
    assert (tmp_path / "concord.zip").exists()
    told = synced("check", "--permission-set", str(tmp_path / "source")).out
    assert "--source-dir force-app" in told
    assert "sf org assign permset --name Concord_Integration --on-behalf-of" in told
    assert synced.admin.calls() == []
    assert synced("check", "--permission-set", str(tmp_path / "no" / "concord.zip")).code == 2


def test_a_refused_login_is_one_problem_of_all(synced: Shell) -> None:
    connection, engage = synced.connection, synced.connection.beside["engage"]
    org = {"SALESFORCE_INSTANCE_URL": connection.url, "SALESFORCE_CA_FILE": connection.ca_file}
    service = {"ENGAGE_URL": engage.url, "ENGAGE_TOKEN": engage.token, "ENGAGE_CA_FILE": connection.ca_file}
    said = synced("check", "--json", SALESFORCE_ACCESS_TOKEN="wrong", **org, **service)
    assert (said.code, [problem["where"] for problem in said.json["problems"]]) == (2, ["org"])


def an_org_of_ours(shell: Shell) -> dict[str, str]:
    """The settings of the town's org as one that is no sandbox, so that nothing is beside it."""
    connection = shell.connection
    return {
        "SALESFORCE_INSTANCE_URL": connection.url,
        "SALESFORCE_CA_FILE": connection.ca_file,
        "SALESFORCE_CLIENT_ID": connection.client_id,
        "SALESFORCE_CLIENT_SECRET": connection.client_secret,
    }


def test_without_the_service_its_entities_are_left_out_of_a_check_of_all_with_a_note(synced: Shell) -> None:
    said = synced("check", "--json", **an_org_of_ours(synced))
    assert (said.code, said.json["checked"]) == (0, ["accounts", "personnel"])
    why = {
        "ENGAGE_URL and ENGAGE_TOKEN are not set: where is engage?": ("profiles", "connections"),
        "GRAPH_URL, GRAPH_TENANT, GRAPH_CLIENT_ID, GRAPH_CLIENT_SECRET are not set: where is Microsoft Graph,"
        " and who are we?": ("events", "outlook_contacts", "tasks"),
    }
    notes = [f"{name} is left out: {lack}" for lack, names in why.items() for name in names]
    assert sorted(said.json["notes"]) == sorted(notes)
    assert all(lack.partition(":")[0] in said.err for lack in why)


def test_a_service_that_nobody_told_of_is_named_with_its_settings(synced: Shell) -> None:
    said = synced("check", "profiles", "--json", **an_org_of_ours(synced))
    [problem] = said.json["problems"]
    assert (said.code, problem["where"], problem["field"]) == (2, "service", "profiles")
    assert "ENGAGE_URL and ENGAGE_TOKEN" in problem["mistake"]


def test_the_history_has_the_last_runs_of_all_entities(synced: Shell) -> None:
    runs = synced("history", "--json").json
    assert {run["entity"] for run in runs} == set(entities())
    assert [run["started_at"] for run in runs] == sorted((run["started_at"] for run in runs), reverse=True)
    assert synced("history", "accounts").out.count(" sync ") == 1


def test_what_is_missing_of_a_service_is_what_others_wait_for(synced: Shell) -> None:
    told = synced("missing", "profiles", "--json").json
    assert [(row["key"], row["why"], row["waiting"]) for row in told["rows"]] == [("E9", "not_in_feed", 1)]
    assert synced("missing", "connections", "--json").json["rows"] == []


def test_rejected_rows_are_listed_with_field_and_reason(synced: Shell) -> None:
    rows = {row["key"]: row for row in synced("errors", "personnel", "--json").json["rows"]}
    assert {key: (row["outcome"], row["reason"], row["field"]) for key, row in rows.items()} == {
        "P5": ("failed", "invalid_email", "email"),
        "P6": ("failed", "unknown_status", "status"),
    }


def test_rejected_rows_go_to_a_file_that_nobody_else_reads(synced: Shell) -> None:
    file = synced.home / "errors.csv"
    assert synced("errors", "accounts", "--csv", str(file)).code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with file.open(encoding="utf-8", newline="") as stream:
        assert [(row["key"], row["reason"], row["field"]) for row in csv.DictReader(stream)] == [
            ("I6", "required_blank", "name")
        ]


def test_a_file_that_cannot_be_written_is_told(synced: Shell) -> None:
    said = synced("errors", "accounts", "--csv", str(synced.home / "nowhere" / "errors.csv"))
    assert (said.code, "cannot be written" in said.err) == (2, True)


def test_names_cannot_move_the_cursor_of_a_terminal(synced: Shell) -> None:
    with Warehouse(synced.home, "accounts").open() as con:
        con.execute("update source set feed_name = chr(27) || '[2J' || feed_name where key = 'I3'")
    Warehouse(synced.home, "accounts").publish()
    said = synced("missing", "accounts")
    assert "·[2JGamma Academy" in said.out
    assert "\x1b" not in said.out


def test_released_rows_are_tried_again(synced: Shell) -> None:
    with Warehouse(synced.home, "personnel").open() as con:
        con.execute("update state set failures = 10, settled = false where fold = 'p1'")
    assert synced("sync", "personnel", "--json").json["reasons"]["held: quarantined"] == 1
    assert synced("release", "personnel", "--keys", synced.keys("P2"), "--json").json["rows"] == 0
    nothing = "Nothing was released: none of the keys of personnel waits."
    assert synced("release", "personnel", "--keys", synced.keys("P2")).out.split("\n")[0] == nothing
    assert synced("release", "personnel", "--json").json["rows"] == 1
    assert "held: quarantined" not in synced("sync", "personnel", "--json").json["reasons"]


def test_a_record_that_people_deleted_comes_back_only_when_its_key_is_released(synced: Shell) -> None:
    delete_contact(synced, "P1")
    assert synced("sync", "personnel", "--json").json["reasons"]["skipped: deleted_in_crm"] == 1
    assert synced("release", "personnel", "--json").json["links"] == 0
    told = synced("release", "personnel", "--keys", synced.keys("P1"))
    lines = [" ".join(line.split()) for line in told.out.splitlines()]
    assert "1 no longer tied to a deleted record: a new one may be created" in lines
    assert "The next run tries them: concord sync personnel" in lines
    assert not any("quarantine" in line for line in lines)
    assert synced("sync", "personnel", "--json").json["outcomes"]["created"] == 1


def delete_contact(shell: Shell, key: str) -> None:
    with at_org(read_settings(env_file=None, concord_home=shell.home)) as settings, SalesforceOrg(settings) as org:
        record_id = org.read("Contact", ["Id"], "Source_Key__c", [key]).column("Id")[0].as_py()
    shell.delete("Contact", record_id)
