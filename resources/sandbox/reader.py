"""Runs plans of SOQL statements against the store: pages of records with their children, counts, aggregates.

Locators and HTTP are in `cursors` and `query`; CSV results in `query_jobs`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import orjson

from .org import Org
from .permissions import User
from .soql.emit import compile_soql
from .soql.plan import Child, Plan
from .soql.scope import View
from .soql.shape import Aggregated, Node, Record
from .soql.values import fold
from .time_zones import zone_of

NextUrl = Callable[[tuple[int, ...], list[str], int], str]


def view(org: Org, user: User, *, with_deleted: bool, now: datetime | None = None) -> View:
    """The org as this user's statements see it."""
    return View(
        org.catalogue,
        lambda sobject: user.may("read", sobject),
        user.can_read,
        now or org.time(),
        zone_of(user.time_zone),
        with_deleted,
    )


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of one user at one moment; compiled anew for every page, so that lost permissions count at once."""

    text: str
    with_deleted: bool
    now: datetime

    def plan(self, org: Org, user: User) -> Plan:
        return compile_soql(self.text, view(org, user, with_deleted=self.with_deleted, now=self.now))


def prepared(db: sqlite3.Connection) -> sqlite3.Connection:
    """The connection with the function that emitted SQL needs."""
    db.create_function("soql_fold", 1, fold, deterministic=True)
    return db


class Reader:
    """Reads through one connection; `next_url` keeps the ids of what does not fit on a page and says where it is."""

    def __init__(self, db: sqlite3.Connection, record_url: Callable[[str, str], str], next_url: NextUrl) -> None:
        self._db = prepared(db)
        self._record_url = record_url
        self._next_url = next_url

    def first_page(self, plan: Plan, size: int) -> tuple[list[Record], list[str]]:
        """The first records and, only if they are not all, the ids of all records in order."""
        rows = self._rows(plan.rows_sql, plan.parameters, size + 1)
        if isinstance(plan.shape, Aggregated):
            return [plan.shape.record(row) for row in rows], []
        ids = [str(row[0]) for row in self._rows(plan.ids_sql, plan.parameters)] if len(rows) > size else []
        return self._records(plan, rows[:size], size, ()), ids

    def page(self, plan: Plan, ids: Sequence[str], size: int, place: tuple[int, ...]) -> list[Record]:
        """The records with these ids in this order, as they are now; ids that are gone for good are left out."""
        found = {row[0]: row for row in self._rows(plan.by_ids_sql, (orjson.dumps(ids).decode(),))}
        return self._records(plan, [found[i] for i in ids if i in found], size, place)

    def count(self, plan: Plan) -> int:
        [(count,)] = self._rows(plan.count_sql, plan.parameters)
        return int(str(count))

    def _records(self, plan: Plan, rows: Sequence[Sequence[object]], size: int, place: tuple[int, ...]) -> list[Record]:
        if not isinstance(plan.shape, Node):
            raise TypeError("only a query for records has records")
        shape = plan.shape
        records = [record for row in rows if (record := shape.record(row, self._record_url)) is not None]
        for number, child in enumerate(plan.children):
            by_parent = self._children(child, [str(row[0]) for row in rows], size, (*place, number))
            for row, record in zip(rows, records, strict=True):
                record[child.name] = by_parent.get(str(row[0]))
        return records

    def _children(self, child: Child, parents: list[str], size: int, place: tuple[int, ...]) -> dict[str, Record]:
        """The answer of a subquery by parent id; parents without children are not in it."""
        plan = child.plan
        sql = plan.of_parents_sql(child.parent_field)
        rows = self._rows(sql, (*plan.parameters, orjson.dumps(parents).decode()))
        grouped: dict[str, list[Sequence[object]]] = {}
        for parent, theirs in groupby(rows, key=lambda row: str(row[0])):
            grouped.setdefault(parent, []).extend(row[1:] for row in theirs)
        last = None if plan.limit is None else plan.offset + plan.limit
        answers = {}
        for parent, all_rows in grouped.items():
            theirs_now = all_rows[plan.offset : last]
            if theirs_now:
                answers[parent] = self._child_answer(plan, theirs_now, size, place)
        return answers

    def _child_answer(self, plan: Plan, rows: list[Sequence[object]], size: int, place: tuple[int, ...]) -> Record:
        answer: Record = {"totalSize": len(rows), "done": len(rows) <= size}
        if len(rows) > size:
            answer["nextRecordsUrl"] = self._next_url(place, [str(row[0]) for row in rows], size)
        answer["records"] = self._records(plan, rows[:size], size, place)
        return answer

    def _rows(self, sql: str, parameters: Sequence[object], most: int = -1) -> list[tuple[object, ...]]:
        cursor = self._db.execute(sql, parameters)
        rows = cursor.fetchall() if most < 0 else cursor.fetchmany(most)
        cursor.close()
        return rows
