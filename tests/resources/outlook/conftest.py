"""Outlook as a two-way source, with the embedded Graph, and what somebody knows who reads it as the core does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipelines.declaring.outlook import Collection
from pipelines.declaring.source import Outlook
from pipelines.ports.source import Asked, Change, Landed, Written
from resources.outlook.keys import id_of, key_of
from resources.outlook.mailboxes import OutlookMailboxes
from resources.salesforce.patience import Patience
from tests.resources.graph.conftest import ADA, BERLIN, Office, connection, office

__all__ = ["ADA", "BERLIN", "EMMY", "connection", "office"]

EMMY = "Emmy@Example.com"
CRM = "https://acme.my.salesforce.com"
SPAN = (datetime(2027, 1, 1, 7, 30, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))

Row = dict[str, Any]


def silent(step: str, done: int, total: int | None) -> None:
    """Nobody watches."""


@dataclass
class Reader:
    """Reads a collection again and again. `rows` are those that it believes to be there, by id; `keys` those told.

    `made` are rows that we made, and that were never told.
    """

    office: Office
    folder: Path
    collection: Collection
    users: list[str] = field(default_factory=lambda: [ADA])
    span: tuple[datetime, datetime] | None = None
    cursor: str | None = None
    rows: dict[str, Row] = field(default_factory=dict)
    made: dict[str, Row] = field(default_factory=dict)
    told: list[Row] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    removed: list[str] = field(default_factory=list)
    mailboxes: dict[str, str | None] = field(default_factory=dict)
    partly: dict[str, str | None] = field(default_factory=dict)
    rejects: int = 0
    asked_for_known: int = 0
    calls: int = 0
    now: datetime = datetime(2027, 1, 15, 12, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.again()

    def again(self) -> None:
        """Another run begins: nothing is remembered but the cursor."""
        patience = Patience(connect=2, read=2, write=2, attempts=3, pause=0.5, longest=30, sleep=lambda _: None)
        account = self.office.account
        self.source = Outlook("outlook", collection=self.collection)
        self.outlook = OutlookMailboxes(lambda: account, self.folder / "dlt", lambda: self.now, patience, CRM)

    def read(self) -> Landed:
        """What changed is known, and how many calls it took."""
        asked = Asked(self.source.columns, self.users, self.cursor, self.known, self.awaited, self.span)
        before, self.asked_for_known = self.outlook.calls, 0
        landed = self.outlook.land_changes(self.source, asked, self.folder / "entity.duckdb", silent)
        self.calls = self.outlook.calls - before
        with duckdb.connect(str(self.folder / "entity.duckdb")) as con:
            rows = _listed(con, "select * exclude (_file, _line) from landing.rows")
            self.keys = {row["id"] for row in rows}
            self.told = [{**row, "id": id_of(row["id"])} for row in rows]
            removed = _listed(con, "select key from landing.removed order by key")
            self.removed = [id_of(row["key"]) for row in removed]
            boxes = _listed(con, "select * from landing.mailboxes")
            self.rejects = len(_listed(con, "select * from landing.rejects"))
        self.mailboxes = {row["user"]: row["refused"] for row in boxes}
        self.partly = {row["user"]: row["partly"] for row in boxes}
        assert len({row["id"] for row in self.told}) == len(self.told) == landed.rows
        self.rows.update({row["id"]: row for row in self.told})
        for key in self.removed:
            self.rows.pop(key, None)
        self.made = {key: row for key, row in self.made.items() if key not in {*self.rows, *self.removed}}
        self.cursor = landed.cursor
        return landed

    def known(self) -> pa.Table:
        """The rows that are believed to be there."""
        self.asked_for_known += 1
        return _places(self.rows)

    def awaited(self) -> pa.Table:
        return _places(self.made)

    def write(self, *changes: Change) -> list[Written]:
        """What became of these writes, told by ids."""
        keyed = [replace(change, key=key_of(change.key)) if change.key else change for change in changes]
        return [_by_id(written) for written in self.outlook.write(self.source, keyed, silent)]

    def one(self, **wanted: str | None) -> Row:
        """The row that has these values."""
        (found,) = (row for row in self.rows.values() if all(row[name] == value for name, value in wanted.items()))
        return found

    def titles(self) -> list[str]:
        return sorted(row["title"] for row in self.rows.values())


def _places(rows: Mapping[str, Row]) -> pa.Table:
    names = {"key": "id", "user": "user", "place": "place"}
    keyed = [{**row, "id": key_of(row["id"])} for row in rows.values()]
    columns = {name: [row[told] for row in keyed] for name, told in names.items()}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _by_id(written: Written) -> Written:
    row = written.row and {**written.row, "id": id_of(str(written.row["id"]))}
    return replace(written, key=written.key and id_of(written.key), row=row)


def _listed(con: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    listed: list[Row] = con.execute(sql).to_arrow_table().to_pylist()
    return listed


def at(text: str, zone: str = BERLIN) -> dict[str, str]:
    return {"dateTime": text, "timeZone": zone}


def meeting(day: str, **more: object) -> dict[str, object]:
    return {"subject": day, "start": at(f"{day}T10:00:00"), "end": at(f"{day}T11:00:00"), **more}


def in_days(days: int, span: tuple[datetime, datetime] = SPAN) -> tuple[datetime, datetime]:
    return span[0] + timedelta(days=days), span[1] + timedelta(days=days)


def titled(titles: Sequence[str]) -> list[dict[str, object]]:
    return [{"title": title} for title in titles]


@pytest.fixture
def tasks(office: Office, tmp_path: Path) -> Reader:
    return Reader(office, tmp_path, "tasks")


@pytest.fixture
def events(office: Office, tmp_path: Path) -> Reader:
    return Reader(office, tmp_path, "events", span=SPAN)


@pytest.fixture
def contacts(office: Office, tmp_path: Path) -> Reader:
    return Reader(office, tmp_path, "contacts")


def refusal(path: str, status: int, code: str) -> dict[str, object]:
    """The fault that Graph refuses whatever is asked at such a path."""
    body = json.dumps({"error": {"code": code, "message": "no"}})
    return {"path": path, "action": "answer", "status": status, "body": body, "times": 0}
