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

from pipelines.ports.world import Progress, SourceError
from resources import feed_csv
from resources.feed_plan import FilePlan
from resources.landing import ColumnType, Staged

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
        """`rows.parquet` and `rejects.parquet` tell of every row; raises SourceError if a file is cut short."""
        try:
            self._write(plans, careful=False)
        except _Stopped:
            self._write(plans, careful=True)

    def tables(self) -> dict[str, Staged]:
        """What is to be landed."""
        place: dict[str, ColumnType] = {"_file": "text", "_line": "bigint"}
        cells: dict[str, ColumnType] = dict.fromkeys(self.columns, "text")
        return {
            "rows": Staged([self.folder / "rows.parquet"], place | cells, self.rows),
            "rejects": Staged([self.folder / "rejects.parquet"], place | {"reason": "text"}, len(self.rejects)),
        }

    def _write(self, plans: Sequence[FilePlan], *, careful: bool) -> None:
        self.rows, self.rejects = 0, []
        schema = pa.schema({"_file": _TEXT, "_line": pa.int64()} | dict.fromkeys(self.columns, _TEXT))
        settings = {"use_dictionary": ["_file"], "compression": "none"}
        with pq.ParquetWriter(self.folder / "rows.parquet", schema, **settings) as rows:
            for plan in plans:
                for batch in self._read(plan, careful=careful or plan.careful):
                    named = batch.append_column("_file", pa.repeat(plan.file.label, batch.num_rows))
                    rows.write_batch(named.select(schema.names).cast(schema))
                    self.rows += batch.num_rows
                    self.progress("extract", self.rows, None)
        rejects = [dict(zip(_REJECTS.names, each, strict=True)) for each in self.rejects]
        pq.write_table(pa.Table.from_pylist(rejects, _REJECTS), self.folder / "rejects.parquet")

    def _read(self, plan: FilePlan, *, careful: bool) -> Iterator[pa.RecordBatch]:
        """Batches with `_line`; raises _Stopped if there is a bad row and we were not careful."""
        if plan.file.format == "parquet":
            return self._read_parquet(plan)
        return self._read_carefully(plan) if careful else self._read_csv(plan)

    def _read_parquet(self, plan: FilePlan) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._batches(plan.select, [_literally(plan.file.path)])
        except _Stopped as stopped:
            code, what = ("not_utf8", "text that is not UTF-8") if stopped.not_utf8 else ("damaged", "damaged data")
            raise SourceError(code, f"{plan.file.label} holds {what}; write the Parquet file anew") from None

    def _read_csv(self, plan: FilePlan) -> Iterator[pa.RecordBatch]:
        return _numbered(self._batches(plan.select, [_literally(plan.file.path)], True), count(1))

    def _read_carefully(self, plan: FilePlan) -> Iterator[pa.RecordBatch]:
        found = feed_csv.careful(plan.file, plan.names, self.folder / "careful.csv")
        self.rejects += [(plan.file.label, line, reason) for line, reason in found.rejected]
        read = 0
        try:
            for batch in _numbered(self._batches(plan.select, [_literally(found.copy)], False), found.good_lines()):
                read += batch.num_rows
                yield batch
        except _Stopped:
            read = -1
        if read != found.rows - len(found.rejected):
            raise SourceError("damaged", f"{plan.file.label}: not all rows that look whole can be read")

    def _batches(self, select: str, *parameters: object) -> Iterator[pa.RecordBatch]:
        with closing(duckdb.connect(config={"temp_directory": str(self.folder)})) as connection:
            connection.execute("set enable_progress_bar = false")  # it would be printed on stdout
            try:
                yield from connection.execute(select, parameters).to_arrow_reader(_BATCH)
            except (duckdb.Error, OSError) as error:  # Arrow passes on what DuckDB raises between batches as OSError
                raise _Stopped(not_utf8="UTF" in str(error)) from error


class _Stopped(Exception):
    """DuckDB's reader met something that it does not take. Its own text may hold cells."""

    def __init__(self, *, not_utf8: bool) -> None:
        super().__init__()
        self.not_utf8 = not_utf8


def _numbered(batches: Iterator[pa.RecordBatch], numbers: Iterator[int]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield batch.append_column("_line", pa.array(islice(numbers, batch.num_rows), pa.int64()))


def _literally(path: Path) -> str:
    """The path with its wildcards meaning themselves."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
