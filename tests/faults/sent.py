"""What a run sends to the org, held against what the org has at that moment: the least write is promised.

An update carries no cell whose value the org has already, but for the stamp; no record is created whose key one has.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Set
from typing import Any

import orjson
import requests

from tests.contract import Record, fold
from tests.faults.far_end import body_of
from tests.faults.inside import Inside
from tests.faults.kinds import WRITES, Call

STAMP = "Source_Synced_At__c"
KEY = "Source_Key__c"


class Sent:
    """Looks at the writes of one run. `typed`: ids of records into which people type meanwhile, which prove nothing."""

    def __init__(self, org: Inside, sobject: str, typed: Set[str] = frozenset()) -> None:
        self._org = org
        self._sobject = sobject
        self._typed = typed
        self.rows = 0
        self.needless: list[str] = []
        """What was sent although the org had it."""

    def __call__(self, call: Call, request: requests.PreparedRequest) -> None:
        rows = list(_written(call, body_of(request)))
        self.rows += len(rows)
        fields = sorted({KEY, *(name for row in rows for name in row)} - {"Id"})
        there = self._org.records(self._sobject, ["Id", *fields]) if rows else []
        by_id = {record["Id"]: record for record in there}
        keys = {fold(record[KEY]) for record in there if record[KEY]}
        for row in rows:
            if row.get("Id") is None:
                self.needless += [f"{row[KEY]} is created again"] if fold(row[KEY]) in keys else []
            elif row["Id"] in by_id and row["Id"] not in self._typed:
                self.needless += list(_same(row, by_id[row["Id"]]))


def _same(row: Record, record: Record) -> Iterator[str]:
    for name in row.keys() - {"Id", STAMP}:
        if fold(row[name]) == fold(record[name]):
            yield f"{record[KEY]}.{name} is {record[name]!r} and is sent"


def _written(call: Call, body: bytes) -> Iterator[Record]:
    """The rows of a call that writes some: those with an `Id` are changed, the others are created."""
    if call.path == WRITES:
        for part in orjson.loads(body)["compositeRequest"]:
            yield from map(_plain, part["body"]["records"])
    elif call.path == "composite/sobjects" and call.method in ("POST", "PATCH"):
        yield from map(_plain, orjson.loads(body)["records"])
    elif call.path == "jobs/ingest/ID/batches":
        for row in csv.DictReader(io.StringIO(body.decode(), newline="")):
            # an empty cell leaves alone what is there
            yield {name: None if value == "#N/A" else value for name, value in row.items() if value}


def _plain(row: dict[str, Any]) -> Record:
    names = {"id": "Id"}
    return {names.get(name, name): value for name, value in row.items() if name != "attributes"}
