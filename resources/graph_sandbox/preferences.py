"""The header `Prefer`: page size, zone of times, kind of bodies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .answer import bad_request
from .zones import zone

LARGEST_PAGE = 1_000
_PREFERENCE = re.compile(r"""([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^,;\s]+))""")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a client prefers; blank where it did not say."""

    size: int | None = None
    zone: str = ""
    body: str = ""


def preferences(headers: Mapping[str, str]) -> Preferences:
    """As the call says; Refusal for a page that cannot be and for an unknown zone."""
    told = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _PREFERENCE.finditer(headers.get("prefer", ""))}
    if name := told.get("outlook.timezone", ""):
        zone(name)
    size = told.get("odata.maxpagesize")
    body = told.get("outlook.body-content-type", "")
    return Preferences(None if size is None else whole("odata.maxpagesize", size), name, body.lower())


def whole(name: str, told: str) -> int:
    """A page size that somebody asked for; no page is larger than the largest."""
    if not told.isdecimal() or int(told) < 1:
        raise bad_request(
            f"The limit of '{told}' for {name} query has to be a whole number from 1.", "ErrorInvalidParameter"
        )
    return min(int(told), LARGEST_PAGE)
