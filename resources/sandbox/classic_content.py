"""What a batch of Bulk API 1.0 holds and gives back, in CSV, JSON and XML: rows in, results out.

Rows of all three become the same table of texts, as the platform treats them alike: an empty text leaves a field
alone, `#N/A` clears it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from . import classic_xml as xml
from .csv_format import CsvFormat
from .ingest_content import UNCLOSED, BadContent
from .media_types import CSV, JSON, XML

MEDIA_TYPES = {"CSV": CSV, "JSON": JSON, "XML": XML}
"""What a batch of a job is sent as, by the content type of the job."""
CONTENT_TYPES = {"CSV": "text/csv; charset=UTF-8", "JSON": "application/json;charset=UTF-8", "XML": "application/xml"}
NULL = "#N/A"
NOTHING_FOUND = "Records not found for this query"
_RESULT_COLUMNS = ("Id", "Success", "Created", "Error")

Result = dict[str, Any]


def table(content_type: str, content: bytes) -> tuple[list[str], list[list[str]]]:
    """The names and the rows of a batch; BadContent if it is not what the job said it would be."""
    if content_type == "CSV":
        try:
            rows = list(CsvFormat().rows(content))
        except UnicodeDecodeError as error:
            raise BadContent(f"ClientInputError : The data is not UTF-8 at byte {error.start}") from error
        if CsvFormat().ends_within_quotes(content):
            raise BadContent(UNCLOSED)
        return (rows[0], rows[1:]) if rows else ([], [])
    records = xml.read_records(content) if content_type == "XML" else _json_records(content)
    flat = [dict(_cells(record)) for record in records]
    names = list(dict.fromkeys(name for record in flat for name in record))
    return names, [[record.get(name, "") for name in names] for record in flat]


def _json_records(content: bytes) -> list[dict[str, object]]:
    try:
        records = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadContent(f"InvalidBatch : the batch is not JSON: {error.msg}") from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise BadContent("InvalidBatch : the batch must be a JSON array of objects")
    return records


def _cells(record: Mapping[str, object]) -> list[tuple[str, str]]:
    cells: list[tuple[str, str]] = []
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, Mapping):
            cells += [(f"{name}.{key}", _text(inner)) for key, inner in value.items() if key != "attributes"]
        else:
            cells.append((name, _text(value)))
    return cells


def _text(value: object) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def results(content_type: str, listed: Sequence[Result]) -> bytes:
    """The results of a batch of rows, one each in their order. A result is id, success, created, errors and error."""
    if content_type == "CSV":
        rows = [[r["id"] or "", _text(r["success"]), _text(r["created"]), r["error"]] for r in listed]
        return CsvFormat().lines([_RESULT_COLUMNS, *rows])
    if content_type == "JSON":
        return orjson.dumps([{key: value for key, value in r.items() if key != "error"} for r in listed])
    return xml.document("results", "".join(map(_result_element, listed)))


def _result_element(result: Result) -> str:
    errors = "".join(
        xml.element("errors", {"message": error["message"], "statusCode": error["statusCode"]})
        for error in result["errors"]
    )
    plain = xml.element("result", {key: result[key] for key in ("id", "success", "created")})
    return plain.replace("</result>", f"{errors}</result>")
