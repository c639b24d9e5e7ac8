"""The calendar between two moments: single events, occurrences and exceptions of series; and what changed in it.

In a delta a series comes as its master, whole, and its occurrences, of which only the times are told. Whatever changed
outside of the span comes as removed, as it does when it is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import orjson

from .answer import Answer, Asked, Row, bad_request
from .delta import place_of, removed, round_of
from .items import links_of
from .moments import in_utc
from .pages import told_rows
from .series import occurrences, scheduled
from .shape import Shape
from .store import Kept, Store

_BARE = ("@odata.etag", "seriesMasterId", "type", "id", "start", "end")

Span = tuple[datetime, datetime]


def span_of(query: Mapping[str, str]) -> Span:
    """The moments that a call names; Refusal if one is missing or none."""
    told = {name.lower(): value for name, value in query.items()}
    try:
        begins, ends = in_utc(told["startdatetime"]), in_utc(told["enddatetime"])
    except KeyError:
        missing = "This request requires a time window specified by the query string parameters StartDateTime and"
        raise bad_request(f"{missing} EndDateTime.", "ErrorInvalidParameter") from None
    except ValueError as error:
        raise bad_request(str(error), "ErrorInvalidParameter") from None
    return begins, ends


def view(asked: Asked, store: Store, folder: str, shape: Shape) -> Answer:
    """What is in the calendar in the span, by its start."""
    span = span_of(asked.query)
    shape = replace(shape, select=())  # the page selects, once the rows are in order
    rows: list[Row] = []
    for kept in store.present(folder):
        row = orjson.loads(kept.body)
        if row["type"] == "seriesMaster":
            rows += [shape.row(each, {}) for each in occurrences(store, folder, kept, *span)]
        elif _meets(row, span):
            rows.append(shape.row(row, links_of(kept)))
    rows.sort(key=lambda row: (row["start"]["dateTime"], row["id"]))
    return told_rows(asked, rows, shape.kind.page)


def changes(asked: Asked, store: Store, folder: str, generation: str, shape: Shape) -> Answer:
    """The next page of a round of changes in the span that the first call named."""
    for refused in ("$select", "$expand", "$filter", "$orderby", "$search"):
        if refused in asked.query:
            raise bad_request(f"The query parameter '{refused}' is not supported with change tracking over the"
                              " 'CalendarView' resource.", "ErrorInvalidUrlQuery")  # fmt: skip
    place = place_of(asked, store, folder, generation)
    span = span_of(place.query)

    def told(kept: Kept, known: bool) -> list[bytes]:  # noqa: FBT001 - a Told
        row = {**orjson.loads(kept.body), "@odata.type": "#microsoft.graph.event"}
        if row["type"] == "seriesMaster":
            return _of_series(kept, row, known=known)
        if kept.gone or not _meets(row, span):
            return [removed(kept.id)] if known else []
        return [orjson.dumps(shape.row(row, {}))]

    def _of_series(kept: Kept, row: Row, *, known: bool) -> list[bytes]:
        if kept.gone or not scheduled(kept, *span):
            gone = [kept.id, *(each["id"] for each in scheduled(kept, *span))]
            return [removed(each) for each in gone] if known else []
        inside = occurrences(store, folder, kept, *span)
        bare = ({name: each[name] for name in _BARE} for each in inside)
        told_bare = [{"@odata.type": "#microsoft.graph.event", **shape.row(each, {})} for each in bare]
        return [orjson.dumps(shape.row(row, {})), *(orjson.dumps(each) for each in told_bare)]

    return round_of(asked, store, place, told)


def _meets(row: Row, span: Span) -> bool:
    begins, ends = in_utc(row["start"]["dateTime"]), in_utc(row["end"]["dateTime"])
    return begins < span[1] and (ends > span[0] or begins == ends >= span[0])
