"""The org's rows on disk: one SQLite file, one table an object, one column a stored field under the field's own name.

Text compares without regard to (ASCII) case, as in Salesforce, save for ids and case-sensitive fields. Booleans are 0
and 1, dates `YYYY-MM-DD`, datetimes `YYYY-MM-DDTHH:MM:SS.mmmZ`. What may be written is none of this module's business.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from .schema import TEXT_TYPES, Catalogue, FieldDef, SObjectDef

_SQL_TYPES = {"boolean": "integer", "int": "integer", "double": "real", "currency": "real", "percent": "real"}
_PARAMETERS = 30_000


def quote(name: str) -> str:
    """A name as SQL text."""
    return '"' + name.replace('"', '""') + '"'


def holes(count: int) -> str:
    """`?, ?, …` for that many parameters."""
    return ", ".join("?" * count)


class Store:
    """The rows of one state directory.

    Readers go on while one writer writes; a killed process loses no committed transaction (a
    power cut may).
    """

    def __init__(self, path: Path, catalogue: Catalogue) -> None:
        self.path = path
        self.catalogue = catalogue
        self._local = threading.local()
        self._write_lock = threading.Lock()
        self._opened: list[sqlite3.Connection] = []
        self._idle: deque[sqlite3.Connection] = deque()
        path.touch(mode=0o600)
        self._writer = self._open()
        self.hold(catalogue)

    def hold(self, catalogue: Catalogue) -> None:
        """There is a table for every object and a column for every field of that catalogue."""
        self.catalogue = catalogue
        with self.write() as db:
            for statement in tables_sql(catalogue):
                db.execute(statement)
            for definition in catalogue:
                _add_missing_columns(db, definition)
            for statement in indexes_sql(catalogue):
                db.execute(statement)

    def copy_to(self, path: Path) -> None:
        """The file holds what is committed."""
        with self._write_lock, closing(sqlite3.connect(path)) as copy:
            self._writer.backup(copy)

    def copy_from(self, path: Path) -> None:
        """The store holds what that file does, and nothing else."""
        with self._write_lock, closing(sqlite3.connect(path)) as copy:
            copy.backup(self._writer)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees what is committed; inside `write` of the same thread, also what is not yet."""
        if getattr(self._local, "writing", False):
            yield self._writer
            return
        connection = self._idle.pop() if self._idle else self._open()
        try:
            yield connection
        finally:
            self._idle.append(connection)

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Like `read`, and every statement in the block sees the same moment."""
        with self.read() as db:
            if db.in_transaction:
                yield db
                return
            db.execute("begin")
            try:
                yield db
            finally:
                db.execute("rollback")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed when the block ends, undone when it raises. Inside another it joins that one."""
        if getattr(self._local, "writing", False):
            self._writer.execute("savepoint nested")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("rollback to nested")
                raise
            finally:
                self._writer.execute("release nested")
            return
        with self._write_lock:
            self._writer.execute("begin immediate")
            self._local.writing = True
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("rollback")
                raise
            else:
                self._writer.execute("commit")
            finally:
                self._local.writing = False

    def reserve(self, key_prefix: str, count: int) -> int:
        """The first of `count` numbers that no record of that kind has had or will have. Only inside `write`."""
        row = self._writer.execute(
            "insert into _sequence (key_prefix, next) values (?, ?) "
            "on conflict (key_prefix) do update set next = next + ? returning next",
            (key_prefix, 1 + count, count),
        ).fetchone()
        return int(row[0]) - count

    def close(self) -> None:
        """Every connection of this store is closed."""
        for connection in self._opened:
            connection.close()
        self._opened.clear()

    def _open(self) -> sqlite3.Connection:
        # Python's own transaction control is off: `write` says when one begins. One thread at a time uses a connection.
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, cached_statements=256)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = off")
        connection.execute("pragma cache_size = -65536")
        connection.execute("pragma busy_timeout = 30000")
        self._opened.append(connection)
        return connection


def slices(count: int, width: int = 1) -> Iterator[slice]:
    """Slices of a list of `count` items, each small enough for one statement with `width` parameters an item."""
    size = _PARAMETERS // width
    return (slice(start, start + size) for start in range(0, count, size))


def tables_sql(catalogue: Catalogue) -> list[str]:
    """The statements that give an empty store its tables; they change nothing in one that has them."""
    statements = [
        "create table if not exists _sequence (key_prefix text primary key, next integer not null) without rowid"
    ]
    for definition in catalogue:
        columns = ",\n  ".join(column_sql(f) for f in definition.columns)
        statements.append(f"create table if not exists {quote(definition.name)} (\n  {columns}\n)")
    return statements


def indexes_sql(catalogue: Catalogue) -> list[str]:
    """The statements that index what lookups, relationships and incremental queries search by."""
    return [
        f"create index if not exists {quote(d.name + '.' + f.name)} on {quote(d.name)} ({quote(f.name)}) "
        f"where {quote(f.name)} is not null"
        for d in catalogue
        for f in d.columns
        if _indexed(f)
    ]


def column_sql(definition: FieldDef) -> str:
    kind = _SQL_TYPES.get(definition.type, "text")
    key = " primary key" if definition.type == "id" else ""
    collation = " collate nocase" if definition.type in TEXT_TYPES and not definition.case_sensitive else ""
    return f"{quote(definition.name)} {kind}{key}{collation}"


def _indexed(f: FieldDef) -> bool:
    looked_up = f.type != "id" and (f.usable_as_key or f.unique)
    points_to_parent = f.type == "reference" and f.child_relationship_name is not None
    return looked_up or points_to_parent or f.name == "SystemModstamp"


def _add_missing_columns(db: sqlite3.Connection, definition: SObjectDef) -> None:
    present = {row[1] for row in db.execute(f"pragma table_info({quote(definition.name)})")}
    for f in definition.columns:
        if f.name not in present:
            default = f" default {int(bool(f.default))}" if f.type == "boolean" else ""
            db.execute(f"alter table {quote(definition.name)} add column {column_sql(f)}{default}")
