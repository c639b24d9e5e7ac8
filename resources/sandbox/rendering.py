"""Stored values as the REST API shows them in JSON, and as bulk query results show them in CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .schema import FieldDef, SObjectDef

_ADDRESS_KEYS = ("City", "Country", "GeocodeAccuracy", "Latitude", "Longitude", "PostalCode", "State", "Street")


def json_value(value: object, field_type: str) -> object:
    """One stored value in JSON: booleans as booleans, datetimes as `2022-03-17T16:21:26.000+0000`, whole ints."""
    if value is None:
        return None
    if field_type == "boolean":
        return bool(value)
    if field_type == "datetime":
        return f"{str(value)[:-1]}+0000"
    return value


def csv_value(value: object, field_type: str) -> str:
    """One stored value in a bulk result: null as nothing, booleans as true and false, datetimes in UTC with a Z."""
    if value is None:
        return ""
    if field_type == "boolean":
        return "true" if value else "false"
    return str(value)


def address_value(parts: Mapping[str, object]) -> dict[str, object] | None:
    """A compound address from its parts by their last words (`City`, `Street`, …); None when all are empty."""
    if all(part is None for part in parts.values()):
        return None
    return {key[0].lower() + key[1:]: parts.get(key) for key in _ADDRESS_KEYS}


def record_json(
    definition: SObjectDef,
    fields: Sequence[FieldDef],
    values: Mapping[str, object],
    record_url: Callable[[str, str], str],
) -> dict[str, object]:
    """A whole record, with its attributes first and the fields in the given order; `values` are the stored columns."""
    record: dict[str, object] = {
        "attributes": {"type": definition.name, "url": record_url(definition.name, str(values["Id"]))}
    }
    for f in fields:
        if f.type == "address":
            prefix = f.name.removesuffix("Address")
            parts = {part.name.removeprefix(prefix): values[part.name] for part in definition.parts_of(f.name)}
            record[f.name] = address_value(parts)
        else:
            record[f.name] = json_value(values[f.name], f.type)
    return record
