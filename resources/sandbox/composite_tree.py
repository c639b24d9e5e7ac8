"""Records with their children in one call, up to 200 in all: every one is created, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .dml import Dml
from .endpoint import Answer, Call, Route, data
from .errors import ApiError
from .schema import ChildRelationship, SObjectDef

if TYPE_CHECKING:
    from .org import Org

LIMIT = 200
LEVELS = 5

Errors = list[dict[str, object]]
Parent = tuple[str, str]
"""The reference of the parent, and the field that its id goes into."""


def routes(org: Org) -> list[Route]:
    return [data("composite/tree/{sobject}", {"POST": _tree})]


@dataclass(frozen=True, slots=True)
class _Node:
    """A record to create, and its parent if it has one."""

    reference: str
    definition: SObjectDef
    row: Mapping[str, object]
    parent: Parent | None


class _Failed(Exception):
    """Nothing of this call may stay."""

    def __init__(self, reference: str, errors: Errors) -> None:
        super().__init__(reference)
        self.result = {"referenceId": reference, "errors": errors}


def _tree(call: Call) -> Answer:
    dml = Dml(call.org, call.user)
    nodes = list(_nodes(dml, dml.definition(call.params["sobject"]), call.json_object(), None, 1))
    if len(nodes) > LIMIT:
        raise ApiError(400, "INVALID_INPUT", f"At most {LIMIT} records in all are allowed")
    if len({node.reference for node in nodes}) < len(nodes):
        raise ApiError(400, "INVALID_INPUT", "Duplicate ReferenceId provided in the request.")
    ids: dict[str, str] = {}
    try:
        with call.org.store.write():
            for node in nodes:
                ids[node.reference] = _create(dml, node, ids)
    except _Failed as failed:
        return Answer(400, {"hasErrors": True, "results": [failed.result]})
    results = [{"referenceId": reference, "id": record_id} for reference, record_id in ids.items()]
    return Answer(201, {"hasErrors": False, "results": results})


def _nodes(dml: Dml, definition: SObjectDef, body: Any, parent: Parent | None, level: int) -> Iterator[_Node]:
    """The records of a level, each followed by its children."""
    records = body.get("records") if isinstance(body, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records) or level > LEVELS:
        raise ApiError(400, "JSON_PARSER_ERROR", f"Lists of objects named records are needed, {LEVELS} levels at most")
    for record in records:
        attributes = record.get("attributes")
        reference = attributes.get("referenceId") if isinstance(attributes, dict) else None
        if not isinstance(reference, str):
            raise ApiError(400, "INVALID_INPUT", "Include a reference ID for each record in the request.")
        children = {name: child for name, child in record.items() if isinstance(child, dict) and "records" in child}
        row = {name: value for name, value in record.items() if name not in children and name != "attributes"}
        yield _Node(reference, definition, row, parent)
        for name, child in children.items():
            relationship = _relationship(definition, name)
            below = dml.definition(relationship.child_sobject)
            yield from _nodes(dml, below, child, (reference, relationship.field), level + 1)


def _relationship(definition: SObjectDef, name: str) -> ChildRelationship:
    for child in definition.child_relationships:
        if (child.relationship_name or "").lower() == name.lower():
            return child
    raise ApiError(400, "INVALID_FIELD", f"No such relationship '{name}' on sobject of type {definition.name}")


def _create(dml: Dml, node: _Node, ids: Mapping[str, str]) -> str:
    row = dict(node.row)
    if node.parent is not None:
        reference, field = node.parent
        row[field] = ids[reference]
    try:
        [result] = dml.insert(node.definition.name, [row])
    except ApiError as error:
        refused: Errors = [{"statusCode": error.code, "message": error.message, "fields": error.fields or []}]
        raise _Failed(node.reference, refused) from error
    if result.errors or result.id is None:
        raise _Failed(node.reference, [error.as_json() for error in result.errors])
    return result.id
