"""Records of one object as Arrow pages, by the route that costs the fewest calls.

The first page of a query tells how many records there are. If the rest of its pages would cost more than a query job,
the job takes over from the beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

import pyarrow as pa

from pipelines.ports.objects import Snapshot
from resources.salesforce import bulk_query
from resources.salesforce.describe import Column
from resources.salesforce.errors import body
from resources.salesforce.rest import Page, Rest, changed_by_others, changed_since, one_of, select
from resources.salesforce.session import OrgSession
from resources.salesforce.values import column, to_json

IDS_A_CALL = 2_000
"""What collections retrieve takes at once."""

SOQL_A_CALL = 12_000
"""Characters of an encoded query: an address and its headers may have 16,384 bytes together."""


class Reader:
    """Reads records of one org."""

    def __init__(self, session: OrgSession) -> None:
        self._session = session
        self.rest = Rest(session)

    def snapshot(
        self, sobject: str, columns: Sequence[Column], since: datetime | None, *, but_by: str = ""
    ) -> Snapshot:
        """As `Crm.snapshot`, or as `Crm.touched`; the first page has been asked for when this returns.

        `but_by`: the id of a user whose changes do not count.
        """
        soql = query(sobject, [one.info.name for one in columns], since)
        if but_by:
            soql = f"{soql} AND ({changed_by_others(but_by)} OR IsDeleted = TRUE)"
        page = self.rest.first_page(soql, deleted=since is not None)
        return self.begun(soql, columns, page, self._session.asked_at, deleted=since is not None)

    def begun(self, soql: str, columns: Sequence[Column], page: Page, taken_at: datetime, *, deleted: bool) -> Snapshot:
        """The snapshot whose first page this is, by the route that costs the fewest calls from here."""
        fields = [one.info.name for one in columns]
        further = -(-(page.total - len(page.records)) // max(len(page.records), 1)) if page.following else 0
        if further <= bulk_query.calls(page.total):
            return Snapshot(self._pages(page, columns), taken_at)
        job = bulk_query.begin(self._session, soql, deleted=deleted)
        return Snapshot((_typed(text, columns) for text in job(fields, page.total)), taken_at)

    def read(self, sobject: str, columns: Sequence[Column], by: Column, values: Sequence[str]) -> pa.Table:
        """As `Crm.read`."""
        wanted = list(dict.fromkeys(values))
        pages = [_table([], columns)]
        if by.info.type == "id":
            chunks = (wanted[at : at + IDS_A_CALL] for at in range(0, len(wanted), IDS_A_CALL))
            pages.extend(_table(self._by_id(sobject, columns, ids), columns) for ids in chunks)
            return pa.concat_tables(pages)
        for condition in _conditions(by.info.name, [to_json(value, by.info.type) for value in wanted]):
            page = self.rest.first_page(
                f"{select(sobject, [one.info.name for one in columns])} WHERE {condition}", deleted=False
            )
            pages.extend(self._pages(page, columns))
        return pa.concat_tables(pages)

    def _by_id(self, sobject: str, columns: Sequence[Column], ids: Sequence[str]) -> list[Mapping[str, Any]]:
        request = {"ids": ids, "fields": [one.info.name for one in columns]}
        found = body(self._session.call("POST", f"composite/sobjects/{sobject}", json=request, safe=True))
        return [record for record in found if record is not None]

    def _pages(self, page: Page, columns: Sequence[Column]) -> Iterator[pa.Table]:
        yield _table(page.records, columns)
        while page.following:
            page = self.rest.next_page(page)
            yield _table(page.records, columns)


def query(sobject: str, fields: Sequence[str], since: datetime | None) -> str:
    """SOQL for these fields of all records, or of those touched since a moment."""
    return select(sobject, fields) + (f" WHERE {changed_since(since)}" if since else "")


def _table(records: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> pa.Table:
    return pa.table(
        {one.asked: column([record[one.info.name] for record in records], one.info.type) for one in columns}
    )


def _typed(text: pa.Table, columns: Sequence[Column]) -> pa.Table:
    return pa.table({one.asked: column(text[one.info.name], one.info.type) for one in columns})


def _conditions(field: str, values: Sequence[object]) -> Iterator[str]:
    """Conditions that together name all the values, each short enough for one call."""
    chunk: list[object] = []
    size, around = 0, len(quote_plus(one_of("", [""])))
    for value in values:
        length = len(quote_plus(one_of("", [value, ""]))) - around
        if chunk and size + length > SOQL_A_CALL:
            yield one_of(field, chunk)
            chunk, size = [], 0
        chunk.append(value)
        size += length
    if chunk:
        yield one_of(field, chunk)
