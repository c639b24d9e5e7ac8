"""GET query, queryAll and the pages behind nextRecordsUrl."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime

from .cursors import Cursors, Found, invalid_locator
from .endpoint import Answer, Call, Route, data, not_emulated
from .errors import ApiError
from .org import Org
from .query_columns import column_metadata
from .reader import Reader, Statement
from .soql.plan import Plan
from .soql.shape import Aggregated

LARGEST_PAGE = 2000
SMALLEST_PAGE = 200
_BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)
_LOCATOR = re.compile(r"(\w{18})-(\d{1,9})", re.ASCII)


def routes(org: Org) -> list[Route]:
    queries = _Queries(org)
    return [
        data("query", {"GET": queries.query}),
        data("queryAll", {"GET": queries.query_all}),
        data("query/{locator}", {"GET": queries.more}),
        data("queryAll/{locator}", {"GET": queries.more}),
    ]


class _Queries:
    def __init__(self, org: Org) -> None:
        self._org = org
        self._cursors = Cursors(org)

    def query(self, call: Call) -> Answer:
        return self._first(call, with_deleted=False)

    def query_all(self, call: Call) -> Answer:
        return self._first(call, with_deleted=True)

    def more(self, call: Call) -> Answer:
        """The page a locator such as 0r8…-2000 names: that many records are already with the client."""
        match = _LOCATOR.fullmatch(call.params["locator"])
        if match is None:
            raise invalid_locator()
        locator, start = match[1], int(match[2])
        found, ids = self._cursors.read(locator, call.user.id, start, _asked_size(call))
        statement = Statement(found.statement, found.with_deleted, datetime.fromisoformat(found.now))
        plan = statement.plan(self._org, call.user)
        for number in found.place:
            plan = plan.children[number].plan
        with self._org.store.snapshot() as db:
            records = self._reader(call, db, statement).page(plan, ids, found.size, tuple(found.place))
        beyond = start + len(ids)
        answer: dict[str, object] = {"totalSize": found.total, "done": beyond >= found.total}
        if beyond < found.total:
            answer["nextRecordsUrl"] = call.url(f"query/{locator}-{beyond}")
        return Answer(body=answer | {"records": records})

    def _first(self, call: Call, *, with_deleted: bool) -> Answer:
        if "explain" in call.query:
            raise not_emulated(call.method, f"{call.path} with explain")
        text = call.query.get("q")
        if text is None:
            raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
        statement = Statement(text, with_deleted, self._org.time())
        plan = statement.plan(self._org, call.user)
        if call.query.get("columns", "").lower() == "true":
            return Answer(body={"columnMetadata": column_metadata(plan, self._org.catalogue)})
        with self._org.store.snapshot() as db:
            return self._answer(call, self._reader(call, db, statement), plan, statement)

    def _answer(self, call: Call, reader: Reader, plan: Plan, statement: Statement) -> Answer:
        size = _asked_size(call) or LARGEST_PAGE
        if plan.shape is None:
            return Answer(body={"totalSize": reader.count(plan), "done": True, "records": []})
        if isinstance(plan.shape, Aggregated):
            size = LARGEST_PAGE
        records, ids = reader.first_page(plan, size)
        if not ids and len(records) > size:
            message = (
                "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
            )
            raise ApiError(400, "EXCEEDED_ID_LIMIT", message)
        if not ids:
            return Answer(body={"totalSize": len(records), "done": True, "records": records})
        url = self._keep(call, statement, (), ids, size)
        return Answer(body={"totalSize": len(ids), "done": False, "nextRecordsUrl": url, "records": records})

    def _reader(self, call: Call, db: sqlite3.Connection, statement: Statement) -> Reader:
        return Reader(
            db,
            lambda sobject, record_id: call.url(f"sobjects/{sobject}/{record_id}"),
            lambda place, ids, size: self._keep(call, statement, place, ids, size),
        )

    def _keep(self, call: Call, statement: Statement, place: tuple[int, ...], ids: list[str], size: int) -> str:
        now = statement.now.isoformat()
        found = Found(call.user.id, statement.text, statement.with_deleted, now, place, len(ids), size)
        return call.url(f"query/{self._cursors.keep(found, ids)}-{size}")


def _asked_size(call: Call) -> int | None:
    """The page size of Sforce-Query-Options, brought into the allowed range; None if none was asked for."""
    match = _BATCH_SIZE.search(call.headers.get("sforce-query-options", ""))
    return min(max(int(match[1]), SMALLEST_PAGE), LARGEST_PAGE) if match else None
