"""Collections in pages: `$top`, `$skip`, `$filter`, `$orderby`, `$count`, with `@odata.nextLink` where there is more.

Pages are counted from the start each time, as Outlook's are: what changes between two of them may be missed or come
twice. Only a delta misses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from .answer import Answer, Asked, Row, bad_request
from .filters import parsed
from .items import links_of
from .preferences import preferences, whole
from .shape import Shape
from .store import Kept, Store


def listed(asked: Asked, store: Store, folder: str, shape: Shape) -> Answer:
    """The page of the folder that is asked for."""
    size, skip = _window(asked, shape.kind.page)
    if "$filter" not in asked.query and "$orderby" not in asked.query:
        found = store.present(folder, skip, size + 1)
        total = store.count(folder) if asked.query.get("$count") == "true" else None
    else:
        chosen = _chosen(asked.query, store.present(folder))
        found, total = chosen[skip : skip + size + 1], len(chosen) if asked.query.get("$count") == "true" else None
    rows = [shape.tell(kept) for kept in found[:size]]
    return paged(asked, rows, {"$skip": str(skip + size)} if len(found) > size else None, total)


def told_rows(asked: Asked, rows: Sequence[Row], default: int) -> Answer:
    """The page of rows that are no items, such as users."""
    chosen = _ordered(asked.query, [row for row in rows if parsed(asked.query["$filter"])(row)]
                      if "$filter" in asked.query else list(rows))  # fmt: skip
    size, skip = _window(asked, default)
    select = [name.strip() for name in asked.query.get("$select", "").split(",") if name.strip()]
    shown = [{k: v for k, v in row.items() if not select or k in select} for row in chosen[skip : skip + size]]
    more = {"$skip": str(skip + size)} if len(chosen) > skip + size else None
    return paged(asked, [orjson.dumps(row) for row in shown], more, None)


def paged(asked: Asked, rows: Sequence[bytes], more: Mapping[str, str] | None, total: int | None) -> Answer:
    """A page of rows, and where the next is."""
    parts = [b'"@odata.context":' + orjson.dumps(f"{asked.base}/v1.0/$metadata#{'/'.join(asked.path)}")]
    if total is not None:
        parts.append(b'"@odata.count":%d' % total)
    if more:
        parts.append(b'"@odata.nextLink":' + orjson.dumps(address(asked, {**asked.query, **more})))
    return Answer(body=b"{" + b",".join([*parts, b'"value":[' + b",".join(rows) + b"]"]) + b"}")


def address(asked: Asked, query: Mapping[str, str]) -> str:
    """The address of the call with another query; `$` stays readable."""
    path = "/".join(quote(segment, safe="@$()'") for segment in asked.path)
    return f"{asked.base}/v1.0/{path}" + (f"?{urlencode(query, safe='$', quote_via=quote)}" if query else "")


def _window(asked: Asked, default: int) -> tuple[int, int]:
    skip = asked.query.get("$skip", "0")
    if not skip.isdecimal():
        raise bad_request(f"Invalid value '{skip}' for $skip query option.", "ErrorInvalidUrlQuery")
    if "$top" in asked.query:
        return whole("$top", asked.query["$top"]), int(skip)
    return preferences(asked.headers).size or default, int(skip)


def _chosen(query: Mapping[str, str], kept: Sequence[Kept]) -> list[Kept]:
    rows = [(item, {**orjson.loads(item.body), **links_of(item)}) for item in kept]
    if "$filter" in query:
        test = parsed(query["$filter"])
        rows = [(item, row) for item, row in rows if test(row)]
    by_id = {item.id: item for item, _ in rows}
    return [by_id[row["id"]] for row in _ordered(query, [row for _, row in rows])]


def _ordered(query: Mapping[str, str], rows: list[Row]) -> list[Row]:
    told = query.get("$orderby", "")
    for clause in reversed([part.strip() for part in told.split(",") if part.strip()]):
        path, _, way = clause.partition(" ")
        rows = sorted(rows, key=lambda row: _sortable(row, path), reverse=way.strip() == "desc")
    return rows


def _sortable(row: Row, path: str) -> tuple[bool, str]:
    found: Any = row
    for name in path.split("/"):
        found = found.get(name) if isinstance(found, dict) else None
    return found is not None, str(found)
