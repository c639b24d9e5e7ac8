"""Which records were changed or deleted in a span of time: getUpdated and getDeleted. Seconds are ignored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from .dml import Dml
from .endpoint import Answer, Call, Route, data
from .errors import ApiError
from .moments import as_stored, stored_datetime
from .recycle_bin import erased_between
from .rendering import json_value
from .store import quote

if TYPE_CHECKING:
    from .org import Org

UPDATED_BACK = timedelta(days=30)
DELETED_BACK = timedelta(days=15)
MOST_IDS = 600_000


def routes(org: Org) -> list[Route]:
    return [
        data("sobjects/{sobject}/updated", {"GET": _updated}),
        data("sobjects/{sobject}/deleted", {"GET": _deleted}),
    ]


def _updated(call: Call) -> Answer:
    start, end = _span(call, UPDATED_BACK)
    rows = _changed(call, start, end, deleted=False)
    return Answer(body={"ids": [row[0] for row in rows], "latestDateCovered": json_value(end, "datetime")})


def _deleted(call: Call) -> Answer:
    start, end = _span(call, DELETED_BACK)
    gone = erased_between(call.org, Dml(call.org, call.user).definition(call.params["sobject"]).name, start, end)
    rows = sorted([*_changed(call, start, end, deleted=True), *gone], key=lambda row: (row[1], row[0]))
    return Answer(
        body={
            "deletedRecords": [{"id": row[0], "deletedDate": json_value(row[1], "datetime")} for row in rows],
            "earliestDateAvailable": json_value(as_stored(call.org.time() - DELETED_BACK), "datetime"),
            "latestDateCovered": json_value(end, "datetime"),
        }
    )


def _changed(call: Call, start: str, end: str, *, deleted: bool) -> list[tuple[str, str]]:
    definition = Dml(call.org, call.user).definition(call.params["sobject"])
    which = f'and "IsDeleted" = {int(deleted)}' if definition.has_soft_delete else "" if not deleted else "and 0"
    sql = (
        f'select "Id", "SystemModstamp" from {quote(definition.name)} '
        f'where "SystemModstamp" >= ? and "SystemModstamp" < ? {which} order by "SystemModstamp", "Id" limit ?'
    )
    with call.org.store.read() as db:
        rows = db.execute(sql, (start, end, MOST_IDS + 1)).fetchall()
    if len(rows) > MOST_IDS:
        raise ApiError(
            400, "EXCEEDED_ID_LIMIT", f"more than {MOST_IDS} records changed in that span; ask for a shorter one"
        )
    return rows


def _span(call: Call, back: timedelta) -> tuple[str, str]:
    """Start and end of the span that is asked for, as the store writes them."""
    start, end = (_minute(call, name) for name in ("start", "end"))
    if start >= end:
        raise ApiError(400, "INVALID_REPLICATION_DATE", "startDate before endDate required")
    if start < call.org.time() - back:
        raise ApiError(400, "INVALID_REPLICATION_DATE", f"startDate cannot be more than {back.days} days ago")
    return as_stored(start), as_stored(end)


def _minute(call: Call, name: str) -> datetime:
    # A plus sign that a client did not encode arrives as a blank.
    value = call.query.get(name, "").replace(" ", "+")
    try:
        moment = datetime.fromisoformat(stored_datetime(value))
    except ValueError:
        raise ApiError(400, "INVALID_REPLICATION_DATE", f"{name} is missing or no dateTime: {value}") from None
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
