"""What happens to the entity's file when a landing goes wrong, and what dlt may not do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.ports.world import SystemicError

if TYPE_CHECKING:
    from tests.resources.feeds.conftest import Desk

HEADER = "id,name,city\n"
MANY = HEADER + "".join(f"{number},name {number * 7919 % 1000003},city {number}\n" for number in range(400_000))


def test_dlt_keeps_to_its_folder_and_records_the_load(desk: Desk, home: Path) -> None:
    desk.put("people.csv", HEADER + "1,Ada,Rome\n")
    desk.land()
    assert desk.ask("select status, count(*) from landing._dlt_loads group by 1") == [(0, 1)]
    assert {path.name for path in (desk.home / "dlt").iterdir()} == {"people", ".anonymous_id"}
    assert {path.name for path in home.iterdir()} == {"concord", "dagster"}


@pytest.mark.parametrize(
    "first", ["", "import dlt; dlt.pipeline('other', pipelines_dir='other'); "], ids=["ours", "theirs"]
)
def test_dlt_reports_to_nobody_whatever_its_settings_say(desk: Desk, first: str) -> None:
    desk.put("people.csv", HEADER + "1,Ada,Rome\n")
    landing = f"{first}import sys, runpy; sys.argv = {_lander(desk)[1:]!r}; runpy.run_path(sys.argv[0])"
    telling = "from dlt.common.runtime import anon_tracker as t; print(t._ANON_TRACKER_ENDPOINT, t._THREAD_POOL)"
    done = subprocess.run(
        [sys.executable, "-c", f"{landing}; {telling}"],
        env=_environment() | {"RUNTIME__DLTHUB_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "landed\nNone None\n", done.stderr


def test_no_copy_of_the_rows_stays_with_dlt(desk: Desk) -> None:
    desk.put("people.csv", HEADER + "1,Ada Unmistakable,Rome\n")
    desk.land()
    left = [path for path in (desk.home / "dlt").rglob("*") if path.is_file()]
    assert [path for path in left if b"Unmistakable" in path.read_bytes() or path.suffix == ".parquet"] == []


def test_settings_of_dlt_lying_about_change_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".dlt").mkdir()
    Path(".dlt/config.toml").write_text('[schema]\nnaming = "snake_case"\n[load]\nworkers = "x"\n')
    monkeypatch.setenv("DESTINATION__REPLACE_STRATEGY", "insert-from-staging")
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "true")
    desk.put("people.csv", "id,name,First Name\n1,Ada,A\n")
    desk.land(("id", "name", "First Name"))
    assert desk.ask("describe landing.rows")[-1][0] == "First Name"
    assert not desk.ask("select 1 from information_schema.schemata where schema_name = 'landing_staging'")


def test_other_tables_of_the_file_are_left_alone(desk: Desk) -> None:
    _write_ledger(desk.file, 1)
    desk.put("people.csv", HEADER + "1,Ada,Rome\n")
    desk.land()
    desk.land()
    assert desk.ask("select count(*) from ledger") == [(1,)]


def test_the_room_of_the_rows_before_is_used_again(desk: Desk) -> None:
    desk.put("people.csv", MANY)
    desk.land()
    size = desk.file.stat().st_size
    desk.land()
    assert desk.file.stat().st_size < 1.2 * size


@pytest.mark.parametrize("moment", ["people/load/normalized/*/started_jobs/*", "staging-*/rows.parquet"])
def test_what_a_killed_landing_left_is_not_what_the_next_one_lands(desk: Desk, moment: str) -> None:
    desk.put("people.csv", MANY)
    process = subprocess.Popen(_lander(desk), cwd=_project(), env=_environment())
    while process.poll() is None and not list((desk.home / "dlt").glob(moment)):
        time.sleep(0.001)
    process.kill()
    assert process.wait() == -9
    desk.put("people.csv", HEADER + "1,Ada,Rome\n")
    assert desk.land().rows == 1
    assert desk.rows() == [(1, "1", "Ada", "Rome")]
    assert not list((desk.home / "dlt").glob("staging-*"))


@pytest.mark.parametrize("ledger, limit", [(0, 3_000_000), (3_000_000, 28_000_000)], ids=["staging", "the file itself"])
def test_a_full_disk_stops_the_run_with_a_clear_error_and_the_file_stays_usable(
    desk: Desk, ledger: int, limit: int
) -> None:
    _write_ledger(desk.file, ledger)
    before = desk.file.stat().st_size
    desk.put("people.csv", MANY)
    done = subprocess.run(
        _lander(desk, limit), cwd=_project(), env=_environment(), capture_output=True, text=True, check=False
    )
    assert before < limit
    assert done.stdout.startswith("disk_full: no room to write in "), done.stdout + done.stderr
    assert done.stderr == ""
    assert desk.ask("select count(*) from ledger") == [(ledger,)]
    assert desk.land().rows == 400_000


def test_a_file_that_another_process_has_open_is_told_as_that(desk: Desk) -> None:
    _write_ledger(desk.file, 1)
    code = f"import duckdb, sys; c = duckdb.connect({str(desk.file)!r}); print('open', flush=True); sys.stdin.read()"
    desk.put("people.csv", HEADER + "1,Ada,Rome\n")
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(SystemicError) as caught:
            desk.land()
        holder.kill()
    assert caught.value.code == "file_locked"


def test_a_file_that_is_no_database_is_told_as_that(desk: Desk) -> None:
    desk.file.write_bytes(b"not a database at all" * 1000)
    desk.put("people.csv", HEADER + "1,Ada,Rome\n")
    with pytest.raises(SystemicError) as caught:
        desk.land()
    assert caught.value.code == "file_unusable"


def test_a_home_whose_path_dlt_would_misread_is_refused(desk: Desk) -> None:
    desk.home = desk.home / "o'brien"
    desk.home.mkdir()
    desk.put("people.csv", HEADER + "1,Ada,Rome\n")
    with pytest.raises(SystemicError) as caught:
        desk.land()
    assert caught.value.code == "home_path"


def _write_ledger(file: Path, rows: int) -> None:
    with closing(duckdb.connect(str(file))) as connection:
        connection.execute("create table ledger as select hash(i) as entry from range(?) as r(i)", [rows])


def _lander(desk: Desk, limit: int = 0) -> list[str]:
    script = Path(__file__).with_name("lander.py")
    return [sys.executable, str(script), str(desk.folder), str(desk.home / "dlt"), str(desk.file), str(limit)]


def _project() -> Path:
    return Path(__file__).parents[3]


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(_project())}
