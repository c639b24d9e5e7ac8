"""CSV as Bulk API 2.0 wants it and sends it: UTF-8, comma, LF, quotes doubled, `#N/A` for null.

Bytes in, Arrow out, and the other way round. An answer's charset header is not asked: Salesforce sends UTF-8 always,
and says so not always.
"""

from __future__ import annotations

import io
from collections.abc import Collection

import pyarrow as pa
from pyarrow import csv

from resources.salesforce.errors import Unavailable, whole
from resources.salesforce.values import with_line_feeds

LARGEST = 100_000_000
"""Bytes of one upload: Salesforce allows 150 MB after its own base64 coding."""


def written(rows: pa.Table, largest: int = LARGEST) -> bytes:
    """A header and one line a row; a null cell is empty, which leaves the field alone.

    Raises ValueError above `largest` bytes: how to split is for the caller, who knows the batches.
    """
    clean = pa.table({name: with_line_feeds(rows[name].cast(pa.string())) for name in rows.column_names})
    sink = io.BytesIO()
    csv.write_csv(clean, sink, csv.WriteOptions(quoting_style="needed"))
    if sink.tell() > largest:
        raise ValueError(f"{rows.num_rows} rows make {sink.tell()} bytes; a bulk job takes {largest}. Split them.")
    return sink.getvalue()


def read(content: bytes, needed: Collection[str] = ()) -> pa.Table:
    """All columns as text, in their order; an empty cell is null, and an empty content a table without columns.

    Raises Unavailable for what breaks off in the middle of a row, or lacks one of the `needed` columns.
    """
    if not content.strip():
        return pa.table({})
    with whole():
        names = csv.open_csv(io.BytesIO(content), parse_options=_PARSING).schema.names
        table = csv.read_csv(
            io.BytesIO(content),
            read_options=csv.ReadOptions(block_size=16 << 20),  # one record may hold 400,000 characters
            parse_options=_PARSING,
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        )
    if lacking := [name for name in needed if name not in table.column_names]:
        raise Unavailable("NOT_THE_ORG", f"The answer was CSV without the columns {', '.join(lacking)}.")
    return table


_PARSING = csv.ParseOptions(newlines_in_values=True)
