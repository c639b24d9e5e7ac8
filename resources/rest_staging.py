"""Pages of JSON as a table of text: what dlt is then handed.

DuckDB takes the pages apart, some megabytes at a time, by the statements of `rest_sql.py`; no row passes Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import duckdb
import pyarrow as pa

from pipelines.declaring.source import Rest
from pipelines.ports.world import SourceError
from resources.landing import ColumnType, Staged
from resources.rest_pages import Page
from resources.rest_sql import files_sql, fingerprint_sql, missing_sql, once_sql, page_sql, tables_sql

_BUFFER = 16_000_000
"""Bytes of pages that are taken apart together."""

_SHOWN = 20


@dataclass(slots=True)
class RestStaging:
    """Works in one folder, which it does not clear; to be closed."""

    service: str
    collection: Rest
    columns: Sequence[str]
    folder: Path
    rows: int = 0
    """Rows that came so far, then those that are staged."""
    rejects: int = 0
    ignored: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    fingerprint: str = ""
    _db: duckdb.DuckDBPyConnection = field(init=False)
    _pages: list[tuple[Page, int]] = field(default_factory=list)
    _bytes: int = 0

    def __post_init__(self) -> None:
        self._db = duckdb.connect(config={"temp_directory": str(self.folder)})
        self._db.execute("set enable_progress_bar = false")  # it would be printed on stdout
        for statement in tables_sql(self.columns):
            self._db.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def add(self, page: Page) -> None:
        """The page's rows are among the staged ones; SourceError if a required column is missing from a page."""
        self._pages.append((page, self.rows))
        self._bytes += len(page.body)
        self.rows += page.rows
        if self._bytes >= _BUFFER:
            self.take_apart()

    def take_apart(self) -> None:
        """Every page that was added is in the tables."""
        if not self._pages:
            return
        listed = pa.table(
            {
                "page": [page.number for page, _ in self._pages],
                "before": pa.array((before for _, before in self._pages), pa.int64()),
                "body": pa.array([page.body for page, _ in self._pages], pa.string()),
            }
        )
        self._db.register("pages", listed)
        for statement in page_sql(self.collection, self.columns):
            self._db.execute(statement)
        self._db.unregister("pages")
        self._pages, self._bytes = [], 0
        self._check_columns()

    def finish(self) -> None:
        """`rows.parquet` and `rejects.parquet` are in the folder, and the counts are those of the files."""
        self.take_apart()
        self._db.execute(once_sql(self.collection.key, self.columns))
        self.rows, self.fingerprint = self._db.execute(fingerprint_sql(self.columns)).fetchall()[0]
        self.rejects = self._db.execute("select count(*) from rejects").fetchall()[0][0]
        names = {name for (name,) in self._db.execute("select distinct name from names").fetchall()}
        self.ignored = tuple(sorted(names - set(self.columns)))
        self.absent = tuple(name for name in self.columns if self.rows and name not in names)
        for statement in files_sql(self.collection.name, self.columns, self.folder):
            self._db.execute(statement)

    def tables(self) -> dict[str, Staged]:
        """What is to be landed."""
        place: dict[str, ColumnType] = {"_file": "text", "_line": "bigint"}
        cells: dict[str, ColumnType] = dict.fromkeys(self.columns, "text")
        return {
            "rows": Staged([self.folder / "rows.parquet"], place | cells, self.rows),
            "rejects": Staged([self.folder / "rejects.parquet"], place | {"reason": "text"}, self.rejects),
        }

    def _check_columns(self) -> None:
        required = list(dict.fromkeys((self.collection.key, *self.collection.required)))
        found = self._db.execute(missing_sql(), [required]).fetchone()
        if found is not None:
            page, missing, names = found
            shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
            place = f"{self.service} {self.collection.path}, page {page}"
            raise SourceError("column_missing", f"{place}: no row has a column {missing}; it has: {shown}")
