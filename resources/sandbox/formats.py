"""In which format a call of the data API wants its answer. JSON is the only one here; a call for another hears so."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .endpoint import not_emulated

_DATA = re.compile(r"/services/data/", re.IGNORECASE)
_SPOKEN = ("json", "csv", "*/*", "application/*")


def check_format(method: str, path: str, headers: Mapping[str, str]) -> None:
    """NOT_FOUND that says so for a call that accepts nothing but XML."""
    accepted = headers.get("accept", "").lower()
    if _DATA.match(path) and "xml" in accepted and not any(format_ in accepted for format_ in _SPOKEN):
        raise not_emulated(method, f"{path} in XML")
