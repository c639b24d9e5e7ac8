"""CSV as bulk jobs send and receive it: six delimiters, two line endings, every result value in quotes."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

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
        return filter(None, self._read(content))

    def ends_within_quotes(self, content: bytes) -> bool:
        """True if a quoted value of UTF-8 content is never closed: what comes after it would be part of it."""
        [last] = deque(self._read(content, "\n", "after"), maxlen=1)
        return last != ["after"]

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

    def _read(self, content: bytes, *more_lines: str) -> Iterator[list[str]]:
        # The limits on values are checked by whoever reads the rows: the module's own would end the reading.
        csv.field_size_limit(_NO_FIELD_LIMIT)
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        return csv.reader(chain(text, more_lines), delimiter=DELIMITERS[self.delimiter])
