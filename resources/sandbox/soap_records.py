"""SOAP's sObjects: rows to write as they come in, save results as they go out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from .columns import Table
from .dml import RowResult
from .errors import RowError
from .soap_xml import SoapFault, first, kind, local, member, texts

LIMIT = 200
_NULL = "#N/A"

Record = tuple[str, dict[str, str]]


def records(operation: ET.Element) -> list[Record]:
    """Object name and cells of every `sObjects` element."""
    found = [row(child) for child in operation if local(child) == "sObjects"]
    _check_count(found)
    return found


def ids(operation: ET.Element) -> list[str]:
    """The `ids` elements."""
    found = texts(operation, "ids")
    _check_count(found)
    return found


def _check_count(found: Sequence[object]) -> None:
    if len(found) > LIMIT:
        message = f"record limit reached. cannot submit more than {LIMIT} records into this call"
        raise SoapFault("EXCEEDED_ID_LIMIT", message)


def row(element: ET.Element) -> Record:
    """Object name and cells of one sObject."""
    sobject = first(element, "type") or kind(element)
    cells = dict.fromkeys(texts(element, "fieldsToNull"), _NULL)
    for child in element:
        name = local(child)
        if name in ("type", "fieldsToNull"):
            continue
        if len(child):
            parent = {local(inner): inner.text or "" for inner in child if local(inner) != "type"}
            cells |= {f"{name}.{key}": value for key, value in parent.items()}
        else:
            cells[name] = child.text or ""
    return sobject, cells


def tables(found: Sequence[Record]) -> list[tuple[str, Table]]:
    """The records in runs of one object, each as a table of texts; a cell that a record lacks is empty."""
    runs = []
    for sobject, run in groupby(found, key=lambda record: record[0]):
        rows = [cells for _, cells in run]
        names = list(dict.fromkeys(name for cells in rows for name in cells))
        runs.append((sobject, Table(names, [[cells.get(name, "") for name in names] for cells in rows])))
    return runs


def save_results(results: Sequence[RowResult], *, upsert: bool = False) -> str:
    """The `result` elements of a write, one each in the order of its rows."""
    return "".join(member("result", _shown(result, upsert=upsert)) for result in results)


def _shown(result: RowResult, *, upsert: bool) -> dict[str, object]:
    shown: dict[str, object] = {"created": result.created} if upsert else {}
    return {**shown, "errors": result_errors(result.errors), "id": result.id, "success": result.success}


def result_errors(errors: Sequence[RowError]) -> list[dict[str, object]]:
    """The members of every `errors` element."""
    return [{"fields": list(error.fields), "message": error.message, "statusCode": error.code} for error in errors]
