"""Up to 200 records in one call: create, update, upsert, delete and retrieve, each with a result in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .dml import ROLLED_BACK, Dml, RowResult
from .endpoint import Answer, Call, Route, data
from .errors import ApiError
from .ids import is_id, to18
from .refusal import flag
from .rendering import record_json
from .sobjects import asked_fields
from .store import holes, quote

if TYPE_CHECKING:
    from .org import Org

LIMIT = 200
RETRIEVE_LIMIT = 2000
CHUNKS = 10

Record = dict[str, Any]
Item = TypeVar("Item")
Item_contra = TypeVar("Item_contra", contravariant=True)


def routes(org: Org) -> list[Route]:
    return [
        data("composite/sobjects", {"POST": _create, "PATCH": _update, "DELETE": _delete}),
        data("composite/sobjects/{sobject}", {"GET": _retrieve, "POST": _retrieve}),
        data("composite/sobjects/{sobject}/{field}", {"PATCH": _upsert}),
    ]


def _create(call: Call) -> Answer:
    body = call.json_object()
    insert = Dml(call.org, call.user).insert
    return _answer(written(call, _by_type(_records(body)), insert, together=flag(body, "allOrNone")))


def _update(call: Call) -> Answer:
    body = call.json_object()
    update = Dml(call.org, call.user).update
    return _answer(written(call, _by_type(_records(body)), update, together=flag(body, "allOrNone")))


def _upsert(call: Call) -> Answer:
    body = call.json_object()
    records, sobject = _records(body), call.params["sobject"]
    if any(_type_of(record).lower() != sobject.lower() for record in records):
        raise ApiError(400, "INVALID_INPUT", f"attributes.type of every record must be {sobject}")
    results = Dml(call.org, call.user).upsert(
        sobject, call.params["field"], records, all_or_none=flag(body, "allOrNone")
    )
    return _answer(results, upsert=True)


def _delete(call: Call) -> Answer:
    ids = [value.strip() for value in call.query.get("ids", "").split(",") if value.strip()]
    if not ids:
        raise ApiError(400, "INVALID_INPUT", "ids must be specified")
    _within(ids)
    together = call.query.get("allOrNone", "").lower() == "true"
    groups = [(name, list(group)) for name, group in groupby(ids, key=lambda value: sobject_of(call, value))]
    return _answer(written(call, groups, Dml(call.org, call.user).delete, together=together))


class _Undo(Exception):
    """Nothing of this call may stay."""


class Write(Protocol[Item_contra]):
    def __call__(self, sobject: str, rows: Sequence[Item_contra], /, *, all_or_none: bool) -> list[RowResult]: ...


def written(
    call: Call, groups: Sequence[tuple[str, Sequence[Item]]], write: Write[Item], *, together: bool
) -> list[RowResult]:
    """All groups written in one transaction; `together`, one bad row undoes every group."""
    if len(groups) > CHUNKS:
        advice = "Please rearrange the data to reduce chunking."
        raise ApiError(400, "INVALID_INPUT", f"Cannot have more than {CHUNKS} chunks in a single operation. {advice}")
    results: list[RowResult] = []
    try:
        with call.org.store.write():
            for sobject, rows in groups:
                results += write(sobject, rows, all_or_none=together)
            if together and any(result.errors for result in results):
                raise _Undo
    except _Undo:
        return [
            r if r.errors else RowResult(None if r.created else r.id, False, r.created, (ROLLED_BACK,)) for r in results
        ]
    return results


def _retrieve(call: Call) -> Answer:
    """The records with those ids in their order, null for one that is not there."""
    asked: Mapping[str, Any] = call.json_object() if call.method == "POST" else _asked_in_query(call)
    ids, names = asked.get("ids") or [], asked.get("fields") or []
    if len(ids) > RETRIEVE_LIMIT:
        raise _too_many(RETRIEVE_LIMIT)
    definition = Dml(call.org, call.user).definition(call.params["sobject"])
    if not names:
        raise ApiError(400, "INVALID_INPUT", "fields must be specified")
    fields = asked_fields(call, definition, names)
    wanted = [to18(value) if is_id(value) else value for value in ids]
    columns = ", ".join(quote(f.name) for f in definition.columns)
    alive = ' and "IsDeleted" = 0' if definition.has_soft_delete else ""
    sql = f'select {columns} from {quote(definition.name)} where "Id" in ({holes(len(wanted))}){alive}'
    with call.org.store.read() as db:
        stored = {
            row[0]: dict(zip((f.name for f in definition.columns), row, strict=True)) for row in db.execute(sql, wanted)
        }
    return Answer(
        body=[
            record_json(definition, fields, stored[record_id], lambda name, of: call.url(f"sobjects/{name}/{of}"))
            if record_id in stored
            else None
            for record_id in wanted
        ]
    )


def _asked_in_query(call: Call) -> dict[str, list[str]]:
    return {
        name: [value.strip() for value in call.query.get(name, "").split(",") if value.strip()]
        for name in ("ids", "fields")
    }


def _records(body: Mapping[str, Any]) -> list[Record]:
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ApiError(400, "JSON_PARSER_ERROR", "The request must have a list of objects named records")
    _within(records)
    return records


def _by_type(records: Sequence[Record]) -> list[tuple[str, list[Record]]]:
    return [(name, list(group)) for name, group in groupby(records, key=_type_of)]


def _type_of(record: Record) -> str:
    attributes = record.get("attributes")
    name = attributes.get("type") if isinstance(attributes, dict) else None
    if not isinstance(name, str):
        raise ApiError(400, "INVALID_INPUT", "attributes.type must be specified for every record")
    return name


def sobject_of(call: Call, record_id: str) -> str:
    """Which kind of record that id names; MALFORMED_ID if it is none."""
    definition = call.org.catalogue.with_prefix(record_id) if is_id(record_id) else None
    if definition is None:
        raise ApiError(400, "MALFORMED_ID", f"malformed id {record_id}")
    return definition.name


def _within(listed: Sequence[object]) -> None:
    if len(listed) > LIMIT:
        raise _too_many(LIMIT)


def _too_many(limit: int) -> ApiError:
    message = f"record limit reached. cannot submit more than {limit} records into this call"
    return ApiError(400, "EXCEEDED_ID_LIMIT", message)


def _answer(results: Sequence[RowResult], *, upsert: bool = False) -> Answer:
    return Answer(body=[_shown(result, upsert=upsert) for result in results])


def _shown(result: RowResult, *, upsert: bool) -> dict[str, object]:
    shown: dict[str, object] = {} if result.id is None else {"id": result.id}
    shown["success"] = result.success
    shown["errors"] = [error.as_json() for error in result.errors]
    if upsert:
        shown["created"] = result.created
    return shown
