"""Works off a bulk query: rows as CSV on disk with the place of every row, so that any page is a slice of the file."""

from __future__ import annotations

import csv
import struct
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from .bulk_jobs import WAITING, Job, Jobs
from .csv_format import DELIMITERS, LINE_ENDINGS
from .errors import ApiError
from .org import Org
from .permissions import User
from .reader import Statement, prepared
from .rendering import csv_value
from .soql.parser import parse
from .soql.plan import Plan
from .soql.shape import Node, Value
from .soql.syntax import Select

_RESULTS = "results.csv"
_PLACES = "results.places"
_PLACE = struct.Struct("<Q")
_ROWS = 10_000


def bulk_plan(org: Org, user: User, statement: Statement) -> Plan:
    """The plan of a statement; ApiError for what is no SOQL, and for SOQL that bulk queries do not take."""
    plan = statement.plan(org, user)
    parsed = parse(statement.text)
    if not isinstance(plan.shape, Node) or parsed.group_by:
        raise ApiError(400, "API_ERROR", "Aggregate functions and GROUP BY not supported in Bulk Query")
    if any(isinstance(item.what, Select) for item in parsed.items):
        raise ApiError(400, "API_ERROR", "Aggregate Relationships not supported in Bulk Query")
    if parsed.offset:
        raise ApiError(400, "API_ERROR", "OFFSET not supported in Bulk Query")
    if not all(isinstance(member, Value) for _, member in plan.listing):
        raise ApiError(400, "INVALID_FIELD", "Selecting compound data not supported in Bulk Query")
    return plan


class QueryProcessing:
    def __init__(self, org: Org, jobs: Jobs[Job]) -> None:
        self._org = org
        self._jobs = jobs

    def run(self, job_id: str, stopping: threading.Event) -> None:
        """The job has ended, unless it was told to stop or is gone; an earlier attempt's results are replaced."""
        start = time.monotonic()
        if not self._jobs.exists(job_id):
            return
        with self._jobs.change(job_id) as job:
            if job.state not in WAITING:
                return
            job.state = "InProgress"
        error, count = None, 0
        try:
            count = self._process(job, stopping)
        except ApiError as refused:
            error = f"InvalidBatch : Failed to process query: {refused.code}: {refused.message}"
        with self._jobs.change(job_id) as job:
            job.milliseconds += int((time.monotonic() - start) * 1000)
            if job.state == "InProgress" and not stopping.is_set():
                job.state = "JobComplete" if error is None else "Failed"
                job.error = error
                job.processed = count

    def page(self, job: Job, start: int, most: int) -> tuple[bytes, int]:
        """The header and at most that many rows from row `start` on, and how many rows they are."""
        folder = self._jobs.folder(job.id)
        count = max(0, min(most, job.processed - start))
        with (folder / _PLACES).open("rb") as places, (folder / _RESULTS).open("rb") as results:
            header = results.read(_place(places.read(_PLACE.size)))
            places.seek(start * _PLACE.size)
            first = _place(places.read(_PLACE.size))
            places.seek((start + count) * _PLACE.size)
            results.seek(first)
            return header + results.read(_place(places.read(_PLACE.size)) - first), count

    def _process(self, job: Job, stopping: threading.Event) -> int:
        user = self._org.user_named(job.username)
        if user is None:
            raise ApiError(400, "INVALID_SESSION_ID", "the user who created the job is not active")
        statement = Statement(str(job.query), job.operation == "queryAll", self._org.time())
        plan = bulk_plan(self._org, user, statement)
        columns = [(name, member) for name, member in plan.listing if isinstance(member, Value)]
        with self._org.store.snapshot() as db, _ResultFile(self._jobs.folder(job.id), job) as file:
            file.write([[name for name, _ in columns]])
            cursor = prepared(db).execute(plan.rows_sql, plan.parameters)
            while (rows := cursor.fetchmany(_ROWS)) and not self._cut_short(job, stopping):
                file.write([csv_value(row[member.index], member.type) for _, member in columns] for row in rows)
            cursor.close()
            return file.rows - 1

    def _cut_short(self, job: Job, stopping: threading.Event) -> bool:
        return stopping.is_set() or self._jobs.get(job.id).state != "InProgress"


class _ResultFile:
    """The results of a job as they are written: the CSV, and beside it where each of its rows ends."""

    def __init__(self, folder: Path, job: Job) -> None:
        self._results = (folder / _RESULTS).open("wb")
        self._places = (folder / _PLACES).open("wb")
        self._lines = _Lines()
        self._writer = csv.writer(
            self._lines,
            delimiter=DELIMITERS[job.delimiter],
            lineterminator=LINE_ENDINGS[job.line_ending],
            quoting=csv.QUOTE_ALL,
        )
        self._end = 0
        self.rows = 0

    def __enter__(self) -> _ResultFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._results.close()
        self._places.close()

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        self._writer.writerows(rows)
        encoded = [line.encode() for line in self._lines.taken()]
        ends = []
        for line in encoded:
            self._end += len(line)
            ends.append(_PLACE.pack(self._end))
        self._results.write(b"".join(encoded))
        self._places.write(b"".join(ends))
        self.rows += len(encoded)


class _Lines:
    """What a CSV writer writes, which it does once a row, as a list of lines."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def write(self, line: str) -> object:
        self._lines.append(line)
        return None

    def taken(self) -> list[str]:
        lines, self._lines = self._lines, []
        return lines


def _place(packed: bytes) -> int:
    return int(_PLACE.unpack(packed)[0])
