"""The rows of a feed's files, gathered as text into Parquet files beside each other: what dlt is then handed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.ports import Progress, SourceError
from resources import feed_csv
from resources.feed_plan import FilePlan
from resources.landing import Staged

_BATCH = 100_000
_TEXT = pa.string()
_REJECTS = pa.schema({"_file": _TEXT, "_line": pa.int64(), "reason": _TEXT})


@dataclass(slots=True)
class Staging:
    """Writes into one folder, which it does not clear."""

    folder: Path
    columns: Sequence[str]
    progress: Progress
    rows: int = 0
    rejects: list[tuple[str, int, str]] = field(default_factory=list)

    def write(self, plans: Sequence[FilePlan]) -> None:
        """`rows.parquet` and `rejects.parquet` tell of every row of the files; raises SourceError if one is cut short."""
        try:
            self._write(plans, careful=False)
        except _Stopped:
            self._write_carefully(plans)

    def tables(self) -> dict[str, Staged]:
        """What is to be landed."""
        place = {"_file": "text", "_line": "bigint"}
        return {
            "rows": Staged([self.folder / "rows.parquet"], place | dict.fromkeys(self.columns, "text"), self.rows),
            "rejects": Staged([self.folder / "rejects.parquet"], place | {"reason": "text"}, len(self.rejects)),
        }

    def _write_carefully(self, plans: Sequence[FilePlan]) -> None:
        try:
            self._write(plans, careful=True)
        except _Stopped as stopped:
            labels = ", ".join(plan.file.label for plan in plans)
            raise SourceError("damaged", f"{labels}: rows that look whole cannot be read") from stopped.__cause__

    def _write(self, plans: Sequence[FilePlan], *, careful: bool) -> None:
        self.rows, self.rejects = 0, []
        schema = pa.schema({"_file": _TEXT, "_line": pa.int64()} | dict.fromkeys(self.columns, _TEXT))
        settings = {"use_dictionary": ["_file"], "compression": "none"}
        with pq.ParquetWriter(self.folder / "rows.parquet", schema, **settings) as rows:
            for plan in plans:
                for batch in self._read(plan, careful=careful or plan.careful):
                    rows.write_batch(batch.select(schema.names).cast(schema))
                    self.rows += batch.num_rows
                    self.progress("extract", self.rows, None)
        rejects = pa.Table.from_pylist([dict(zip(_REJECTS.names, each, strict=True)) for each in self.rejects], _REJECTS)
        pq.write_table(rejects, self.folder / "rejects.parquet")

    def _read(self, plan: FilePlan, *, careful: bool) -> Iterator[pa.RecordBatch]:
        """Batches with `_file` and `_line`; raises _Stopped if there is a bad row and we were not careful."""
        path, lines = plan.file.path, count(1)
        if careful and plan.file.format == "csv":
            found = feed_csv.careful(plan.file, plan.names, self.folder / "careful.csv")
            self.rejects += [(plan.file.label, line, reason) for line, reason in found.rejected]
            path, lines = found.copy, found.good_lines()
        for batch in _batches(plan, path, self.folder):
            if plan.file.format == "csv":
                batch = batch.append_column("_line", pa.array(islice(lines, batch.num_rows), pa.int64()))
            yield batch.append_column("_file", pa.repeat(plan.file.label, batch.num_rows))


class _Stopped(Exception):
    """DuckDB's reader met something in a CSV file that it does not take."""


def _batches(plan: FilePlan, path: Path, temporary: Path) -> Iterator[pa.RecordBatch]:
    with closing(duckdb.connect(config={"temp_directory": str(temporary)})) as connection:
        try:
            yield from connection.execute(plan.select, [[_literally(path)]]).to_arrow_reader(_BATCH)
        except (duckdb.Error, OSError) as error:  # Arrow passes on what DuckDB raises between batches as OSError
            if plan.file.format == "csv":
                raise _Stopped from error
            # the reader's own text may hold cells
            what, code = ("text that is not UTF-8", "not_utf8") if "UTF" in str(error) else ("damaged data", "damaged")
            raise SourceError(code, f"{plan.file.label} holds {what}; write the Parquet file anew") from None


def _literally(path: Path) -> str:
    """The path with its wildcards meaning themselves."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
