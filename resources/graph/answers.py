"""What an answer of Microsoft Graph means, or its absence: content, a refused token, nothing that can be used.

Texts of errors name the kind of thing, never a value, an id or a token.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson
import requests
from requests.exceptions import ChunkedEncodingError, ContentDecodingError

from pipelines.ports.world import SourceError, SystemicError
from resources.salesforce.connections import before_sending, causes, explain
from resources.salesforce.errors import Unavailable as Unreached

BROKEN = (requests.ConnectionError, requests.Timeout, ChunkedEncodingError, ContentDecodingError)
"""How it shows that no whole answer came."""

Content = Mapping[str, Any]
Got = requests.Response | requests.RequestException

_SETTINGS = {90002: "GRAPH_TENANT", 700016: "GRAPH_CLIENT_ID", 7000215: "GRAPH_CLIENT_SECRET"}


class Busy(SourceError):
    """Graph could not answer, however often it was asked. It may go well the next time."""


def content_of(got: Got) -> Content | None:
    """What a whole answer says, a refusal included; None for one that says only that Graph could not answer now."""
    if isinstance(got, requests.RequestException) or got.status_code in (408, 429) or got.status_code >= 500:
        return None
    if not got.content:
        return {}
    try:
        content = _parsed(got.content)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # what was cut off within a sign ends in half of it, which is no text: it becomes the sign for that
        text = json.dumps(json.loads(body), ensure_ascii=False)
        return orjson.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def without_effect(got: Got) -> bool:
    """True if a write to which this was the answer surely did nothing."""
    return before_sending(got) if isinstance(got, requests.RequestException) else got.status_code in (429, 503)


def given_up(got: Got, url: str) -> SourceError | SystemicError:
    """The error for who asked in vain at that address."""
    if isinstance(got, requests.Response):
        code = "graph_busy" if got.status_code == 429 else "graph_failed"
        return Busy(code, f"Graph answered {got.status_code}, however often it was asked")
    if isinstance(explain(got, url), Unreached):
        kind = next((type(cause).__name__ for cause in causes(got) if isinstance(cause, OSError)), type(got).__name__)
        return Busy("graph_unreachable", f"Graph cannot be reached ({kind})")
    remedy = "if it is signed by an authority of your own, name its file in GRAPH_CA_FILE"
    return SystemicError("graph_tls", f"the certificate of Graph is not trusted; {remedy}")


def token_of(status: int, content: Content) -> tuple[str, float]:
    """The token that was given, and for how many seconds; SystemicError that names the setting if none was."""
    token = content.get("access_token")
    if status == 200 and isinstance(token, str):
        return token, float(content.get("expires_in") or 0)
    number = next(iter(content.get("error_codes") or []), 0)
    remedy = f"look at {_SETTINGS.get(number, 'GRAPH_TENANT, GRAPH_CLIENT_ID and GRAPH_CLIENT_SECRET')}"
    error = content.get("error")
    kind = error if isinstance(error, str) else f"status {status}"
    raise SystemicError("graph_token", f"no token was given ({kind}, AADSTS{number}): {remedy}")
