"""The rows of one batch of an ingest job: which are sound, how they are written, and what the results say of each."""

from __future__ import annotations

from collections.abc import Sequence

from .bulk_jobs import Job
from .columns import Table
from .dml import Dml, RowResult
from .errors import RowError
from .ingest_content import Content, misshapen
from .recycle_bin import hard_delete


class Rows:
    """The rows of one batch: raw as sent, those with a fault of form, and the sound ones as `dml` takes them."""

    def __init__(self, content: Content, raw: list[list[str]], *, quotes_after_blanks: bool) -> None:
        self.raw = raw
        self.misshapen: dict[int, RowError] = {}
        for number, row in enumerate(raw):
            error = misshapen(content.header, row, quotes_after_blanks=quotes_after_blanks)
            if error is not None:
                self.misshapen[number] = error
        self.sound = [number for number in range(len(raw)) if number not in self.misshapen]
        self.table = Table(content.names, [raw[number] for number in self.sound] if self.misshapen else raw)


def write_rows(job: Job, dml: Dml, rows: Rows) -> list[RowResult]:
    """A result for every row of the batch, in its order."""
    match job.operation:
        case "insert":
            saved = dml.insert(job.sobject, rows.table, text=True)
        case "update":
            saved = dml.update(job.sobject, rows.table, text=True)
        case "upsert":
            saved = dml.upsert(job.sobject, str(job.external_id_field), rows.table, text=True)
        case "hardDelete":
            saved = hard_delete(dml.org, dml.user, job.sobject, [row[0] for row in rows.table.rows])
        case _:
            saved = dml.delete(job.sobject, [row[0] for row in rows.table.rows])
    if not rows.misshapen:
        return saved
    results = {number: RowResult(None, False, False, (error,)) for number, error in rows.misshapen.items()}
    results.update(zip(rows.sound, saved, strict=True))
    return [results[number] for number in range(len(rows.raw))]


def successful_line(result: RowResult, row: Sequence[str]) -> list[str]:
    return [str(result.id), "true" if result.created else "false", *row]


def failed_line(result: RowResult, row: Sequence[str]) -> list[str]:
    return [result.id or "", result.errors[0].as_csv(), *row]
