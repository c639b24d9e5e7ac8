"""`columns=true`: what the columns of a query are, which command-line clients ask before they print a table."""

from __future__ import annotations

from .schema import NUMBER_TYPES, Catalogue, FieldDef
from .soql.names import NAME
from .soql.plan import Plan
from .soql.shape import Address, Aggregated, Children, Node, Value

Column = dict[str, object]

_NUMBERS = NUMBER_TYPES | {"int"}
_APEX_TYPES = {
    "id": "Id", "reference": "Id", "boolean": "Boolean", "int": "Integer", "double": "Double", "currency": "Decimal",
    "percent": "Decimal", "date": "Date", "datetime": "Datetime",
}  # fmt: skip


def column_metadata(plan: Plan, catalogue: Catalogue) -> list[Column]:
    """One entry a selected column; parents and subqueries are entries with the columns inside them."""
    match plan.shape:
        case Aggregated(values):
            return [_column(value.name, value.type, None, aggregate=True) for value in values]
        case Node():
            return _columns(plan.shape, plan, catalogue)
        case None:
            return []


def _columns(node: Node, plan: Plan, catalogue: Catalogue) -> list[Column]:
    columns = []
    for name, member in node.members.items():
        match member:
            case Value() | Address():
                kind = member.type if isinstance(member, Value) else "address"
                definition = catalogue.get(node.sobject) or NAME
                columns.append(_column(name, kind, definition.field(name)))
            case Node():
                columns.append(_joined(name, _columns(member, plan, catalogue)))
            case Children(number):
                columns.append(_joined(name, column_metadata(plan.children[number].plan, catalogue)))
    return columns


def _joined(name: str, columns: list[Column]) -> Column:
    return _column(name, "relationship", None) | {"joinColumns": columns}


def _column(name: str, kind: str, definition: FieldDef | None, *, aggregate: bool = False) -> Column:
    return {
        "aggregate": aggregate,
        "apexType": _APEX_TYPES.get(kind, "String"),
        "booleanType": kind == "boolean",
        "columnName": name,
        "custom": name.endswith(("__c", "__r")),
        "displayName": name,
        "foreignKeyName": None if definition is None else definition.relationship_name,
        "insertable": definition is not None and definition.createable,
        "joinColumns": [],
        "numberType": kind in _NUMBERS,
        "textType": kind not in _NUMBERS and kind not in ("boolean", "relationship"),
        "updatable": definition is not None and definition.updateable,
    }
