"""Calls about a record that are carried out only if it was changed since a moment, or was not: else 304, or 412.

Entity tags of records, and conditions for a record that is named by a key, are not emulated. That both answers have no
body is ours; the documentation names their status.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .dml import Dml
from .endpoint import Answer, Call, Handler, not_emulated
from .errors import ApiError
from .ids import to18
from .store import quote

_EMULATED = ("if-modified-since", "if-unmodified-since")
_HEADERS = (*_EMULATED, "if-match", "if-none-match")


def moment_of(header: str) -> datetime | None:
    """The moment that an HTTP header tells; None if it tells none."""
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def on_condition(handler: Handler) -> Handler:
    """The handler of a call about one record, asked only if what the call's headers demand of the record is so."""

    def conditional(call: Call) -> Answer:
        demanded = [name for name in _HEADERS if name in call.headers]
        if not demanded:
            return handler(call)
        if "id" not in call.params or not set(demanded) <= set(_EMULATED):
            raise not_emulated(call.method, f"{call.path} with {', '.join(demanded)}")
        modified = _modified(call)
        return (None if modified is None else _instead(call, modified)) or handler(call)

    return conditional


def _instead(call: Call, modified: datetime) -> Answer | None:
    asked = call.headers.get("if-unmodified-since")
    unmodified_since = None if asked is None else moment_of(asked)
    if asked is not None and unmodified_since is None and call.method != "GET":
        raise ApiError(400, "INVALID_INPUT", f"If-Unmodified-Since is no date: {asked}")
    if unmodified_since is not None and modified > unmodified_since:
        return Answer(412)
    since = moment_of(call.headers.get("if-modified-since", ""))
    return Answer(304) if call.method == "GET" and since is not None and modified <= since else None


def _modified(call: Call) -> datetime | None:
    """When the record of the path was last modified, in whole seconds as headers have them; None if it is not there."""
    definition = Dml(call.org, call.user).definition(call.params["sobject"])
    sql = f'select "LastModifiedDate" from {quote(definition.name)} where "Id" = ?'
    with call.org.store.read() as db:
        row = db.execute(sql, (to18(call.params["id"]),)).fetchone()
    return None if row is None else datetime.fromisoformat(row[0]).replace(microsecond=0)
