"""Since when a describe says what it says: Last-Modified, and 304 for a client that knows it already.

What a describe said is remembered by user until the server stops; one that was never asked for is as old as its first
answer.
"""

from __future__ import annotations

import hashlib
import threading
from datetime import datetime, timedelta
from email.utils import format_datetime

import orjson

from .endpoint import Answer, Call
from .preconditions import moment_of


class Ages:
    """When each describe was last another one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], tuple[str, datetime]] = {}

    def answer(self, call: Call, body: dict[str, object]) -> Answer:
        """The describe with its age, or 304 without it if it has not changed since the moment that the call names."""
        digest = hashlib.sha256(orjson.dumps(body)).hexdigest()[:16]
        changed = self._changed(call, digest)
        headers = {"Last-Modified": format_datetime(changed, usegmt=True), "ETag": f'"{digest}"'}
        since = moment_of(call.headers.get("if-modified-since", ""))
        if call.headers.get("if-none-match") == headers["ETag"] or (since is not None and changed <= since):
            return Answer(304, headers=headers)
        return Answer(body=body, headers=headers)

    def _changed(self, call: Call, digest: str) -> datetime:
        place = (call.user.id, call.path.lower())
        with self._lock:
            known = self._known.get(place)
            if known is None or known[0] != digest:
                # Headers have whole seconds: who asks with the Date of the first answer must hear 304, and who heard
                # another describe within this very second must not.
                away = timedelta(seconds=-1 if known is None else 1)
                known = (digest, call.org.time().replace(microsecond=0) + away)
                self._known[place] = known
        return known[1]
