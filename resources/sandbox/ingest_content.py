"""The upload of an ingest job: is it CSV the job can work with, what does its header name, which rows are sound.

What stops the whole job raises `BadContent` in the words of its errorMessage; what is wrong with one row stays there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from .bulk_jobs import Job
from .columns import ColumnReader
from .dml import Dml
from .errors import ApiError, RowError
from .schema import SObjectDef

LONGEST_HEADER = 32_000
MOST_COLUMNS = 5_000
LONGEST_RECORD = 400_000
LONGEST_VALUE = 131_072
UNCLOSED = "InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote"


class BadContent(Exception):
    """The job fails as a whole; the text is its errorMessage."""


@dataclass(frozen=True, slots=True)
class Content:
    """A readable upload: the header as sent, the names that `dml` knows, and the rows."""

    header: list[str]
    names: list[str]
    rows: Iterator[list[str]]

    def batches(self, size: int) -> Iterator[list[list[str]]]:
        while batch := list(islice(self.rows, size)):
            yield batch


def read_content(job: Job, content: bytes, dml: Dml) -> Content:
    """The upload of that job, its header understood."""
    rows = raw_rows(job, content)
    if job.format.ends_within_quotes(content):
        raise BadContent(UNCLOSED)
    return understood(job, next(rows, []), rows, dml)


def understood(job: Job, header: list[str], rows: Iterator[list[str]], dml: Dml) -> Content:
    """Those rows below that header, as the job means them; BadContent for a header that it cannot work with."""
    definition = dml.definition(job.sobject)
    _check_header(job, header)
    reader = ColumnReader(dml.org.catalogue, definition, dml.user, text=True)
    return Content(header, [_name(name, definition, reader, dml) for name in header], rows)


def raw_rows(job: Job, content: bytes) -> Iterator[list[str]]:
    """The header and the rows of the upload, whatever they say."""
    if not job.format.fits(content):
        raise BadContent(
            f"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {job.line_ending}"
        )
    try:
        return job.format.rows(content)
    except UnicodeDecodeError as error:
        raise BadContent(f"ClientInputError : The data is not UTF-8: byte {error.start} cannot be decoded") from error


def misshapen(header: Sequence[str], row: Sequence[str], *, quotes_after_blanks: bool) -> RowError | None:
    """What is wrong with the form of a row; only if `quotes_after_blanks` are any looked for."""
    if len(row) != len(header):
        message = f"The row has {len(row)} values, the header {len(header)} columns"
    elif quotes_after_blanks and any(value.startswith(" ") and value.lstrip(" ").startswith('"') for value in row):
        message = "A quoted value must begin right after the delimiter"
    elif sum(map(len, row)) > LONGEST_RECORD:
        message = f"The record is longer than {LONGEST_RECORD} characters"
    elif max(map(len, row)) > LONGEST_VALUE:
        message = f"A value is longer than {LONGEST_VALUE} characters"
    else:
        return None
    return RowError("INVALID_CSV", message)


def _check_header(job: Job, header: list[str]) -> None:
    if sum(map(len, header)) + len(header) > LONGEST_HEADER or len(header) > MOST_COLUMNS:
        limits = f"{LONGEST_HEADER} characters and {MOST_COLUMNS} columns"
        raise BadContent(f"InvalidBatch : The header row is over the limit of {limits}")
    seen: set[str] = set()
    for name in header:
        if name.lower() in seen:
            raise BadContent(f"InvalidBatch : Duplicate field name found : {name}")
        seen.add(name.lower())
        if job.operation in ("delete", "hardDelete") and name.lower() != "id":
            raise BadContent(f"InvalidBatch : Only the Id column is allowed in a delete job, not : {name}")


def _name(column: str, definition: SObjectDef, reader: ColumnReader, dml: Dml) -> str:
    """The column as `dml` calls it."""
    kind, colon, rest = column.partition(":")
    relation, dot, _ = (rest if colon else column).partition(".")
    if dot:
        _check_reference_type(column, kind if colon else None, definition, relation)
    name = column if dot or not colon else rest
    try:
        reader.target(name)
    except ApiError as error:
        text = f"Field name not found : {column}" if error.message.startswith("No such column") else error.message
        raise BadContent(f"InvalidBatch : {text}") from error
    return name


def _check_reference_type(column: str, kind: str | None, definition: SObjectDef, relation: str) -> None:
    reference = definition.relationship(relation)
    if reference is None:
        return
    if not reference.polymorphic and kind is not None:
        raise BadContent(f"InvalidBatch : type is not needed for non polymorphic foreign key references: {column}")
    if reference.polymorphic and kind is None:
        raise BadContent(f"InvalidBatch : type is needed for polymorphic foreign key references: {column}")
