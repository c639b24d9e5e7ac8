"""A run keeps the entity's file open from its first look to its last: what holds of it meanwhile, and afterwards."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pipelines.run import World
from resources.warehouse import Warehouse, read_copy
from tests.resources.salesforce.embedded import Embedded
from tests.runs.place import Place

LOOK = "import duckdb, sys; duckdb.connect(sys.argv[1], read_only=True).execute('select count(*) from meta')"
TABLES = "select schema_name || '.' || table_name from duckdb_tables() where not temporary order by all"

Contents = dict[str, list[tuple[object, ...]]]


def anybody_may_read(file: Path) -> bool:
    """Whether another process can open the file."""
    return subprocess.run([sys.executable, "-c", LOOK, file], capture_output=True, check=False).returncode == 0


def contents(con: duckdb.DuckDBPyConnection) -> Contents:
    return {
        table: con.execute(f"select count(*), sum(hash(t)) from {table} t").fetchall()
        for (table,) in con.execute(TABLES).fetchall()
    }


class Copied(Warehouse):
    """What a kill would leave behind: the file and its log, copied each time that a step is through with them."""

    def __init__(self, plain: Warehouse, folder: Path) -> None:
        super().__init__(plain.home, plain.entity)
        self.moments: list[tuple[Path, Contents]] = []
        self.open_to_others: set[Path] = set()
        self._folder = folder

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with super().open() as con:
            yield con
            known = contents(con)
        copy = self._folder / f"{len(self.moments)}.duckdb"
        for suffix in ("", ".wal"):
            file = self.path.with_name(self.path.name + suffix)
            if file.exists():
                shutil.copyfile(file, copy.with_name(copy.name + suffix))
        self.moments.append((copy, known))
        for file in self.home.iterdir():
            if file.is_file() and file.name.startswith(self.entity) and stat.S_IMODE(file.stat().st_mode) & 0o077:
                self.open_to_others.add(file)


@pytest.fixture(scope="module")
def copied(sandbox: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Copied:
    """The moments of a run that creates some records and updates others, after one that updated."""
    here, copies = Place(tmp_path_factory.mktemp("held"), sandbox), tmp_path_factory.mktemp("copies")
    found: list[Copied] = []

    def watched(world: World) -> World:
        assert isinstance(world.warehouse, Warehouse)
        found.append(Copied(world.warehouse, copies))
        return replace(world, warehouse=found[0])

    sandbox.reset()
    sandbox.seed("Account", [{"Source_Key__c": f"held-{n}", "Name": "Old"} for n in range(6)])
    here.feed("institutions", [{"institution_id": f"held-{n}", "name": "First"} for n in range(4)])
    here.run("accounts", approved=True)
    here.feed("institutions", [{"institution_id": f"held-{n}", "name": f"School {n}"} for n in range(9)])
    report = here.run("accounts", world=watched, approved=True, create_missing=True)
    assert report.outcomes == {"created": 3, "updated": 6}
    return found[0]


def test_at_whatever_moment_a_run_is_killed_its_file_opens_with_all_that_was_committed(copied: Copied) -> None:
    assert any(copy.with_name(f"{copy.name}.wal").exists() for copy, _ in copied.moments), "nothing is to be replayed"
    for copy, known in copied.moments:
        with duckdb.connect(copy) as con:
            con.execute("set timezone = 'UTC'")
            assert contents(con) == known, copy.name


def test_the_file_and_its_log_are_readable_by_their_owner_alone_during_a_run(copied: Copied) -> None:
    assert copied.open_to_others == set()


def test_nobody_else_can_open_the_file_within_the_lock_and_everybody_after_it(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, "accounts")
    with warehouse.open():
        pass
    assert anybody_may_read(warehouse.path)
    with warehouse.lock():
        with warehouse.open():
            pass
        assert not anybody_may_read(warehouse.path)
    assert anybody_may_read(warehouse.path)


def test_a_copy_that_is_published_within_the_lock_has_all_that_was_committed(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, "accounts")
    with warehouse.lock():
        for n in range(2):
            with warehouse.open() as con:
                con.execute("insert or replace into meta values ('said', ?)", [str(n)])
            warehouse.publish()
            copy = warehouse.published("accounts")
            assert copy is not None
            with read_copy(copy) as con:
                assert con.execute("select value from meta where name = 'said'").fetchall() == [(str(n),)]


def test_a_block_leaves_no_transaction_and_nothing_temporary_behind(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, "accounts")
    with warehouse.lock():
        with warehouse.open() as con:
            con.execute("set variable now = 1")
            con.execute("create temp table passing (n int)")
            con.execute("begin")
            con.execute("insert into meta values ('half', 'done')")
        with warehouse.open() as con:
            assert con.execute("select getvariable('now')").fetchall() == [(None,)]
            assert con.execute("select count(*) from meta where name = 'half'").fetchall() == [(0,)]
            assert con.execute("select count(*) from duckdb_tables() where temporary").fetchall() == [(0,)]


def test_every_connection_within_the_lock_is_set_alike(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, "accounts")
    names = ("TimeZone", "enable_progress_bar", "preserve_insertion_order", "disabled_compression_methods")
    asked = "select " + ", ".join(f"current_setting('{name}')::varchar" for name in names)
    with warehouse.lock():
        for _ in range(2):
            with warehouse.open() as con:
                assert con.execute(asked).fetchall() == [("UTC", "false", "false", "Dictionary")]
