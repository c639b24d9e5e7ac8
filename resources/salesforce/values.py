"""Values between the org and us: Arrow columns out of JSON or CSV, JSON out of canonical text.

One spelling a type (`pipelines/ports`). Line breaks inside a text are LF on our side, whatever the org or the route
makes of them: a bulk upload with LF line ends cannot carry any other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ports.objects import arrow_type


class NotOfType(Exception):
    """A canonical text is none for its type. Carries no value."""


def column(values: Sequence[object] | pa.ChunkedArray, salesforce_type: str) -> pa.Array | pa.ChunkedArray:
    """The values of a field, JSON-typed or CSV text, as the Arrow type in which they travel; empty text is null."""
    target = arrow_type(salesforce_type)
    if not isinstance(values, pa.ChunkedArray):
        if not (pa.types.is_string(target) or pa.types.is_temporal(target)):
            return pa.array(values, target)
        values = pa.array(values, pa.string())
    if pa.types.is_string(target):
        return with_line_feeds(pc.if_else(pc.equal(values, ""), None, values))
    if pa.types.is_timestamp(target):
        # the zone is always UTC, spelled +0000 in JSON and Z in CSV
        return values.cast(pa.timestamp("ms", tz="UTC")).cast(target)
    if pa.types.is_integer(target):
        return values.cast(pa.float64()).cast(target)  # CSV spells some integers 42.0
    return values.cast(target)


def with_line_feeds(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """The same texts with CR LF and lone CR as LF."""
    if not pc.any(pc.match_substring(texts, "\r")).as_py():
        return texts
    return pc.replace_substring(pc.replace_substring(texts, "\r\n", "\n"), "\r", "\n")


def to_json(text: str | None, salesforce_type: str) -> object:
    """The JSON value of a canonical text; None clears. Raises NotOfType, without the text, for one that is none."""
    if text is None:
        return None
    match salesforce_type:
        case "boolean":
            if text not in ("true", "false"):
                raise NotOfType(salesforce_type)
            return text == "true"
        case "int":
            return _parsed(int, text, salesforce_type)
        case "double" | "currency" | "percent":
            return _parsed(_finite, text, salesforce_type)
        case "date":
            _parsed(date.fromisoformat, text, salesforce_type)
        case "datetime":
            _parsed(datetime.fromisoformat, text, salesforce_type)
        case _:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("JSON knows finite numbers only")
    return number


def _parsed(read: Callable[[str], object], text: str, salesforce_type: str) -> object:
    try:
        return read(text)
    except ValueError:
        raise NotOfType(salesforce_type) from None  # its own text would hold the value
