"""Runs and checks through Dagster tell people: once when something goes wrong, once when it is over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from pydantic import SecretStr

from assets.declarations import entities
from assets.definitions import definitions
from assets.making.desk import Desk
from pipelines.declaring.source import Feed
from resources.archive import Archive
from tests.assets.control_room import ControlRoom, Result, metadata_of, schools
from tests.receivers import HOST, Hook, hook
from tests.runs.place import ROOT

TODAY = f"{datetime.now(UTC):%Y-%m-%d}"


@pytest.fixture
def told(room: ControlRoom) -> Iterator[Hook]:
    """Who hears of what happens in the room."""
    with hook() as receiver:
        aim(room, concord_alerts=SecretStr(f"json://{HOST}:{receiver.port}/T0KEN"))
        yield receiver


def aim(room: ControlRoom, **settings: object) -> None:
    room.desk.given = room.desk.settings.model_copy(update=settings)


def sync(room: ControlRoom, entity: str = "accounts", *asking: str) -> Result:
    return room.run(f"sync_{entity}", partition_key=TODAY, asking=set(asking))


def test_a_failing_run_is_told_once_and_so_is_its_end(room: ControlRoom, told: Hook) -> None:
    sync(room)
    assert told.taken() == ["accounts: run failed"]
    [past] = Archive(room.place.home).runs("accounts", 10)  # though nothing is published yet
    assert (past["result"], past["error"]) == ("Failure", "feed_missing")
    sync(room)
    assert told.taken() == []
    room.place.feed("institutions", schools("alert-fail-", 1))
    result = sync(room)
    assert told.taken() == ["accounts: runs get through again"]
    sync(room, "personnel")
    assert told.taken() == ["personnel: run failed"]
    metadata = metadata_of(result, "accounts")
    assert metadata["result"] == "Success"
    assert [(row.data["result"], row.data["error"]) for row in metadata["last_runs"].records] == [
        ("Success (nothing to do)", ""),
        ("Failure", "feed_missing"),
        ("Failure", "feed_missing"),
    ]
    assert json.loads((room.place.home / "heartbeat" / "accounts").read_text())["result"] == "Success"


def test_a_dry_run_alarms_nobody(room: ControlRoom, told: Hook) -> None:
    room.run("plan_accounts")
    assert told.taken() == []


def test_a_held_run_is_told_until_it_is_approved(room: ControlRoom, told: Hook) -> None:
    room.place.feed("institutions", schools("alert-held-", 501))
    importing = {"scope": "changed", "create_missing": True}
    room.run("sync_accounts", {"accounts": importing}, partition_key=TODAY)
    [body] = told.bodies
    plan_hash = room.desk.reports["accounts"].plan_hash
    assert (body["title"], body["type"]) == ("Concord: accounts: run held, somebody must approve", "warning")
    assert body["message"].startswith(f"plan {plan_hash} waits for approval (creates 501): concord plan accounts")
    told.taken()
    room.run("sync_accounts", {"accounts": {**importing, "approve": plan_hash}}, partition_key=TODAY)
    assert told.taken() == ["accounts: no longer held"]


def test_a_broken_connection_is_told_as_such_whatever_breaks_it(room: ControlRoom, told: Hook) -> None:
    room.place.feed("institutions", schools("alert-conn-", 1))
    right = room.desk.settings.salesforce_client_secret
    aim(room, salesforce_client_secret=SecretStr("wrong"))
    sync(room)
    assert told.taken() == ["accounts: connection broken"]
    aim(room, salesforce_client_secret=right)
    room.place.org.faults({"path": "/services/", "action": "status", "status": 403, "code": "API_DISABLED_FOR_ORG"})
    sync(room)
    assert told.taken() == []
    room.place.org.reset()
    sync(room)
    assert told.taken() == ["accounts: connection is back"]


def test_what_nobody_foresaw_is_told_by_its_kind(room: ControlRoom, told: Hook) -> None:
    room.place.feed("institutions", schools("alert-odd-", 1))
    (room.place.home / "dlt").write_text("a file where a folder should be", "utf-8")
    with hook() as watchdog:
        aim(room, concord_heartbeat_url=SecretStr(f"http://{HOST}:{watchdog.port}/{{entity}}"))
        sync(room)
    assert watchdog.paths == ["/accounts/fail"]
    assert json.loads((room.place.home / "heartbeat" / "accounts").read_text())["result"] == "Failure"
    [past] = Archive(room.place.home).runs("accounts", 10)
    assert (past["result"], past["error"]) == ("Failure", "unexpected")
    assert str(past["message"]).startswith("unexpected builtins.")
    assert str(past["message"]).endswith("report it with the log of the run in Dagster")
    assert str(room.place.home) not in str(past["message"])
    [body] = told.bodies
    assert body["title"] == "Concord: accounts: run failed"
    assert body["message"].startswith("unexpected: builtins.")


def test_checks_that_fail_are_one_message_and_each_ends_by_itself(room: ControlRoom, told: Hook) -> None:
    once = schools("alert-check-", 2)
    room.place.org.seed("Account", [{"Source_Key__c": f"alert-check-{n}", "Name": "Old"} for n in range(2)])
    room.place.feed("institutions", [*once, *once[:1], {"institution_id": "alert-check-9"}])
    sync(room, "accounts", "duplicate_keys", "rejected_rows")
    [body] = told.bodies
    assert (body["title"], body["type"]) == ("Concord: accounts: check failed", "warning")
    assert {line.partition(":")[0] for line in body["message"].splitlines()} > {"duplicate_keys", "rejected_rows"}
    assert "1 keys are in the source more than once, 0 in the CRM" in body["message"]
    told.taken()
    room.place.feed("institutions", [*once, {"institution_id": "alert-check-9"}])
    sync(room, "accounts", "duplicate_keys", "rejected_rows")
    [body] = told.bodies
    assert body["title"] == "Concord: accounts: check passes again"
    assert {line.partition(":")[0] for line in body["message"].splitlines()} >= {"duplicate_keys"}
    assert "rejected_rows" not in body["message"]


def test_a_quarantine_that_grows_is_told(room: ControlRoom, told: Hook) -> None:
    room.place.org.seed("Account", [{"Source_Key__c": "alert-q", "Name": "Old"}])
    room.place.feed("institutions", [{"institution_id": "alert-q", "name": "New", "enrollment": "99999999999"}])
    sync(room, "accounts", "rejected_rows")
    assert sorted(told.taken()) == ["accounts: check failed", "accounts: run failed"]  # the only record was refused
    with duckdb.connect(room.place.home / "accounts.duckdb") as con:
        con.execute("update state set failures = 10")
    sync(room, "accounts", "rejected_rows")
    assert sorted(told.taken()) == ["accounts: quarantine has grown", "accounts: runs get through again"]
    room.place.feed("institutions", [{"institution_id": "alert-q", "name": "New", "enrollment": "9"}])
    sync(room, "accounts", "rejected_rows")
    assert sorted(told.taken()) == ["accounts: check passes again", "accounts: quarantine is empty"]


def test_an_empty_square_between_two_runs_is_a_data_gap(room: ControlRoom, told: Hook) -> None:
    room.place.feed("institutions", schools("alert-gap-", 1))
    room.place.org.seed("Account", [{"Source_Key__c": "alert-gap-0", "Name": "School 0"}])
    day = datetime.now(UTC) - timedelta(days=3)
    days = [f"{day + timedelta(days=n):%Y-%m-%d}" for n in range(3)]
    for filled in (days[0], days[2]):
        room.run("sync_accounts", asking={"freshness"}, partition_key=filled)
    [body] = told.bodies
    assert body["title"] == "Concord: accounts: data gap"
    assert body["message"].startswith(f"partitions: no run filled {days[1]}: ")
    told.taken()
    room.run("sync_accounts", asking={"freshness"}, partition_key=days[1])
    assert told.taken() == ["accounts: data gap is closed"]


def test_an_entity_that_nobody_syncs_is_a_data_gap(room: ControlRoom, told: Hook) -> None:
    room.run("ask_questions", asking=True)
    synced = (name for name, entity in entities().items() if isinstance(entity.source, Feed))  # no service is set here
    assert sorted(told.taken()) == sorted(f"{name}: data gap" for name in synced)


def test_a_receiver_that_is_down_fails_no_run_and_is_said_once_in_its_log(room: ControlRoom, told: Hook) -> None:
    told.status = 500
    twice = [*schools("alert-down-", 1), *schools("alert-down-", 1)]
    room.place.feed("institutions", twice)
    result = room.run("sync_accounts", asking={"duplicate_keys"}, partition_key=TODAY)
    assert result.success
    assert room.log().count("address 1 (JSON) did not take a message: it answered 500") == 1
    told.status = 200
    sync(room)
    assert told.taken() == ["accounts: check failed"]
    assert "T0KEN" not in room.log()


def test_a_run_that_was_killed_is_told_of_by_the_sensor_and_its_beat_is_missing(
    room: ControlRoom, told: Hook, tmp_path: Path
) -> None:
    room.place.feed("institutions", schools("alert-kill-", 3))
    room.place.org.faults({"path": "/services/", "action": "delay", "seconds": 60})
    settings = room.desk.settings
    environment = {
        **os.environ,
        "CONCORD_HOME": str(settings.concord_home),
        "DAGSTER_HOME": str(tmp_path / "dagster"),
        "SALESFORCE_INSTANCE_URL": room.place.org.connection.url,
        "SALESFORCE_CA_FILE": room.place.org.connection.ca_file,
        "SALESFORCE_CLIENT_ID": room.place.org.connection.client_id,
        "SALESFORCE_CLIENT_SECRET": room.place.org.connection.client_secret,
    }
    command = [sys.executable, "-c", "from assets.cli import main; main()", "sync", "accounts"]
    running = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(settings.concord_home.glob("running/[!.]*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    watch = definitions(Desk(settings)).get_repository_def().get_sensor_def("watch_over_runs")
    with dg.DagsterInstance.from_config(str(tmp_path / "dagster")) as instance:
        assert looked(watch, instance, settings) == "0 runs were killed"
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        assert looked(watch, instance, settings) == "1 runs were killed"
        assert looked(watch, instance, settings) == "0 runs were killed"
    [body] = told.bodies
    assert body["title"] == "Concord: accounts: run failed"
    assert body["message"].startswith("killed: the process of run ")
    assert not (settings.concord_home / "heartbeat").exists()


def looked(watch: dg.SensorDefinition, instance: dg.DagsterInstance, settings: object) -> str | None:
    """What the sensor says."""
    with dg.build_sensor_context(instance=instance, resources={"desk": Desk(settings)}) as context:  # type: ignore[arg-type]
        return watch.evaluate_tick(context).skip_message
