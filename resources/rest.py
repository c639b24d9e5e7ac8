"""Collections of REST services, landed: the Source that reads page after page.

Every page is read before anything is landed: one that cannot be had refuses the whole, and the entity's file is
untouched. How a page is asked for is in `rest_session.py` and `rest_pages.py`, how its rows become text in
`rest_staging.py`, where a service is in `services.py`, how rows get into the entity's file in `landing.py`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pipelines.declaring.source import Rest
from pipelines.ports.source import Landed
from pipelines.ports.world import Progress
from resources import landing
from resources.rest_pages import pages
from resources.rest_staging import RestStaging
from resources.salesforce.patience import Patience
from resources.services import Service
from resources.working_folder import empty_folder


class RestCollections:
    """Services are found by name; dlt's working files and ours go below `dlt_home`."""

    def __init__(self, find: Callable[[str], Service], dlt_home: Path, patience: Patience | None = None) -> None:
        self._find = find
        self._dlt_home = dlt_home
        self._patience = patience or Patience()

    def check_settings(self, source: Rest) -> None:
        """Raises SourceNotSet or SystemicError where the settings do not say where the collection is."""
        self._find(source.service)

    def land(
        self, source: Rest, columns: Sequence[str], file: Path, progress: Progress, since: datetime | None = None
    ) -> Landed:
        """The collection's rows are in `landing.rows`, those that are no objects are told of in `landing.rejects`.

        Raises SourceError for a collection that cannot be read whole, before the DuckDB file is opened, and
        SystemicError where settings, token, disk or file do not allow it.
        """
        read_at: datetime | None = None
        service = self._find(source.service)
        with self._staging(source, columns, file) as staging:
            for page in pages(service, source, self._patience, since):
                read_at = page.told_at if page.number == 1 else read_at
                staging.add(page)
                progress("extract", staging.rows, None)
            staging.finish()
            landing.land(staging.tables(), file, self._dlt_home)
        progress("extract", staging.rows, staging.rows)
        return Landed(
            rows=staging.rows,
            rejected=staging.rejects,
            fingerprint=staging.fingerprint,
            ignored=staging.ignored,
            absent=tuple((source.name, column) for column in staging.absent),
            read_at=read_at,
            place=service.place,
        )

    def try_out(self, source: Rest, columns: Sequence[str]) -> None:
        """Asks for one page; raises SourceError or SystemicError as `land` would. Nothing is landed or left."""
        with (
            tempfile.TemporaryDirectory(prefix="concord-") as folder,
            RestStaging(source.service, source, columns, Path(folder)) as staging,
        ):
            for page in pages(self._find(source.service), source, self._patience, None):
                staging.add(page)
                staging.take_apart()
                break

    @contextmanager
    def _staging(self, source: Rest, columns: Sequence[str], file: Path) -> Iterator[RestStaging]:
        with landing.disk_full_is_systemic(self._dlt_home):
            self._dlt_home.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (
                empty_folder(self._dlt_home / f"staging-{file.stem}") as folder,
                RestStaging(source.service, source, columns, folder) as staging,
            ):
                yield staging
