"""Parquet files: their columns, and their typed cells as canonical text.

Integers and texts as they are, whole floats without a point, others in their shortest form, NaN as null, dates as
`2026-01-31`, times of day and date as `2026-01-31T08:15:00.000Z` (one without a zone is taken as UTC).
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.ports.world import SourceError
from resources.feed_files import FeedFile


def schema(file: FeedFile) -> pa.Schema:
    """Names and Arrow types of the columns."""
    try:
        return pq.read_schema(file.path)
    except pa.ArrowInvalid:
        raise _refusal(file) from None


def _refusal(file: FeedFile) -> SourceError:
    with file.path.open("rb") as stream:
        if stream.read(4) == b"PAR1":
            text = f"{file.label}: the end of the Parquet file is missing; send the whole file"
            return SourceError("half_written", text)
    return SourceError("not_parquet", f"{file.label} is not a Parquet file, though its name says so")


def select_sql(file: FeedFile, types: pa.Schema, columns: Sequence[str]) -> str:
    """A statement with one parameter, the list of paths, that gives `_line` and the asked columns as text."""
    chosen = ", ".join(_as_text(file, types, column) for column in columns)
    return f"""
        select {chosen}, (file_row_number + 1)::bigint as _line
        from read_parquet(?, binary_as_string = true, file_row_number = true, hive_partitioning = false)
    """


def _as_text(file: FeedFile, types: pa.Schema, column: str) -> str:
    name = '"' + column.replace('"', '""') + '"'
    if column not in types.names:
        return f"null::varchar as {name}"
    arrow_type = types.field(column).type
    text = _text_sql(name, arrow_type)
    if text is None:
        raise SourceError(
            "column_type",
            f"{file.label}: column {column} is of type {arrow_type}; text, number, boolean, date or timestamp is right",
        )
    return f"{text} as {name}"


def _text_sql(name: str, arrow_type: pa.DataType) -> str | None:
    kinds = pa.types
    if kinds.is_dictionary(arrow_type):
        return _text_sql(name, arrow_type.value_type)
    if kinds.is_floating(arrow_type):
        whole = f"{name} = trunc({name}) and abs({name}) < 1e15"
        return f"case when isnan({name}) then null when {whole} then {name}::bigint::varchar else {name}::varchar end"
    if kinds.is_timestamp(arrow_type):
        # epoch_us forgets the zone without asking for time zone data
        return f"strftime(make_timestamp(epoch_us({name})), '%Y-%m-%dT%H:%M:%S.%gZ')"
    plain = (kinds.is_string, kinds.is_large_string, kinds.is_binary, kinds.is_large_binary, kinds.is_string_view)
    simple = (kinds.is_boolean, kinds.is_integer, kinds.is_decimal, kinds.is_date, kinds.is_time, kinds.is_null)
    return f"{name}::varchar" if any(is_kind(arrow_type) for is_kind in plain + simple) else None
