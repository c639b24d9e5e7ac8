"""CSV files: their header, their rows as Arrow, and what is wrong with them.

DuckDB reads a file at once when nothing is wrong with it. When it stops, `careful` goes over the file row by row, sets
the bad rows aside and leaves a copy with the good ones, which DuckDB then reads: one parser gives all values.

A row's number counts rows of data, the first being 1; blank lines do not count, a row of several lines counts once, and
where a quote is wrong each line counts until the rows are found again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.ports.world import SourceError
from resources.csv_rows import MAX_ROW, Row, Truncated, cells_of, rows_of
from resources.feed_files import FeedFile

_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(slots=True)
class Careful:
    """What going row by row found: the copy of the good rows, and number and reason of the others."""

    copy: Path
    rejected: list[tuple[int, str]] = field(default_factory=list)
    rows: int = 0
    """Rows of data, the rejected ones too."""

    def good_lines(self) -> Iterator[int]:
        """The numbers of the rows in the copy, in their order."""
        bad = {line for line, _ in self.rejected}
        return (line for line in range(1, self.rows + 1) if line not in bad)


@dataclass(frozen=True, slots=True)
class Header:
    """The names in the first row, without blanks around them; a column without a name is ''."""

    names: list[str]
    line: int


def header(file: FeedFile) -> Header:
    """Raises SourceError if the file has none."""
    try:
        with file.path.open(encoding="utf-8-sig", newline="") as lines:
            # any width will do: only the first row is looked at
            row = next(rows_of(lines, 2), None)
    except Truncated:
        raise SourceError("half_written", f"{file.label} ends within its header, inside a quoted name") from None
    if row is None:
        raise SourceError("empty_feed", f"{file.label} holds blank lines only, not even a header")
    if row.fault in ("bad_quote", "row_too_long"):
        for delimiter in _OTHER_DELIMITERS:
            if f'"{delimiter}"' in row.text:
                raise _wrong_delimiter(file, delimiter)
        raise SourceError("bad_header", f"{file.label}: the header (line {row.line}) is no row of names and commas")
    return Header([name.strip() for name in cells_of(row.text)], row.line)


def check_delimiter(file: FeedFile, names: Sequence[str], required: Sequence[str]) -> None:
    """Raises SourceError if another delimiter than the comma would have given the required columns."""
    for delimiter in _OTHER_DELIMITERS:
        if set(required) <= {part.strip() for name in names for part in name.split(delimiter)}:
            raise _wrong_delimiter(file, delimiter)


def _wrong_delimiter(file: FeedFile, delimiter: str) -> SourceError:
    called = _OTHER_DELIMITERS[delimiter]
    return SourceError("wrong_delimiter", f"{file.label}: the header is separated by {called}; commas are right")


def select_sql(names: Sequence[str], columns: Sequence[str]) -> str:
    """A statement that gives the asked columns of a file with this header.

    Its parameters are the list of paths and whether to read in parallel. In parallel the reader stops at a good file if
    a cell holds what looks like rows; otherwise it silently drops a last row whose quote is open. So a file is first
    read in parallel, and the other way only when `careful` has been over it.
    """
    spec = ", ".join(f"'c{i}': 'varchar'" for i in range(len(names)))
    chosen = ", ".join(_chosen(names, column) for column in columns)
    return f"""
        select {chosen}
        from read_csv(
            ?, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', encoding = 'utf-8',
            compression = 'none', hive_partitioning = false, max_line_size = {MAX_ROW},
            parallel = ?,
            columns = {{{spec}}}
        )
    """


def _chosen(names: Sequence[str], column: str) -> str:
    source = f"c{names.index(column)}" if column in names else "null::varchar"
    return f'{source} as "{column.replace(chr(34), chr(34) * 2)}"'


def careful(file: FeedFile, names: Sequence[str], copy: Path) -> Careful:
    """Goes over every row; raises SourceError if the file ends within a row."""
    found = Careful(copy)
    last: Row | None = None
    with file.path.open(encoding="utf-8-sig", newline="") as lines, copy.open("w", encoding="utf-8", newline="") as out:
        try:
            for row in rows_of(lines, len(names)):
                if last is None and not row.text.strip("\r\n"):
                    continue  # a blank line above the header
                if last is None:
                    out.write(row.text.rstrip("\r\n") + "\n")
                else:
                    found.rows += 1
                    if row.fault:
                        found.rejected.append((found.rows, row.fault))
                    else:
                        out.write(row.text.rstrip("\r\n") + "\n")
                last = row
        except Truncated as cut:
            raise SourceError(
                "half_written",
                f"{file.label} ends inside a quoted cell: the quote opened in line {cut.line} is never closed;"
                " send the whole file",
            ) from None
    if last and last.fault == "ragged_row" and last.cells < len(names) and not last.text.endswith(("\n", "\r")):
        raise SourceError(
            "half_written",
            f"{file.label} ends within its last row (line {last.line}): {last.cells} of {len(names)} cells, and no line"
            " ending; send the whole file",
        )
    return found
