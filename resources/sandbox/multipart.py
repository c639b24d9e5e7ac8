"""multipart/form-data into its parts; the bytes of a part stay exactly as sent, line endings included."""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_NAME = re.compile(rb'\bname="?([^";\r\n]+)"?', re.IGNORECASE)


def parts(content_type: str, body: bytes) -> dict[str, bytes] | None:
    """The parts by name, or None if the content is not multipart."""
    boundary = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/") or boundary is None:
        return None
    found: dict[str, bytes] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())[1:]:
        head, blank, content = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if blank and name is not None:
            found[name[1].decode()] = content
    return found
