"""One DuckDB file an entity: its whole memory, held open by who has its lock, and by nobody else.

DuckDB lets one process write, and then nobody else may even read: everybody else reads the published copy, put in
place by rename after each run. That is why a run may keep the file open from its first look to its last, also while
the org is asked: opening takes longer than most of what is done inside. No transaction, and nothing temporary,
outlives the block that opened a connection. A lock file besides keeps two syncs of one entity apart. Files are
readable by their owner alone.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.memory import VERSION, prepare, tune
from pipelines.ports.world import SystemicError

LOOKS = 3
"""How often a lock is tried for."""


class Warehouse:
    """The file of one entity below `home`, and the published copies of the others."""

    def __init__(self, home: Path, entity: str) -> None:
        self.home = home
        self.entity = entity
        self.path = home / f"{entity}.duckdb"
        self.spool = home / f"{entity}.pages.parquet"
        self._published = home / "published"
        self._locked = False
        self._keeper: duckdb.DuckDBPyConnection | None = None

    def published(self, entity: str) -> Path | None:
        """The copy of an entity's file that anybody may read, if it was ever synced."""
        path = self._published / f"{entity}.duckdb"
        return path if path.exists() else None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Nobody else syncs this entity meanwhile; a second one is refused at once."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.home / f"{self.entity}.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _taken(descriptor):
                holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
                raise SystemicError(
                    "already_running", f"{self.entity} is being synced by process {holder}; wait for it or end it"
                )
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            self._locked = True
            yield
        finally:
            self._locked = False
            self._let_go()
            os.close(descriptor)

    def is_locked(self) -> bool:
        """Somebody syncs this entity."""
        try:
            descriptor = os.open(self.home / f"{self.entity}.lock", os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of its own to the entity's file, ready to write, in UTC. Within the lock the file stays open."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with owner_only(), _plainly(self.path), self._connection() as con:
            try:
                yield con
            except RuntimeError:
                con.interrupt()  # else the end of a statement that Ctrl-C ended is waited for
                raise

    def _connection(self) -> duckdb.DuckDBPyConnection:
        """Connections of one process to one file share it: the first of a run reads it, and a keeper stays behind."""
        if self._keeper and not _lives(self._keeper):
            self._let_go()
        con = duckdb.connect(self.path)
        try:
            if self._keeper:
                tune(con)
            else:
                prepare(con, self.path)
                self._keeper = duckdb.connect(self.path) if self._locked else None
        except BaseException:
            con.close()
            raise
        return con

    def _let_go(self) -> None:
        """This object no longer holds the file open."""
        if self._keeper:
            with owner_only():
                self._keeper.close()
            self._keeper = None

    def publish(self) -> None:
        """Readers see the file as it is now; those in the middle of the former copy keep it.

        It is closed for that: to read it past DuckDB would take DuckDB's own lock off it.
        """
        if self._keeper:
            with owner_only(), _plainly(self.path):
                self._keeper.execute("checkpoint")  # which on closing fails without a word where the disk is full
            self._let_go()
        self._published.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self._published / self.path.name
        fresh = target.with_suffix(f".{os.getpid()}.new")
        with owner_only(), _plainly(fresh):
            try:
                shutil.copyfile(self.path, fresh)
                fresh.rename(target)
                self.skipped.unlink(missing_ok=True)
            finally:
                fresh.unlink(missing_ok=True)

    @property
    def skipped(self) -> Path:
        """Reports of runs that were skipped since the copy was published, a line each."""
        return self._published / f"{self.entity}.skipped.jsonl"

    def publish_skipped(self, report: str) -> None:
        """Readers see the report: a whole copy for a run that did nothing would be dear."""
        with owner_only(), _plainly(self.skipped), self.skipped.open("a", encoding="utf-8") as lines:
            lines.write(f"{report}\n")


def _taken(descriptor: int) -> bool:
    """The lock is ours, unless somebody syncs; one who only looked whether anybody does is gone in a moment."""
    for _ in range(LOOKS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return True
    return False


@contextmanager
def read_copy(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published copy, read-only, with all tables of this version."""
    if _version(path) < VERSION:
        _renew(path)
    with duckdb.connect(path, read_only=True) as con:
        tune(con)
        yield con


def _version(path: Path) -> int:
    with duckdb.connect(path, read_only=True) as con:
        told = con.execute("select value from meta where name = 'version'").fetchall()
    version = int(told[0][0]) if told else 0
    if version > VERSION:
        raise SystemicError("newer_file", f"{path} was written by a newer Concord; update this one")
    return version


def _renew(path: Path) -> None:
    """A copy that an older version published gets the tables of today; whoever reads the former one keeps it."""
    fresh = path.with_suffix(f".{os.getpid()}.new")
    with owner_only(), _plainly(fresh):
        try:
            shutil.copyfile(path, fresh)
            with duckdb.connect(fresh) as con:
                prepare(con, fresh)
            fresh.rename(path)
        finally:
            fresh.unlink(missing_ok=True)


def _lives(con: duckdb.DuckDBPyConnection) -> bool:
    """False once a full disk, or a defect, made DuckDB give up the file: nothing can be asked until it is closed."""
    try:
        con.execute("select 1").fetchall()
    except duckdb.FatalException:
        return False
    return True


@contextmanager
def owner_only() -> Iterator[None]:
    """Files that come into being within are readable by their owner alone, whoever makes them."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    """A full disk and an unreadable file are said plainly, and Ctrl-C is Ctrl-C."""
    try:
        yield
    except RuntimeError as error:
        if str(error) != "Query interrupted":  # which is what DuckDB makes of it in the middle of a statement
            raise
        raise KeyboardInterrupt from error
    except (duckdb.Error, OSError) as error:
        text = str(error)
        if "No space left" in text or "File too large" in text or "Could not write" in text:
            raise SystemicError("disk_full", f"no room left to write {path}: make room and run again") from error
        if not isinstance(error, duckdb.IOException | duckdb.FatalException):
            raise
        raise SystemicError("file_unusable", f"{path} cannot be opened: {text.splitlines()[0]}") from error
