"""How long the address and the headers of a call may be; the web server refuses more before the org sees the call.

What is too long is neither counted nor told of in JSON: the answer is the page of the platform's web server.
"""

from __future__ import annotations

from starlette.types import Scope

from .endpoint import Answer

LONGEST = 16_384
"""Bytes of an address with its query, and of an address together with all headers."""


def too_long(scope: Scope) -> Answer | None:
    """The refusal of a call whose address, or address and headers, are too long."""
    query = scope["query_string"]
    address = len(scope["raw_path"]) + (len(query) + 1 if query else 0)
    if address > LONGEST:
        return _page(414, "URI Too Long")
    # Each header is a line of its own: a colon and a blank after its name, two characters at its end.
    if address + sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > LONGEST:
        return _page(431, "Request Header Fields Too Large")
    return None


def _page(status: int, reason: str) -> Answer:
    page = f"<h1>Bad Message {status}</h1><pre>reason: {reason}</pre>"
    return Answer(status, page.encode(), {"Content-Type": "text/html;charset=iso-8859-1", "Connection": "close"})
