"""How an item is told: whole, or the properties that were selected, with what was expanded, times in a zone.

What is asked of an item whole is told as it is kept, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from .answer import Row, bad_request
from .bodies import always_html, as_text
from .items import links_of
from .kind import Kind
from .preferences import Preferences
from .store import Kept
from .zones import in_zone

INLINE = ("linkedResources", "checklistItems")
"""Told with a task where it has some, expanded or not; not so in a delta."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`expand` has for each navigation the ids that are wanted, or nothing for all."""

    kind: Kind
    select: tuple[str, ...] = ()
    expand: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    preferences: Preferences = field(default_factory=Preferences)
    inline: bool = False

    @classmethod
    def of(cls, kind: Kind, query: Mapping[str, str], wanted: Preferences, *, inline: bool = False) -> Shape:
        select = tuple(filter(None, (name.strip() for name in query.get("$select", "").split(","))))
        return cls(kind, select, _expanded(kind, query.get("$expand", "")), wanted, inline)

    def tell(self, kept: Kept) -> bytes:
        """The JSON of the item."""
        if self.select or (self.preferences.zone and self.kind.zoned) or self.preferences.body:
            return orjson.dumps(self.row(orjson.loads(kept.body), links_of(kept)))
        if not self.expand and not (self.inline and kept.links):
            return kept.body
        beside = self._beside(links_of(kept))
        return kept.body[:-1] + b"," + orjson.dumps(beside)[1:] if beside else kept.body

    def row(self, row: Row, links: Row) -> Row:
        """The same as an object."""
        if self.preferences.zone:
            for name in self.kind.zoned:
                if name in row:
                    row[name] = in_zone(row[name], self.preferences.zone)
        if self.preferences.body and "body" in row:
            row["body"] = as_text(row["body"]) if self.preferences.body == "text" else always_html(row["body"])
        if self.select:
            row = {k: v for k, v in row.items() if k in self.select or k == "id" or k.startswith("@odata.")}
        return {**row, **self._beside(links)}

    def _beside(self, links: Row) -> Row:
        beside: Row = {}
        for name, ids in self.expand.items():
            beside[name] = [each for each in links.get(name, []) if not ids or each["id"] in ids]
        if self.inline:
            beside |= {name: links[name] for name in INLINE if name in links and name not in beside}
        # an extended property that an item has not is no reason to tell of the navigation
        return {k: v for k, v in beside.items() if v or k != "singleValueExtendedProperties"}


def _expanded(kind: Kind, told: str) -> dict[str, tuple[str, ...]]:
    expand: dict[str, tuple[str, ...]] = {}
    for part in re.findall(r"[^,(]+(?:\([^)]*\))?", told):
        name, _, options = part.strip().partition("(")
        if name not in kind.beside:
            told_of = f"Could not find a property named '{name}' on type '{kind.type}'."
            raise bad_request(f"Parsing OData Select and Expand failed: {told_of}")
        expand[name] = tuple(re.findall(r"id eq '([^']+)'", options))
    return expand
