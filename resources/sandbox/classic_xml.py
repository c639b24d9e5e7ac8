"""The XML of Bulk API 1.0: flat elements in one namespace, read into and written from plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from .errors import ApiError

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
_NIL = f"{{{_SCHEMA}}}nil"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def element(name: str, values: Mapping[str, object]) -> str:
    """One element without its namespace, whose children are the values that are not None."""
    return f"<{name}>{elements(values)}</{name}>"


def elements(values: Mapping[str, object]) -> str:
    """One element a value that is not None."""
    return "".join(f"<{key}>{text(value)}</{key}>" for key, value in values.items() if value is not None)


def document(name: str, inside: str) -> bytes:
    """A whole document whose root has that name."""
    return f'{_HEAD}<{name} xmlns="{NAMESPACE}" xmlns:xsi="{_SCHEMA}">{inside}</{name}>'.encode()


def text(value: object) -> str:
    """A value as XML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value))


def read_flat(body: bytes) -> dict[str, object]:
    """The root's children as texts by name; InvalidXML-like ApiError if it is no XML."""
    return {_local(child.tag): (child.text or "").strip() for child in parsed(body)}


def read_records(body: bytes) -> list[dict[str, object]]:
    """The `sObject` elements of a batch: texts by name, None for xsi:nil, an object for a parent named by its key."""
    return [_record(found) for found in parsed(body) if _local(found.tag) == "sObject"]


def _record(found: ET.Element) -> dict[str, object]:
    record: dict[str, object] = {}
    for child in found:
        if child.get(_NIL, "").lower() == "true":
            record[_local(child.tag)] = None
        elif len(child):
            record[_local(child.tag)] = {key: value for inner in child for key, value in _record(inner).items()}
        else:
            record[_local(child.tag)] = child.text or ""
    return record


def records_document(records: Iterable[Mapping[str, object]]) -> bytes:
    """A `queryResult`: its records as the REST API shows them, the attributes block as xsi:type."""
    return document("queryResult", "".join(_shown("records", record) for record in records))


def _shown(name: str, record: Mapping[str, object]) -> str:
    attributes = record.get("attributes")
    kind = attributes["type"] if isinstance(attributes, Mapping) else "sObject"
    inner = "".join(_member(key, value) for key, value in record.items() if key != "attributes")
    return f'<{name} xsi:type="sObject"><type>{kind}</type>{inner}</{name}>'


def _member(key: str, value: object) -> str:
    if value is None:
        return f'<{key} xsi:nil="true"/>'
    return _shown(key, value) if isinstance(value, Mapping) else f"<{key}>{text(value)}</{key}>"


def parsed(body: bytes) -> ET.Element:
    """The root element; a document type is refused, so that no entity can be declared."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ApiError(400, "InvalidXML", "DOCTYPE is not allowed")
    try:
        return ET.fromstring(body)  # noqa: S314 - without a document type there are no entities to expand
    except ET.ParseError as error:
        raise ApiError(400, "InvalidXML", f"the body is not XML: {error}") from error


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
