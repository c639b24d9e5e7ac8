"""From the rows of the emitted SQL to records as the REST API shows them: nested parents, addresses, aggregates.

Children are put in by whoever runs their query; a shape only knows where they go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from resources.sandbox.rendering import address_value, json_value

Row = Sequence[object]
RecordUrl = Callable[[str, str], str]
Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class Value:
    """One column of the row under one name; `plain` values stand in the row as they go out."""

    name: str
    index: int
    type: str

    @property
    def plain(self) -> bool:
        return self.type not in ("boolean", "datetime")

    def of(self, row: Row) -> object:
        value = row[self.index]
        return value if value is None or self.plain else json_value(value, self.type)


@dataclass(frozen=True, slots=True)
class Address:
    name: str
    parts: tuple[tuple[str, int], ...]

    def of(self, row: Row) -> object:
        return address_value({part: row[index] for part, index in self.parts})


@dataclass(slots=True)
class Node:
    """A record within a row: its object, the column of its id, and what of it was selected, in that order."""

    sobject: str
    id_index: int
    members: dict[str, Value | Address | Node | Children] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    """The objects of which the record may be, by the first characters of its id; none if it is one of `sobject`."""

    def record(self, row: Row, url: RecordUrl) -> Record | None:
        """The record of this row, None where a parent is not set; places of children hold None."""
        record_id = row[self.id_index]
        if record_id is None:
            return None
        kind = self.kinds.get(str(record_id)[:3], self.sobject)
        record: Record = {"attributes": {"type": self.sobject, "url": url(kind, str(record_id))}}
        for name, member in self.members.items():
            match member:
                case Value():
                    record[name] = member.of(row)
                case Node():
                    record[name] = member.record(row, url)
                case Address():
                    record[name] = member.of(row)
                case Children():
                    record[name] = None
        return record


@dataclass(frozen=True, slots=True)
class Children:
    """The place of a subquery's answer; `number` is its place among the subqueries of its select."""

    number: int


@dataclass(frozen=True, slots=True)
class Aggregated:
    """A row of an aggregate query."""

    values: tuple[Value, ...]

    def record(self, row: Row) -> Record:
        return {"attributes": {"type": "AggregateResult"}} | {value.name: value.of(row) for value in self.values}
