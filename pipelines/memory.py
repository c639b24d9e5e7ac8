"""The tables of an entity's file, and its version.

`meta` (name, value), `source`, `records`, `links` (fold, record_id), `state` (one row a source row that was ever in
scope), `echoes`, `runs`, `outcomes`, and the ledger's. Schema `landing` is the extract's, `work` the present run's.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.both_sides import accord, excepting, moved, parting, streaks
from pipelines.loading import ledger
from pipelines.ports.world import SystemicError
from pipelines.sql import given, quote

VERSION = 6

TABLES = (
    "create schema if not exists work",
    "create sequence if not exists record_numbers",
    "create table if not exists meta (name varchar primary key, value varchar)",
    "create table if not exists links (fold varchar, key varchar, record_id varchar)",
    """create table if not exists state (
  fold varchar, row_hash ubigint, ref_hash ubigint, settled boolean, failures bigint, outcome varchar, reason varchar,
  run_id varchar, given_at timestamp)""",
    "create table if not exists echoes (record_id varchar, field varchar, sent varchar, became varchar)",
    "create table if not exists absent_columns (file varchar, name varchar)",
    "create table if not exists held_rows (fold varchar, key varchar, run_id varchar)",
    "create table if not exists unusable_rows (fold varchar, key varchar, problem varchar, problem_column varchar)",
    "create table if not exists vanished_rows (fold varchar, key varchar)",
    """create table if not exists runs (
  run_id varchar, mode varchar, scope varchar, status varchar, started_at timestamp, seconds double,
  extracted bigint, api_calls bigint, plan_hash varchar, report varchar)""",
    """create table if not exists outcomes (
  run_id varchar, file varchar, line bigint, key varchar, record_id varchar, outcome varchar, reason varchar,
  field varchar, code_class varchar, message varchar)""",
    "create table if not exists work.repeats (_file varchar, _line bigint, key varchar)",
    "create table if not exists looked_up (name varchar, Id varchar, fold varchar)",
    "alter table looked_up add column if not exists became varchar",  # versions before 5 lack it
    "create table if not exists ended (fold varchar)",
    *accord.TABLES,
    moved.TABLE,
    parting.TABLE,
    excepting.TABLE,
    streaks.TABLE,
    *ledger.TABLES,
)


def prepare(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The file has every table of this version; one of a newer version is refused untouched.

    What is set here holds for all connections to it, but for what `tune` sets for one.
    """
    tune(con)
    con.execute("set preserve_insertion_order = false")
    # weighing dictionaries against FSST takes half of the time of writing a table, and saves next to nothing
    con.execute("set disabled_compression_methods = 'dictionary'")
    if has(con, "meta"):
        version = int(read(con, "version") or 0)
        if version > VERSION:
            raise SystemicError(
                "newer_file",
                f"{path} has version {version}, this Concord knows {VERSION}: update Concord, or move the file away",
            )
        if version == VERSION:
            return
        if version == 1:
            _upgrade(con)
    for statement in TABLES:
        con.execute(statement)
    con.execute("alter table state add column if not exists given_at timestamp")  # versions before 4 lack it
    write(con, "version", str(VERSION))


def tune(con: duckdb.DuckDBPyConnection) -> None:
    """This connection speaks of time in UTC, and prints nothing."""
    con.execute("set timezone = 'UTC'")
    con.execute("set enable_progress_bar = false")  # it would be printed on stdout, amid somebody's JSON


OWN_COLUMNS = ("number", "key", "fold", "merged_fold", "row_hash", "content_hash", "changed_at", "present")
"""What version 1 put into `source` beside the feed's columns, which had no prefix yet."""


def _upgrade(con: duckdb.DuckDBPyConnection) -> None:
    """A file of version 1 keeps its rows: columns of the feed get their names of today."""
    if not has(con, "source"):
        return
    found = con.execute(
        "select column_name from information_schema.columns where table_schema = 'main' and table_name = 'source'"
    ).fetchall()
    for (name,) in found:
        if name not in OWN_COLUMNS:
            con.execute(f"alter table source rename {quote(name)} to {given(name)}")
    con.execute("alter table source add column given_at timestamp")


def has(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a table is there that only a first run makes."""
    found = con.execute(
        "select count(*) from information_schema.tables where table_schema = 'main' and table_name = ?", [table]
    ).fetchall()
    return bool(found[0][0])


def columns(con: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    """The columns of a table, quoted; none where there is no such table."""
    found = con.execute(
        "select column_name from information_schema.columns where table_schema = 'main' and table_name = ?", [table]
    ).fetchall()
    return {quote(name) for (name,) in found}


def read(con: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """A remembered value."""
    found = con.execute("select value from meta where name = ?", [name]).fetchall()
    return found[0][0] if found else None


def write(con: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    """Remembers a value."""
    con.execute("insert or replace into meta values (?, ?)", [name, value])
