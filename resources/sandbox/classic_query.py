"""What a query batch of Bulk API 1.0 finds, as CSV, JSON or XML.

JSON gives datetimes as milliseconds since 1970, where every other API gives texts.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

import orjson

from .classic_content import NOTHING_FOUND
from .classic_jobs import ClassicJob
from .classic_xml import records_document
from .csv_format import CsvFormat
from .org import Org
from .permissions import User
from .query_processing import bulk_plan
from .reader import Reader, Statement
from .rendering import csv_value
from .soql.plan import Plan
from .soql.shape import Node, Record, Value

_EVERYTHING = 2**31 - 2


def found(org: Org, user: User, statement: Statement, job: ClassicJob) -> tuple[bytes, int]:
    """The result of the statement in the job's format, and of how many records; ApiError if bulk queries do not take
    it.
    """
    plan = bulk_plan(org, user, statement)
    with org.store.snapshot() as db:
        reader = Reader(db, partial(_record_url, job.version), lambda *_: "")
        if job.content_type == "CSV":
            rows = db.execute(plan.rows_sql, plan.parameters).fetchall()
            return _csv(plan, rows), len(rows)
        records, _ = reader.first_page(plan, _EVERYTHING)
    if job.content_type == "XML":
        return records_document(records), len(records)
    if isinstance(plan.shape, Node):
        for record in records:
            _in_milliseconds(record, plan.shape)
    return orjson.dumps(records), len(records)


def _record_url(version: float, sobject: str, record_id: str) -> str:
    return f"/services/data/v{version}/sobjects/{sobject}/{record_id}"


def _csv(plan: Plan, rows: list[tuple[object, ...]]) -> bytes:
    columns = [(name, member) for name, member in plan.listing if isinstance(member, Value)]
    if not rows:
        return f"{NOTHING_FOUND}\n".encode()
    values = ([csv_value(row[member.index], member.type) for _, member in columns] for row in rows)
    return CsvFormat().lines([[name for name, _ in columns], *values])


def _in_milliseconds(record: Record, node: Node) -> None:
    for name, member in node.members.items():
        value = record[name]
        if isinstance(member, Node) and isinstance(value, dict):
            _in_milliseconds(value, member)
        elif isinstance(member, Value) and member.type == "datetime" and isinstance(value, str):
            record[name] = int(datetime.fromisoformat(value).timestamp() * 1000)
