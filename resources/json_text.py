"""JSON that a service wrote from broken text: half of a pair of surrogates, which no parser takes."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a whole pair
    rb"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|\\."  # any other, so that an escaped backslash begins none
)


def whole_characters(body: bytes) -> bytes:
    """The JSON with U+FFFD for every escaped surrogate that has no partner; all else as it is."""
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found["half"] else found[0], body)
