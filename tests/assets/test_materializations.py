"""What a run leaves in Dagster: numbers, tables, keys and codes, and never the value of a private field."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from assets.declarations import entities
from assets.making.discretion import Discretion
from tests.assets.control_room import ControlRoom, checks_of, failure_of, metadata_of, schools

TODAY = "2026-03-05"
SECRETS = ("Quetzalcoatl", "Xochimilco", "quetzal@example.org", "xochi@example.org", "no-address-of-mine", "555-SECRET")


def settle_in(room: ControlRoom, prefix: str) -> None:
    """Two schools, one person to update, one to create, one that cannot be used."""
    ids = room.place.org.seed("Account", [{"Source_Key__c": f"{prefix}{n}", "Name": f"School {n}"} for n in range(2)])
    person = {"Source_Key__c": f"{prefix}p1", "LastName": "Old", "Email": "xochi@example.org", "AccountId": ids[0]}
    room.place.org.seed("Contact", [person])
    room.place.feed("institutions", schools(prefix, 2, city="Bonn"))
    people = (
        ("p1", "Quetzalcoatl", "quetzal@example.org", "555-SECRET"),
        ("p2", "Xochimilco", "", "555-SECRET"),
        ("p3", "Quetzalcoatl", "no-address-of-mine", ""),
    )
    rows = [
        {
            "person_id": f"{prefix}{key}",
            "institution_id": f"{prefix}0",
            "last_name": last,
            "email": mail,
            "phone": phone,
        }
        for key, last, mail, phone in people
    ]
    room.place.feed("personnel", rows)


def test_the_outcomes_are_numbers_that_add_up(room: ControlRoom) -> None:
    settle_in(room, "num-")
    result = room.run("update_all", partition_key=TODAY)
    assert result.success
    found = metadata_of(result, "personnel")
    assert (found["extracted"], found["created"], found["updated"], found["failed"]) == (3, 1, 1, 1)
    assert sum(found[name] for name in ("created", "updated", "unchanged", "linked", "skipped", "held", "failed")) == 3
    assert found["planned_calls"] <= found["api_calls"]
    assert found["verified"] == 2
    assert found["differing"] == 0


def test_no_private_value_reaches_the_event_log(room: ControlRoom) -> None:
    settle_in(room, "priv-")
    room.run("plan_accounts")
    room.run("update_all", asking=True, partition_key=TODAY)
    room.run("plan_personnel", {"personnel_plan": {"scope": "all"}})
    log = room.log()
    assert "priv-p3" in log  # keys are told
    assert [secret for secret in SECRETS if secret in log] == []


def test_the_plan_hides_private_cells_and_shows_the_others(room: ControlRoom) -> None:
    settle_in(room, "hide-")
    room.run("sync_accounts", partition_key=TODAY)
    shown = metadata_of(room.run("plan_personnel"), "personnel_plan")
    cells = {(row.data["key"], row.data["field"]): row.data["new"] for row in shown["sample_of_cells"].records}
    assert cells["hide-p1", "LastName"] == "•••"
    assert cells["hide-p1", "Source_Status__c"] == "A"


def test_a_plan_writes_nothing(room: ControlRoom) -> None:
    settle_in(room, "dry-")
    room.run("plan_accounts")
    assert [call for call in room.place.org.calls() if "composite/sobjects" in call or "ingest" in call] == []


def test_tables_have_fifty_rows_at_most(room: ControlRoom) -> None:
    room.place.feed("institutions", schools("fifty-", 30, city="Fiftyville", street="Weg 1"))
    shown = metadata_of(room.run("plan_accounts", {"accounts_plan": {"create_missing": True}}), "accounts_plan")
    assert shown["cells"] > 50
    assert len(shown["sample_of_cells"].records) == 50


def test_a_feed_that_is_not_there_fails_the_run_and_says_so(room: ControlRoom) -> None:
    failure = failure_of(room.run("sync_accounts", partition_key=TODAY))
    assert failure.description.startswith("accounts: feed_missing: ")


def test_checks_follow_the_run_that_they_are_about(room: ControlRoom) -> None:
    settle_in(room, "chk-")
    passed = checks_of(room.run("sync_accounts", asking=True, partition_key=TODAY))
    passed.pop("orphans")  # the org has the records of other tests
    asked = ("missing_institutions", "references", "duplicate_keys", "rejected_rows", "freshness", "expectations")
    assert passed == dict.fromkeys(("gates", *asked), True)


def test_questions_about_what_was_never_synced_fail_instead_of_raising(room: ControlRoom) -> None:
    result = room.run("ask_questions", asking=True)
    assert result.success
    told = {(one.asset_key.to_user_string(), one.passed) for one in result.get_asset_check_evaluations()}
    assert {one for one in told if one[0] in ("accounts", "personnel")} == {("accounts", False), ("personnel", False)}
    left_out = {(name, True) for name in entities() if name not in ("accounts", "personnel")}
    assert told & left_out == told - {("accounts", False), ("personnel", False)} == left_out, "nobody told of a service"


def test_what_goes_wrong_unexpectedly_is_told_by_its_kind_alone(tmp_path: Path) -> None:
    with pytest.raises(dg.Failure) as raised, Discretion("personnel", tmp_path, "run"):
        raise ZeroDivisionError("Quetzalcoatl")
    told = str(raised.value.description)
    assert told.startswith(
        "personnel: unexpected builtins.ZeroDivisionError, an error of Concord. Nothing more was sent"
    )
    assert "; all of it is in " in told
    assert raised.value.__suppress_context__
    file = Path(told.rpartition(" ")[2])
    assert "Quetzalcoatl" in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o077 == 0


def test_a_failure_and_an_interruption_pass_as_they_are(tmp_path: Path) -> None:
    for passing in (dg.Failure("held"), KeyboardInterrupt()):
        with pytest.raises(type(passing)) as raised, Discretion("personnel", tmp_path, "run"):
            raise passing
        assert raised.value is passing
