"""Writing at most 200 records in one call, each row with its own answer.

The answers of a collection come in the order of its rows and nothing in them names a new row, so an answer of another
length, or one that names another record, is worth nothing: it is treated as lost. How two collections share a call is
in `together`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.ports.crm import RowResult, Rows
from pipelines.ports.objects import ObjectInfo
from pipelines.ports.world import LostAnswer
from resources.salesforce.describe import columns_of
from resources.salesforce.errors import Unavailable, body
from resources.salesforce.ids import long_id
from resources.salesforce.session import OrgSession
from resources.salesforce.values import NotOfType, to_json

ROWS_A_CALL = 200
PATH = "composite/sobjects"

Method = Literal["POST", "PATCH"]
Row = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Collection:
    """Rows that are created (POST) or updated (PATCH). One whose value is none for its field is not sent."""

    method: Method
    rows: Rows
    prepared: Sequence[dict[str, object] | RowResult]
    """Of each row the record as it is sent, or why it is not."""

    @property
    def sent(self) -> list[dict[str, object]]:
        return [record for record in self.prepared if not isinstance(record, RowResult)]

    @property
    def request(self) -> dict[str, object]:
        """What the call has in its body."""
        return {"allOrNone": False, "records": self.sent}

    def results(self, answers: Any) -> list[RowResult]:
        """One a row, given what the org answered. LostAnswer if that is not of these rows."""
        expected = len(self.sent)
        if not isinstance(answers, list) or len(answers) != expected:
            count = len(answers) if isinstance(answers, list) else "no list of"
            raise LostAnswer(f"{expected} rows were written and {count} answers came")
        told = iter(answers)
        return [
            record if isinstance(record, RowResult) else self._result(row, next(told))
            for row, record in zip(self.rows, self.prepared, strict=True)
        ]

    def _result(self, row: Row, answer: Mapping[str, Any]) -> RowResult:
        result = _result(answer, created=self.method == "POST")
        if self.method == "PATCH" and result.record_id and long_id(row["Id"] or "") != result.record_id:
            raise LostAnswer("an answer names another record than the one written")
        return result


def collection(about: ObjectInfo, rows: Rows, method: Method) -> Collection:
    """The rows as the API takes them."""
    if len(rows) > ROWS_A_CALL:
        raise ValueError(f"{len(rows)} rows in one call; the API takes {ROWS_A_CALL}.")
    types = _types(about, rows)
    return Collection(method, rows, [_record(about.name, row, types) for row in rows])


def write(session: OrgSession, written: Collection) -> list[RowResult]:
    """One result a row; there is no call where nothing can be sent."""
    if not written.sent:
        return written.results([])
    response = session.call(written.method, PATH, json=written.request)
    try:
        answers = body(response)
    except Unavailable:
        raise LostAnswer(f"{len(written.sent)} rows were written and the answer was not JSON") from None
    return written.results(answers)


def delete(session: OrgSession, ids: Sequence[str]) -> list[RowResult]:
    """One result an id. A record that is gone already is none to complain of."""
    if len(ids) > ROWS_A_CALL:
        raise ValueError(f"{len(ids)} records in one call; the API takes {ROWS_A_CALL}.")
    params = {"ids": ",".join(ids), "allOrNone": "false"}
    response = session.call("DELETE", PATH, params=params)
    try:
        answers = body(response)
    except Unavailable:
        raise LostAnswer(f"{len(ids)} records were to be deleted and the answer was not JSON") from None
    if len(answers) != len(ids):
        raise LostAnswer(f"{len(ids)} records were to be deleted and {len(answers)} answers came")
    return [_gone(record_id, _result(answer, created=False)) for record_id, answer in zip(ids, answers, strict=True)]


def _gone(record_id: str, result: RowResult) -> RowResult:
    return RowResult(record_id, success=True) if result.code == "ENTITY_IS_DELETED" else result


def _types(about: ObjectInfo, rows: Rows) -> dict[str, str]:
    """The type of each field that any row names; a relationship by external id is a text."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    plain = [name for name in names if "." not in name]
    return {one.asked: one.info.type for one in columns_of(about, plain)} | {
        name: "string" for name in names if "." in name
    }


def _record(sobject: str, row: Row, types: Mapping[str, str]) -> dict[str, object] | RowResult:
    record: dict[str, object] = {"attributes": {"type": sobject}}
    for name, text in row.items():
        try:
            value = to_json(text, types[name])
        except NotOfType:
            code = "INVALID_TYPE_ON_FIELD_IN_RECORD"
            return RowResult(None, success=False, code=code, message=f"not of type {types[name]}", fields=(name,))
        relation, dot, key = name.partition(".")
        if dot and text is None:
            record[f"{relation[:-1]}c" if relation.endswith("__r") else f"{relation}Id"] = None
        else:
            record[relation] = {key: value} if dot else value
    return record


def _result(answer: Mapping[str, Any], *, created: bool) -> RowResult:
    errors = answer.get("errors") or [{}]
    first: Mapping[str, Any] = errors[0]
    record_id = answer.get("id")
    return RowResult(
        record_id=long_id(record_id) if record_id else None,
        success=answer["success"],
        created=created and answer["success"],
        code=first.get("statusCode", ""),
        message=first.get("message", ""),
        fields=tuple(first.get("fields") or ()),
    )
