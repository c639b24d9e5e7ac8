"""Feeds of files, landed: the Source that reads CSV and Parquet files of a folder or behind a URL.

Every file is read whole before anything is landed: one bad file refuses the feed, and the entity's file is untouched.
Which files a feed has is in `feed_files.py`, how one is read in `feed_plan.py`, `feed_csv.py` and `feed_parquet.py`,
how rows get into the entity's file in `landing.py`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.declaring.source import Feed
from pipelines.ports.source import Landed
from pipelines.ports.world import Progress
from resources import landing
from resources.feed_files import assert_unchanged, combined, find, fingerprint, inspect
from resources.feed_plan import plan
from resources.feed_staging import Staging
from resources.feed_url import fetch, is_url
from resources.route import DIRECT, Route
from resources.working_folder import empty_folder


@dataclass(frozen=True, slots=True)
class _Asked:
    feed: Feed
    columns: Sequence[str]
    folder: Path


class Feeds:
    """Files below `location`, a folder or a URL; dlt's working files and ours go below `dlt_home`."""

    def __init__(self, location: Path | str, dlt_home: Path, route: Route = DIRECT) -> None:
        self._location = str(location)
        self._dlt_home = dlt_home
        self._route = route

    def fingerprint(self, feed: Feed) -> str:
        """A hash of the feed's files, names and content; raises SourceError if there are none."""
        with self._folder_of(feed) as folder:
            return fingerprint(find(folder, feed.name))

    def land(
        self, feed: Feed, columns: Sequence[str], file: Path, progress: Progress, since: datetime | None = None
    ) -> Landed:
        """The feed's rows are in `landing.rows` of the DuckDB file, the unreadable ones told of in `landing.rejects`.

        Raises SourceError for a feed that cannot be used, before the DuckDB file is opened, and SystemicError where
        disk or file do not allow it. `since` is not asked: files are read whole.
        """
        with self._folder_of(feed) as folder:
            return self._land(_Asked(feed, columns, folder), file, progress)

    @contextmanager
    def _folder_of(self, feed: Feed) -> Iterator[Path]:
        """Where the feed's files are while inside."""
        with landing.disk_full_is_systemic(self._dlt_home):
            self._dlt_home.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not is_url(self._location):
                yield Path(self._location)
                return
            with tempfile.TemporaryDirectory(prefix="fetched-", dir=self._dlt_home) as folder:
                fetch(self._location, feed.name, Path(folder), self._route)
                yield Path(folder)

    def _land(self, asked: _Asked, file: Path, progress: Progress) -> Landed:
        feed, columns = asked.feed, asked.columns
        files = find(asked.folder, feed.name)
        marks = [inspect(each) for each in files]
        plans = [plan(each, feed, columns) for each in files]
        with empty_folder(self._dlt_home / f"staging-{file.stem}") as staged:
            staging = Staging(staged, columns, progress)
            staging.write(plans)
            for each, mark in zip(files, marks, strict=True):
                assert_unchanged(each, mark)
            landing.land(staging.tables(), file, self._dlt_home)
        progress("extract", staging.rows, staging.rows)
        return Landed(
            rows=staging.rows,
            rejected=len(staging.rejects),
            fingerprint=combined(zip(files, marks, strict=True)),
            ignored=tuple(dict.fromkeys(name for each in plans for name in each.ignored)),
            absent=tuple((each.file.label, name) for each in plans for name in columns if name not in each.names),
        )
