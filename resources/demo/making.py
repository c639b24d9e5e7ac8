"""The demo: two feeds, the org's records before the first sync, and how many cases of each kind are in them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import duckdb
import pyarrow as pa

from resources.demo.cases import INSTITUTIONS, PEOPLE, counts
from resources.demo.institutions import institutions_sql
from resources.demo.people import people_sql
from resources.demo.sql import macros_sql

_BATCH = 5_000
_RAGGED = {"institutions": b"I-RAGGED,A row that was cut,School\n", "personnel": b"P-RAGGED,I-RAGGED,Cut\n"}


class Seeds(Protocol):
    """An org that takes records past its checks."""

    def seed(self, sobject: str, rows: Sequence[Mapping[str, object]]) -> list[str]:
        """The rows are records."""


@dataclass(frozen=True)
class Demo:
    """Made by `make_demo`; to be closed. `expected` counts cases by name, such as `accounts.stale_name`."""

    connection: duckdb.DuckDBPyConnection
    expected: Mapping[str, int]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def write_feeds(self, folder: Path) -> None:
        """`institutions.csv` and `personnel.csv` are in the folder, each with one ragged row in its middle."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, ragged in _RAGGED.items():
            self._write_feed(folder / f"{name}.csv", name, ragged)

    def accounts(self) -> pa.Table:
        """The Account records, with Ids; parents are named by Id."""
        return self.connection.execute("from accounts order by Id").to_arrow_table()

    def contacts(self) -> pa.Table:
        """The Contact records, with Ids; accounts are named by Id."""
        return self.connection.execute("from contacts order by Id").to_arrow_table()

    def kinds(self, entity: str) -> dict[str, int]:
        """How many source rows of `accounts` or `personnel` there are of each kind."""
        table = {"accounts": "directory", "personnel": "persons"}[entity]
        return dict(self.connection.execute(f"select kind, count(*) from {table} group by kind").fetchall())

    def fill(self, org: Seeds) -> None:
        """The org holds the records, dated months back."""
        for sobject, table in (("Account", self.accounts()), ("Contact", self.contacts())):
            for batch in table.to_batches(_BATCH):
                org.seed(sobject, batch.to_pylist())

    def _write_feed(self, path: Path, table: str, ragged: bytes) -> None:
        half = f"(select count(*) // 2 from {table})"
        with tempfile.TemporaryDirectory() as folder, path.open("wb") as feed:
            part = Path(folder) / "part.csv"
            for rows, header in ((f"limit {half}", "true"), (f"offset {half}", "false")):
                self.connection.execute(f"copy (from {table} {rows}) to '{part}' (format csv, header {header})")
                feed.write(part.read_bytes())
                feed.write(ragged if header == "true" else b"")


def make_demo(seed: int = 7, institutions: int = 2_000, people: int = 20_000) -> Demo:
    """The same seed and sizes give the same bytes. ValueError if there is no room for every case."""
    of_institutions, of_people = counts(INSTITUTIONS, institutions), counts(PEOPLE, people)
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")  # it would be printed on stdout
    for statement in (*macros_sql(seed), *institutions_sql(of_institutions), *people_sql(of_people)):
        connection.execute(statement)
    expected = {f"accounts.{kind}": count for kind, count in of_institutions.items()}
    expected |= {f"personnel.{kind}": count for kind, count in of_people.items()}
    return Demo(connection, expected | {"accounts.ragged_row": 1, "personnel.ragged_row": 1})
