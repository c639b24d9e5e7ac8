"""One file of a feed and how to read it: everything that can be wrong with the names of columns is found here."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.declaring.source import Feed
from pipelines.ports.world import SourceError
from resources import feed_csv, feed_parquet
from resources.feed_files import FeedFile


@dataclass(frozen=True, slots=True)
class FilePlan:
    """`select` gives the asked columns as text; see the `select_sql` of the file's format for its parameters."""

    file: FeedFile
    names: Sequence[str]
    select: str
    ignored: tuple[str, ...]
    careful: bool = False
    """The reader would take a blank line above the header for the header."""


def plan(file: FeedFile, feed: Feed, columns: Sequence[str]) -> FilePlan:
    """Raises SourceError if the file's columns cannot be those of the feed."""
    if file.format == "parquet":
        types = feed_parquet.schema(file)
        _check(file, types.names, feed, columns)
        return FilePlan(file, types.names, feed_parquet.select_sql(file, types, columns), _others(types.names, columns))
    header = feed_csv.header(file)
    _check(file, header.names, feed, columns)
    select = feed_csv.select_sql(header.names, columns)
    return FilePlan(file, header.names, select, _others(header.names, columns), careful=header.line > 1)


def _check(file: FeedFile, names: Sequence[str], feed: Feed, columns: Sequence[str]) -> None:
    required = tuple(dict.fromkeys((feed.key, *feed.required)))
    missing = [name for name in required if name not in names]
    if missing and file.format == "csv":
        feed_csv.check_delimiter(file, names, required)
    if missing:
        told = ", no column ".join(_missing(name, _others(names, columns)) for name in missing)
        raise SourceError("column_missing", f"{file.label} has no column {told}; it has: {', '.join(names)}")
    twice = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    if twice:
        raise SourceError("column_twice", f"{file.label}: the header names {', '.join(twice)} more than once")


def _missing(name: str, unused: Sequence[str]) -> str:
    folded = {other.casefold(): other for other in unused}
    near = [folded[match] for match in difflib.get_close_matches(name.casefold(), folded, 1)]
    return f"{name} (is {near[0]} meant? names are compared letter by letter)" if near else name


def _others(names: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name and name not in columns)
