"""What nextRecordsUrl remembers: the ids a query found, on disk, so that paging goes on after a restart of the org.

A file holds one line of JSON and then the ids, 18 characters each; a page is a slice of it. Its records are read anew.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import orjson

from . import ids
from .errors import ApiError
from .files import write_private
from .org import Org

LIFETIME = timedelta(days=2)
KEY_PREFIX = "0r8"


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a query: whose, of which statement (and which subquery of it), how many in all, how many a page."""

    user: str
    statement: str
    with_deleted: bool
    now: str
    place: tuple[int, ...]
    total: int
    size: int


class Cursors:
    """The open cursors of an org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._folder = org.state / "cursors"

    def keep(self, found: Found, record_ids: list[str]) -> str:
        """The locator under which this result can be read for two days; older ones are gone."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._forget_old()
        locator = ids.to18(KEY_PREFIX + "".join(secrets.choice(ids.ALPHABET) for _ in range(12)))
        path = self._folder / locator
        write_private(path, orjson.dumps(asdict(found)) + b"\n" + "".join(record_ids).encode())
        moment = self._org.time().timestamp()
        os.utime(path, (moment, moment))
        return locator

    def read(self, locator: str, user: str, start: int, size: int | None) -> tuple[Found, list[str]]:
        """What is kept and the ids from `start` on, a page of them; INVALID_QUERY_LOCATOR unless it is this user's and
        not too old.
        """
        path = self._folder / locator
        if not (ids.is_id(locator) and path.is_file()) or self._is_old(path):
            raise invalid_locator()
        with path.open("rb") as file:
            found = Found(**orjson.loads(file.readline()))
            if found.user != user or not 0 <= start < found.total:
                raise invalid_locator()
            file.seek(18 * start, os.SEEK_CUR)
            page = file.read(18 * (size or found.size)).decode()
        return found, [page[i : i + 18] for i in range(0, len(page), 18)]

    def _forget_old(self) -> None:
        for path in self._folder.iterdir():
            if self._is_old(path):
                path.unlink(missing_ok=True)

    def _is_old(self, path: Path) -> bool:
        return _modified(path) < (self._org.time() - LIFETIME).timestamp()


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another query forgot it first
        return float("inf")


def invalid_locator() -> ApiError:
    return ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
