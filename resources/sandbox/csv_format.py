"""CSV as bulk jobs send and receive it: six delimiters, two line endings, every result value in quotes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}

_NO_FIELD_LIMIT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """The names of delimiter and line ending as a job states them."""

    delimiter: str = "COMMA"
    line_ending: str = "LF"

    def fits(self, content: bytes) -> bool:
        """True if every line break of the content, also within quotes, is of the stated kind."""
        pairs = content.count(b"\r\n")
        return pairs == 0 if self.line_ending == "LF" else pairs == content.count(b"\n")

    def rows(self, content: bytes) -> Iterator[list[str]]:
        """The rows of UTF-8 content, blank lines left out, values exactly as sent; a byte order mark is skipped."""
        # The limits on values are checked by whoever reads the rows: the module's own would end the reading.
        csv.field_size_limit(_NO_FIELD_LIMIT)
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        return (row for row in csv.reader(text, delimiter=DELIMITERS[self.delimiter]) if row)

    def lines(self, rows: Iterable[Iterable[object]]) -> bytes:
        """The rows as CSV, every value quoted."""
        text = io.StringIO(newline="")
        writer = csv.writer(
            text,
            delimiter=DELIMITERS[self.delimiter],
            lineterminator=LINE_ENDINGS[self.line_ending],
            quoting=csv.QUOTE_ALL,
        )
        writer.writerows(rows)
        return text.getvalue().encode()
