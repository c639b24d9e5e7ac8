"""`GET /v1/<collection>`: the rows updated since a moment, page after page, oldest update first.

A row that is updated while somebody reads moves behind all others: it may come twice, and it is never missed.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

import orjson

from .answer import Answer, Refusal
from .moments import understood
from .store import Place, Store

COLLECTIONS = ("profiles", "connections")
PAGE = 100
LARGEST_PAGE = 1_000


def page(store: Store, collection: str, query: Mapping[str, str], *, overlapping: bool = False) -> Answer:
    """The page asked for; with `overlapping` it begins with the last row of the page before."""
    if collection not in COLLECTIONS:
        raise Refusal(404, "not_found", f"there are {' and '.join(COLLECTIONS)} here")
    limit, start = _limit(query.get("limit", "")), _start(query)
    rows = store.after(collection, start, limit + 1, at_place=overlapping)
    more = rows[limit:]
    shown = rows[:limit]
    cursor = b"null" if not more else orjson.dumps(_cursor(shown[-1][:2]))
    return Answer(body=b'{"data":[' + b",".join(body for _, _, body in shown) + b'],"next_cursor":' + cursor + b"}")


def _limit(text: str) -> int:
    if not text:
        return PAGE
    if not text.isdecimal() or int(text) < 1:
        raise Refusal(400, "invalid_limit", "limit is a whole number from 1")
    return min(int(text), LARGEST_PAGE)


def _start(query: Mapping[str, str]) -> Place:
    if "cursor" in query:
        return _place(query["cursor"])
    since = query.get("updated_since", "")
    try:
        return (understood(since) if since else "", "")
    except ValueError:
        raise Refusal(400, "invalid_updated_since", "updated_since is a moment such as 2026-01-31T08:15:00Z") from None


def _cursor(place: Place) -> str:
    return urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def _place(cursor: str) -> Place:
    try:
        stamp, row_id = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        raise Refusal(400, "invalid_cursor", "cursor is what next_cursor of the page before said") from None
    return str(stamp), str(row_id)
