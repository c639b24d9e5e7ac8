"""A Salesforce org as the port `Crm`: one object, one user, one session.

Nothing happens before the first question: no login, no import of simple-salesforce. Its parts are the modules beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import pyarrow as pa

from pipelines.ports.crm import JobInfo, RowResult, Rows, Told
from pipelines.ports.objects import BLIND, ObjectInfo, Sight, Snapshot, Window
from pipelines.ports.world import Progress, SystemicError
from resources.route import route_to
from resources.salesforce import collections
from resources.salesforce.allowance import Allowance, DailyCalls, Unlimited
from resources.salesforce.auth import login_of
from resources.salesforce.bulk import Ingest
from resources.salesforce.collections import collection
from resources.salesforce.describe import SYSTEM, columns_of, describe, object_of
from resources.salesforce.headers import Usage
from resources.salesforce.look import ask_together
from resources.salesforce.patience import Patience
from resources.salesforce.session import OrgSession
from resources.salesforce.snapshot import Reader, query
from resources.salesforce.together import write_both
from resources.settings import Settings


class SalesforceOrg:
    """The org that the settings name. Use it as a context manager, or `close` it."""

    def __init__(self, settings: Settings, patience: Patience | None = None) -> None:
        self._session = OrgSession(
            login_of(settings),
            version=settings.salesforce_api_version,
            route=route_to(
                settings.salesforce_instance_url or settings.login_url, settings, settings.salesforce_ca_file
            ),
            patience=patience,
            allowance=_allowance(settings),
        )
        self._reader = Reader(self._session)
        self._ingest = Ingest(self._session)
        self._described: dict[str, ObjectInfo] = {}

    def __enter__(self) -> SalesforceOrg:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """The connections are closed."""
        self._session.close()

    @property
    def calls(self) -> int:
        return self._session.calls

    @property
    def usage(self) -> Usage | None:
        """What the org said last of its use in 24 hours by everybody; None before the first call."""
        return self._session.usage

    @property
    def asked_at(self) -> datetime:
        return self._session.asked_at

    @property
    def answered_at(self) -> datetime:
        return self._session.answered_at

    @property
    def user_id(self) -> str:
        return self._session.user_id

    @property
    def org_id(self) -> str:
        return self._session.org_id

    def describe(self, sobject: str) -> ObjectInfo:
        name = sobject.lower()
        if name not in self._described:
            self._described[name] = describe(self._reader.rest, sobject)
        return self._described[name]

    def look(self, objects: Sequence[str], windows: Sequence[Window] = ()) -> Sight:
        unknown = [name for name in dict.fromkeys(objects) if name.lower() not in self._described]
        queries = {window: _soql(window) for window in windows}
        answers = ask_together(self._session, unknown, list(queries.values()))
        self._described |= {name.lower(): object_of(told) for name, told in answers.describes.items()}
        seen = self._visible(objects)
        snapshots = {}
        for window, soql in queries.items():
            about = SYSTEM if window.gone else seen.get(window.sobject)
            if soql in answers.pages and about:
                columns = columns_of(about, window.fields)
                snapshots[window] = self._reader.begun(soql, columns, *answers.pages[soql], deleted=True)
        return Sight(seen, snapshots)

    def _visible(self, objects: Sequence[str]) -> dict[str, ObjectInfo]:
        found = {}
        for name in objects:
            try:
                found[name] = self.describe(name)
            except SystemicError as error:
                if error.code != "OBJECT_NOT_VISIBLE":
                    raise
        return found

    def snapshot(self, sobject: str, fields: Sequence[str], *, since: datetime | None, seen: Sight = BLIND) -> Snapshot:
        known = seen.snapshots.get(Window(sobject, tuple(fields), since)) if since else None
        return known or self._reader.snapshot(sobject, columns_of(self.describe(sobject), fields), since)

    def touched(self, sobject: str, fields: Sequence[str], *, since: datetime) -> Snapshot:
        columns = columns_of(self.describe(sobject), fields)
        return self._reader.snapshot(sobject, columns, since, but_by=self.user_id)

    def finds(self, soql: str) -> bool:
        return self._reader.rest.first_page(soql, deleted=False).total > 0

    def read(self, sobject: str, fields: Sequence[str], by: str, values: Sequence[str]) -> pa.Table:
        about = self.describe(sobject)
        (key,) = columns_of(about, [by])
        return self._reader.read(sobject, columns_of(about, fields), key, values)

    def insert(self, sobject: str, rows: Rows) -> list[RowResult]:
        return collections.write(self._session, collection(self.describe(sobject), rows, "POST"))

    def update(self, sobject: str, rows: Rows) -> list[RowResult]:
        return collections.write(self._session, collection(self.describe(sobject), rows, "PATCH"))

    def insert_and_update(self, sobject: str, new: Rows, changed: Rows) -> tuple[Told, Told]:
        about = self.describe(sobject)
        return write_both(self._session, collection(about, new, "POST"), collection(about, changed, "PATCH"))

    def delete(self, sobject: str, ids: Sequence[str]) -> list[RowResult]:
        del sobject  # ids say it
        return collections.delete(self._session, ids)

    def create_job(self, sobject: str, operation: Literal["insert", "update"]) -> str:
        return self._ingest.create(sobject, operation)

    def upload(self, job_id: str, rows: pa.Table) -> None:
        self._ingest.upload(job_id, rows)

    def abort(self, job_id: str) -> None:
        self._ingest.abort(job_id)

    def wait(self, job_id: str, progress: Progress) -> JobInfo:
        return self._ingest.wait(job_id, progress)

    def results(self, job_id: str, key: str) -> pa.Table:
        return self._ingest.results(job_id, key)


def _soql(window: Window) -> str:
    changed = query(window.sobject, window.fields, window.since)
    return f"{changed} AND IsDeleted = TRUE" if window.gone else changed


def _allowance(settings: Settings) -> Allowance:
    if settings.salesforce_daily_calls is None:
        return Unlimited()
    file = settings.concord_home / "salesforce-calls.sqlite"
    return DailyCalls(file, settings.salesforce_daily_calls, lambda: datetime.now(UTC))
