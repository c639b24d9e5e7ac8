"""Runs that end before their time, by Ctrl-C, by a full disk, by another run or another version: said, and harmless."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assets.accounts import ENTITY as ACCOUNTS
from pipelines.run import Request, Stopped
from pipelines.sync import Sync
from resources.warehouse import Warehouse
from resources.world import world_of
from tests.runs.killing import child, finish
from tests.runs.place import Place, place
from tests.runs.town import settle_in


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Place]:
    """A small town at a sandbox of its own."""
    with place(tmp_path / "home") as here:
        settle_in(here, 12)
        yield here


def test_ctrl_c_in_mid_load_is_in_the_history_and_the_next_run_goes_on(town: Place) -> None:
    ended = child(town.home, "accounts", 20, "import", "interrupt")
    assert ended.returncode == -signal.SIGINT, ended.stderr
    status, report = town.ask("accounts", "select status, report from runs")[0]
    told = json.loads(report)
    assert (status, told["error"]) == ("failure", "interrupted")
    assert told["outcomes"] == {"created": 12, "failed": 25}
    assert town.ask("accounts", "select coalesce(sum(failures), 0) from state") == [(0,)]
    finish(town, "accounts", ["import"])
    assert {f"d{n}" for n in range(12)} < town.records("Account").keys()
    assert town.records("Account")["n3"]["ParentId"] == "d3"


def test_ctrl_c_in_the_middle_of_a_statement_is_ctrl_c(tmp_path: Path) -> None:
    file = Warehouse(tmp_path, "accounts")
    with pytest.raises(KeyboardInterrupt), file.open() as con:  # noqa: PT012 - the file's context turns it into one
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        con.execute("select count(*) from range(10_000_000_000) numbers(n) where n % 7 = 3").fetchall()


@pytest.mark.parametrize("step", [9, pytest.param(2, marks=pytest.mark.soak), pytest.param(20, marks=pytest.mark.soak)])
def test_a_disk_that_fills_in_mid_load_is_told_and_the_next_run_goes_on(town: Place, step: int) -> None:
    ended = child(town.home, "accounts", step, "import", "full")
    assert ended.returncode == 0, ended.stderr
    report = json.loads(ended.stdout)
    assert (report["status"], report["error"]) == ("failure", "disk_full")
    assert "make room and run again" in report["message"]
    finish(town, "accounts", ["import"])
    assert town.records("Account")["n3"]["ParentId"] == "d3"


def test_a_second_sync_of_the_same_entity_is_refused_and_told_who_is_at_it(here: Place) -> None:
    here.feed("institutions", [{"institution_id": "twice-1", "name": "One"}])
    with world_of(here.settings(), "accounts") as world, Sync(ACCOUNTS, world, Request(run_id="first")) as first:
        first.prepare()
        second = here.run("accounts")
        assert (second.status, second.error) == ("failure", "already_running")
        assert second.message == f"accounts is being synced by process {os.getpid()}; wait for it or end it"
        assert first.carry_out().status == "nothing_to_do"


def test_a_file_of_a_newer_version_is_refused_untouched(here: Place) -> None:
    here.feed("institutions", [{"institution_id": "newer-1", "name": "One"}])
    here.run("accounts")
    file = here.home / "accounts.duckdb"
    with duckdb.connect(file) as con:
        con.execute("update meta set value = '99' where name = 'version'")
    before = file.read_bytes()
    report = here.run("accounts")
    assert (report.status, report.error) == ("failure", "newer_file")
    assert "update Concord, or move the file away" in str(report.message)
    assert file.read_bytes() == before


def test_a_run_that_cannot_even_begin_says_so_by_itself(here: Place) -> None:
    with (
        world_of(here.settings(), "accounts") as world,
        Sync(ACCOUNTS, world, Request(run_id="r")) as sync,
        pytest.raises(Stopped) as caught,
    ):
        sync.prepare()
    assert caught.value.report.error == "feed_missing"
    assert caught.value.report.api_calls == 0
