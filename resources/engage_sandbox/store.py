"""The rows on disk: one SQLite file, each row as the JSON it is told in, sorted by when it was last updated.

What a row means is none of this module's business, save its `id` and `updated_at`.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

TABLES = """
create table if not exists rows (
  collection text not null,
  stamp text not null,
  id text not null,
  body blob not null,
  primary key (collection, stamp, id)
) without rowid;
create unique index if not exists rows_by_id on rows (collection, id);
create table if not exists settings (name text primary key, value text not null) without rowid;
"""
BATCH = 500

Place = tuple[str, str]
"""Where a row stands in its collection: its stamp and its id."""


class Store:
    """The file; readers go on while one writer writes."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._path = path
        self._opened: list[sqlite3.Connection] = []
        self._own = threading.local()
        self._writing = threading.Lock()
        with self._writing:
            self._connection().executescript(TABLES)

    def after(
        self, collection: str, place: Place, count: int, *, at_place: bool = False
    ) -> list[tuple[str, str, bytes]]:
        """At most so many rows (stamp, id, body) that come after that place, or from it on, in order."""
        beyond = ">=" if at_place else ">"
        sql = (
            f"select stamp, id, body from rows where collection = ? and (stamp, id) {beyond} (?, ?)"
            " order by stamp, id limit ?"
        )
        return self._connection().execute(sql, (collection, *place, count)).fetchall()

    def bodies(self, collection: str, ids: Sequence[str]) -> dict[str, bytes]:
        """What is kept of these rows, by id; ids without a row are left out."""
        found: dict[str, bytes] = {}
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            holes = ", ".join("?" * len(part))
            sql = f"select id, body from rows where collection = ? and id in ({holes})"
            found.update(self._connection().execute(sql, (collection, *part)))
        return found

    def count(self, collection: str) -> int:
        return int(
            self._connection().execute("select count(*) from rows where collection = ?", (collection,)).fetchone()[0]
        )

    def put(self, collection: str, rows: Iterable[tuple[str, str, bytes]]) -> None:
        """These rows (stamp, id, body) are there, in the place of older ones with their ids."""
        with self.transaction() as db:
            db.executemany("insert or replace into rows values (?, ?, ?, ?)", ((collection, *row) for row in rows))

    def clear(self) -> None:
        """There are no rows."""
        with self.transaction() as db:
            db.execute("delete from rows")

    def setting(self, name: str) -> str | None:
        found = self._connection().execute("select value from settings where name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def set(self, name: str, value: str) -> None:
        with self.transaction() as db:
            db.execute("insert or replace into settings values (?, ?)", (name, value))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing; one at a time."""
        db = self._connection()
        if db.in_transaction:
            yield db
            return
        with self._writing:
            db.execute("begin immediate")
            try:
                yield db
            except BaseException:
                db.execute("rollback")
                raise
            db.execute("commit")

    def close(self) -> None:
        for connection in self._opened:
            connection.close()
        self._opened.clear()

    def _connection(self) -> sqlite3.Connection:
        """One for each thread."""
        own: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if own is None:
            own = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            for setting in ("journal_mode = wal", "synchronous = off", "cache_size = -32768", "busy_timeout = 30000"):
                own.execute(f"pragma {setting}")
            self._own.connection = own
            self._opened.append(own)
        return own
