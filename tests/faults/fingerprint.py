"""What a home and an org hold, and what was said between them, as one short text: the same text, the same future.

Left out is what differs from one trial to the next by its nature: times of this trial, ids of runs and jobs, tokens,
seconds, counts of calls, and the numbers by which tables of an entity's file are joined. Times that both held before
the trial stay, and so do those that are long past.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote_plus

import duckdb
import requests

from tests.faults.inside import Answer, Inside

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d(?::?\d\d)?)?")
HTTP_TIME = re.compile(r"\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\b")
RUN = re.compile(r"\brun-\d+-\d+\b")
JOB = re.compile(r"\b750[0-9A-Za-z]{15}\b")
CONTENT = re.compile(r"\b[0-9a-f]{64}\b")
"""A digest of what was read, times among it: what that was is told beside."""
COUNTED = re.compile(
    r'"(seconds|api_calls|plan_hash|apiActiveProcessingTime|totalProcessingTime|milliseconds'
    r'|request-id|client-request-id)": ?[^,}]+'
)
HASH = re.compile(r"\b[0-9a-f]{16}-\d+\b")
SURROGATES = frozenset({"number", "record_number", "source_number", "seconds", "api_calls", "plan_hash"})
COUNTERS = frozenset({"usage.json", "batches.json", "query_jobs.json", "lock", "clock.json"})
"""Files of an org that say how often it was called, and how late it is."""

LATELY = timedelta(hours=1)


@dataclass(frozen=True)
class Before:
    """When a trial could begin, and all times that were there then."""

    at: datetime
    times: frozenset[datetime] = frozenset()


class Fingerprints:
    """Those of one trial: names are given to ids in the order in which they are met."""

    def __init__(self, before: Before) -> None:
        self._before = before.times
        self._past = before.at - LATELY
        self._names: dict[str, str] = {}

    def plain(self, text: str) -> str:
        text = HTTP_TIME.sub("then", TIME.sub(self._time, text))
        for ids in (JOB, RUN, CONTENT):
            text = ids.sub(self._name, text)
        return HASH.sub("a plan", COUNTED.sub(r"\1", text))

    def _time(self, found: re.Match[str]) -> str:
        moment = moment_of(found[0])
        return found[0] if moment in self._before or moment < self._past else "now"

    def _name(self, found: re.Match[str]) -> str:
        return self._names.setdefault(found[0], f"name {len(self._names)}")

    def request(self, request: requests.PreparedRequest) -> str:
        """Method, address and body; who asks is left out."""
        body = request.body or b""
        body = body.decode() if isinstance(body, bytes) else str(body)
        told = "" if str(request.url).endswith("/token") else body
        return short(self.plain(unquote_plus(f"{request.method} {request.url}\n{told}")))  # bodies have addresses, too

    def answer(self, request: requests.PreparedRequest, answer: Answer) -> str:
        told = "" if str(request.url).endswith("/token") else answer.body.decode(errors="replace")
        return short(self.plain(f"{answer.status}\n{told}"))

    def state(self, con: duckdb.DuckDBPyConnection, org: Inside) -> str:
        """All that the entity's file and the org hold."""
        return short("\n".join(self.lines(con, org)))

    def lines(self, con: duckdb.DuckDBPyConnection, org: Inside) -> list[str]:
        return [*self._file(con), *self._org(org), *self._office(org)]

    def _file(self, con: duckdb.DuckDBPyConnection) -> list[str]:
        sql = """
select schema_name, table_name, list(column_name order by column_name)
from duckdb_columns() where not internal and schema_name <> 'temp' and database_name <> 'temp'
  and (schema_name, table_name) in (select (schema_name, table_name) from duckdb_tables() where estimated_size > 0)
group by all order by all
"""
        lines = []
        for schema, table, columns in con.execute(sql).fetchall():
            kept = ", ".join(f'"{name}"::varchar' for name in columns if name not in SURROGATES)
            rows = con.execute(f'select {kept} from "{schema}"."{table}"').fetchall()
            lines += [f"{schema}.{table}", *sorted(self.plain(repr(row)) for row in rows)]
        return lines

    def _office(self, org: Inside) -> list[str]:
        """What mailboxes hold, where there are any."""
        kept = org.org.state.with_name("graph") / "graph.db"
        return self._rows(kept) if kept.exists() else []

    def _org(self, org: Inside) -> list[str]:
        folder = org.org.state
        lines = []
        lines += self._rows(folder / "org.db")
        files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("org.db")]
        oldest = sorted((path.stat().st_mtime_ns, path) for path in files if path.name not in COUNTERS)
        told = [f"{path.relative_to(folder)} {path.read_bytes().decode(errors='replace')}" for _, path in oldest]
        return [*lines, *sorted(self.plain(text) for text in told)]

    def _rows(self, file: Path) -> list[str]:
        lines: list[str] = []
        with closing(sqlite3.connect(file)) as db:
            tables = db.execute("select name from sqlite_master where type = 'table' order by name").fetchall()
            for (table,) in tables:
                rows = db.execute(f'select * from "{table}"').fetchall()
                lines += [table, *sorted(self.plain(repr(row)) for row in rows)] if rows else []
        return lines


class Untouched(Fingerprints):
    """Nothing is left out."""

    def plain(self, text: str) -> str:
        return text


def as_it_is(con: duckdb.DuckDBPyConnection, org: Inside) -> Before:
    """A trial can begin, with what the entity's file and the org hold now.

    It begins in another second: a time that it writes, which is told in seconds, is none of those before it.
    """
    now = Before(datetime.now(UTC))
    time.sleep(1 - now.at.microsecond / 1_000_000)
    lines = Untouched(now).lines(con, org)
    return replace(now, times=frozenset(moment_of(found[0]) for line in lines for found in TIME.finditer(line)))


def moment_of(text: str) -> datetime:
    """As one of UTC where it does not say."""
    whole = text.replace(" ", "T")
    moment = datetime.fromisoformat(f"{whole}00" if re.search(r"[+-]\d\d$", whole[19:]) else whole)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def short(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()
