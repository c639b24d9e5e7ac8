"""Single records: create, read, update, delete, by Id and by external id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .absent_objects import OF_AN_OBJECT, absent
from .dml import Dml, RowResult
from .endpoint import Answer, Call, Route, data, not_emulated
from .errors import ApiError, no_such_column, not_found
from .ids import is_id, to18
from .preconditions import on_condition
from .rendering import record_json
from .schema import FieldDef, SObjectDef
from .store import quote

if TYPE_CHECKING:
    from .org import Org


def routes(org: Org) -> list[Route]:
    return [
        data("sobjects/{sobject}", {"POST": _create}),
        data(
            "sobjects/{sobject}/{id}",
            {"GET": on_condition(_read), "PATCH": on_condition(_update), "DELETE": _delete, "POST": _insert_at},
        ),
        data(
            "sobjects/{sobject}/{field}/{value:rest}",
            {
                "GET": on_condition(_read_by_key),
                "PATCH": on_condition(_upsert),
                "DELETE": _delete_by_key,
                "POST": absent,
            },
        ),
    ]


def _create(call: Call) -> Answer:
    return _created(call, Dml(call.org, call.user).insert(call.params["sobject"], [call.json_object()])[0])


def _insert_at(call: Call) -> Answer:
    """`POST sobjects/Account/Id` creates."""
    if call.params["id"].lower() != "id":
        raise ApiError(405, "METHOD_NOT_ALLOWED", "HTTP Method 'POST' not allowed. Allowed are DELETE,GET,HEAD,PATCH")
    return _create(call)


def _created(call: Call, result: RowResult) -> Answer:
    _raise_error(result)
    location = call.url(f"sobjects/{call.params['sobject']}/{result.id}")
    return Answer(201, {"id": result.id, "success": True, "errors": []}, {"Location": location})


def _update(call: Call) -> Answer:
    definition = Dml(call.org, call.user).definition(call.params["sobject"])
    _write_existing(call, definition, _existing_id(call, definition, call.params["id"]))
    return Answer(204)


def _write_existing(call: Call, definition: SObjectDef, record_id: str) -> None:
    row = call.json_object()
    _refuse_id(row)
    result = Dml(call.org, call.user).update(definition.name, [{**row, "Id": record_id}])[0]
    if (
        result.errors
        and result.errors[0].code == "INVALID_CROSS_REFERENCE_KEY"
        and _missing(call, definition, record_id)
    ):
        raise not_found()
    _raise_error(result)


def _missing(call: Call, definition: SObjectDef, record_id: str) -> bool:
    with call.org.store.read() as db:
        return db.execute(f'select 1 from {quote(definition.name)} where "Id" = ?', (record_id,)).fetchone() is None


def _refuse_id(row: dict[str, Any]) -> None:
    if any(name.lower() == "id" for name in row):
        raise ApiError(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.", ["Id"])


def _delete(call: Call) -> Answer:
    definition = Dml(call.org, call.user).definition(call.params["sobject"])
    return _deleted(call, definition, _existing_id(call, definition, call.params["id"]))


def _deleted(call: Call, definition: SObjectDef, record_id: str) -> Answer:
    if _missing(call, definition, record_id):
        raise not_found()
    _raise_error(Dml(call.org, call.user).delete(definition.name, [record_id])[0])
    return Answer(204)


def _delete_by_key(call: Call) -> Answer:
    definition, _, ids = _by_key(call)
    return _deleted(call, definition, ids[0]) if len(ids) == 1 else _none_or_several(call, definition, ids)


def _read(call: Call) -> Answer:
    definition = Dml(call.org, call.user).definition(call.params["sobject"])
    return _record(call, definition, _existing_id(call, definition, call.params["id"]))


def _read_by_key(call: Call) -> Answer:
    definition, _, ids = _by_key(call)
    return _record(call, definition, ids[0]) if len(ids) == 1 else _none_or_several(call, definition, ids)


def _record(call: Call, definition: SObjectDef, record_id: str) -> Answer:
    fields = asked_fields(call, definition, [n.strip() for n in call.query.get("fields", "").split(",") if n.strip()])
    columns = ", ".join(quote(f.name) for f in definition.columns)
    with call.org.store.read() as db:
        row = db.execute(f'select {columns} from {quote(definition.name)} where "Id" = ?', (record_id,)).fetchone()
    if row is None:
        raise not_found()
    values = dict(zip((f.name for f in definition.columns), row, strict=True))
    if values.get("IsDeleted"):
        raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted", [])
    return Answer(body=record_json(definition, fields, values, lambda name, of: call.url(f"sobjects/{name}/{of}")))


def asked_fields(call: Call, definition: SObjectDef, names: Sequence[str]) -> list[FieldDef]:
    """The fields of that name, Id first; all that the user sees if none is named.

    INVALID_FIELD for one that is not there.
    """
    if not names:
        return call.user.visible(definition)
    found = [definition.fields["Id"]]
    for name in names:
        f = definition.field(name)
        if f is None or not call.user.can_read(definition.name, f.name):
            raise no_such_column(name, definition.name)
        if f not in found:
            found.append(f)
    return found


def _upsert(call: Call) -> Answer:
    definition, key, ids = _by_key(call)
    if len(ids) > 1:
        return _none_or_several(call, definition, ids)
    if key.type == "id":
        if not ids:
            raise not_found()
        _write_existing(call, definition, ids[0])
        return Answer(200, {"id": ids[0], "success": True, "errors": [], "created": False})
    row = call.json_object()
    _refuse_id(row)
    if any(name.lower() == key.name.lower() for name in row):
        message = f"The {key.name} field should not be specified in the sobject data."
        raise ApiError(400, "INVALID_FIELD", message, [key.name])
    if not ids and call.query.get("updateOnly", "").lower() == "true":
        raise not_found()
    result = Dml(call.org, call.user).upsert(definition.name, key.name, [{**row, key.name: call.params["value"]}])[0]
    _raise_error(result)
    body: dict[str, object] = {"id": result.id, "success": True, "errors": [], "created": result.created}
    if float(call.version) < 46 and not result.created:
        return Answer(204)
    return Answer(201 if result.created else 200, body)


def _by_key(call: Call) -> tuple[SObjectDef, FieldDef, list[str]]:
    """The object and key field of the path, and the ids of the records with that key."""
    dml = Dml(call.org, call.user)
    definition = dml.definition(call.params["sobject"])
    if call.params["field"].lower() in OF_AN_OBJECT or _names_record(definition, call.params["field"]):
        raise not_emulated(call.method, call.path)
    key = dml.key(definition, call.params["field"])
    value = call.params["value"]
    if key.type == "id":
        value = _existing_id(call, definition, value)
    alive = ' and "IsDeleted" = 0' if definition.has_soft_delete else ""
    sql = f'select "Id" from {quote(definition.name)} where {quote(key.name)} = ?{alive} order by rowid'
    with call.org.store.read() as db:
        return definition, key, [row[0] for row in db.execute(sql, (value,))]


def _names_record(definition: SObjectDef, value: str) -> bool:
    """True for an id: what follows it is a relationship, not a value."""
    return is_id(value) and value[:3] == definition.key_prefix


def _none_or_several(call: Call, definition: SObjectDef, ids: Sequence[str]) -> Answer:
    if not ids:
        raise not_found()
    return Answer(300, [call.url(f"sobjects/{definition.name}/{record_id}") for record_id in ids])


def _existing_id(call: Call, definition: SObjectDef, value: str) -> str:
    if value.lower() in OF_AN_OBJECT:
        raise not_emulated(call.method, call.path)
    if not is_id(value) or value[:3] != definition.key_prefix:
        raise not_found(f"Provided external ID field does not exist or is not accessible: {value}")
    return to18(value)


def _raise_error(result: RowResult) -> None:
    if result.errors:
        raise result.errors[0].as_api_error()
