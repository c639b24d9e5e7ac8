"""What mailboxes hold, on disk: one SQLite file, each item as the JSON it is told in, beside the number of its change.

A folder is a text of the caller's making, such as a list of tasks of a mailbox. Every write takes the next number, one
sequence for all, so the items that changed since some number are one range of an index. An item that is gone stays as
a mark with its number. What an item means is none of this module's business.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TABLES = """
create table if not exists items (
  folder text not null,
  change integer not null,
  id text not null,
  made integer not null,
  gone integer not null,
  body blob not null,
  links blob not null,
  primary key (folder, change)
) without rowid;
create unique index if not exists items_by_id on items (folder, id);
create index if not exists items_by_made on items (folder, made);
create table if not exists users (id text primary key, name text not null unique, body blob not null) without rowid;
create table if not exists settings (name text primary key, value text not null) without rowid;
create table if not exists changes (number integer not null);
insert into changes select 0 where not exists (select * from changes);
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An item as it is kept. `links` is the JSON of what it has beside itself, without its braces, or nothing."""

    id: str
    change: int
    made: int
    gone: bool
    body: bytes
    links: bytes = b""


COLUMNS = "id, change, made, gone, body, links"


class Store:
    """The file; readers go on while one writer writes."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._path = path
        self._opened: list[sqlite3.Connection] = []
        self._own = threading.local()
        self._writing = threading.Lock()
        with self._writing:
            self.connection().executescript(TABLES)

    def item(self, folder: str, item_id: str) -> Kept | None:
        """The item or the mark that it left; None if it never was."""
        sql = f"select {COLUMNS} from items where folder = ? and id = ?"
        found = self.connection().execute(sql, (folder, item_id)).fetchone()
        return Kept(*found) if found else None

    def after(self, folder: str, change: int, count: int) -> list[Kept]:
        """At most so many items and marks that changed after that number, in the order of change."""
        sql = f"select {COLUMNS} from items where folder = ? and change > ? order by change limit ?"
        return [Kept(*row) for row in self.connection().execute(sql, (folder, change, count))]

    def present(self, folder: str, skip: int = 0, count: int = -1) -> list[Kept]:
        """The items of the folder that are there, the latest made first."""
        sql = f"select {COLUMNS} from items where folder = ? and gone = 0 order by made desc limit ? offset ?"
        return [Kept(*row) for row in self.connection().execute(sql, (folder, count, skip))]

    def count(self, folder: str) -> int:
        sql = "select count(*) from items where folder = ? and gone = 0"
        return int(self.connection().execute(sql, (folder,)).fetchone()[0])

    def put(self, folder: str, items: Iterable[Kept]) -> None:
        """These items are there, in the place of older ones with their ids."""
        with self.transaction() as db:
            rows = ((folder, i.change, i.id, i.made, i.gone, i.body, i.links) for i in items)
            db.executemany("insert or replace into items values (?, ?, ?, ?, ?, ?, ?)", rows)

    def forget(self, folder: str, ids: Iterable[str]) -> None:
        """These items never were: not even a mark is left."""
        with self.transaction() as db:
            db.executemany("delete from items where folder = ? and id = ?", ((folder, each) for each in ids))

    def below(self, folder: str, start: str) -> list[Kept]:
        """The items and marks whose ids begin so."""
        sql = f"select {COLUMNS} from items where folder = ? and id >= ? and id < ?"
        found = self.connection().execute(sql, (folder, start, start + "\U0010ffff"))
        return [Kept(*row) for row in found]

    def numbers(self, count: int = 1) -> range:
        """The next numbers of changes; to be taken inside of the transaction that uses them."""
        sql = "update changes set number = number + ? returning number"
        last = int(self.connection().execute(sql, (count,)).fetchone()[0])
        return range(last - count + 1, last + 1)

    def latest(self) -> int:
        """The number of the latest change."""
        return int(self.connection().execute("select number from changes").fetchone()[0])

    def clear(self) -> None:
        """There are no users and no items; changes are numbered on."""
        with self.transaction() as db:
            for table in ("items", "users"):
                db.execute(f"delete from {table}")

    def setting(self, name: str) -> str | None:
        found = self.connection().execute("select value from settings where name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def set(self, name: str, value: str) -> None:
        with self.transaction() as db:
            db.execute("insert or replace into settings values (?, ?)", (name, value))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing; one at a time."""
        db = self.connection()
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

    def connection(self) -> sqlite3.Connection:
        """One for each thread."""
        own: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if own is None:
            own = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            for setting in ("journal_mode = wal", "synchronous = off", "cache_size = -32768", "busy_timeout = 30000"):
                own.execute(f"pragma {setting}")
            self._own.connection = own
            self._opened.append(own)
        return own
