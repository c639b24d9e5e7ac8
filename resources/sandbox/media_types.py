"""What the body of a call is written in, by its Content-Type, and the refusal of what its resource does not take.

Which types a resource takes stands at its route; those of Bulk API 1.0 follow from its jobs (`classic`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .errors import ApiError

CSV = "text/csv"
FORM = "multipart/form-data"
JSON = "application/json"
XML = "application/xml"


def media_type(headers: Mapping[str, str]) -> str:
    """The Content-Type without its parameters, in lower case; empty if there is none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def refuse_unsupported(headers: Mapping[str, str], taken: Collection[str]) -> None:
    """Raises UNSUPPORTED_MEDIA_TYPE unless the body is of a type that is taken."""
    found = media_type(headers)
    if found not in taken:
        absent = " (XML is not emulated by this sandbox)" if found == XML else ""
        message = f"MediaType of '{found}' is not supported by this resource{absent}"
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", message)
