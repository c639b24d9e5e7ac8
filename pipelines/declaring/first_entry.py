"""SQL of a JSON list of which one entry is the CRM's: its first one. All others are left as they are, where they are.

Entries are texts, or objects of which one member is the value, such as the address of a name and an address. A blank
entry at the beginning stands for the CRM's that is none: it is not written (see `arrived` for why it is told).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pipelines.sql import entries_sql, is_list_sql, literal


class Had(NamedTuple):
    """SQL of which entry the CRM had when both sides agreed.

    `known`: they agreed on something, else the first one is taken for the CRM's. `value`: null where it had none, as
    after it was cleared, or none of these.
    """

    known: str
    value: str


@dataclass(frozen=True, slots=True)
class FirstEntry:
    """`listed`: SQL of the list; `member`: what counts of an object, blank where entries are texts."""

    listed: str
    member: str = ""

    def value_sql(self) -> str:
        """The first value that there is."""
        return f"([v for v in {self._values_sql()} if v is not null])[1]"

    def made_sql(self, value: str) -> str:
        """A list of that value alone; null where there is none."""
        return f"case when {value} is not null then to_json([{self._entry_sql(value)}])::varchar end"

    def led_by_sql(self, value: str, had: Had) -> str:
        """The list with that value in front, in place of the one that the CRM had; the first, if they never agreed.

        An entry that has the value already comes to the front, and all others stay: where people took away or changed
        what the CRM had, nobody can say whether the first one now was there before.
        """
        there = self._place_sql(value)
        replaced = f"case when not {had.known} then 1 else {self._place_sql(had.value)} end"
        taken = f"coalesce({there}, {replaced}, 0)"
        own = f"{self._entries_sql()}[{there}]" if self.member else "null"
        front = f"case when {value} is not null then coalesce({own}, {self._entry_sql(value)}) end"
        others = f"list_filter({self._entries_sql()}, lambda entry, place: place <> {taken})"
        return f"to_json(list_concat([{front}], coalesce({others}, [])))::varchar"

    def _place_sql(self, value: str) -> str:
        """Where the value stands, without regard of case; null where it does not."""
        values = f"[lower(v) for v in {self._values_sql()}]"
        return f"case when {value} is not null then list_position({values}, lower({value})) end"

    def _values_sql(self) -> str:
        if not self.member:
            return f"[nullif(trim(v), '') for v in ({entries_sql(self.listed)})]"
        value = f"json_extract_string(e, {literal(f'$.{self.member}')})"
        return f"[nullif(trim({value}), '') for e in {self._entries_sql()}]"

    def _entries_sql(self) -> str:
        return f"(case when {is_list_sql(self.listed)} then from_json({self.listed}, '[\"JSON\"]') end)"

    def _entry_sql(self, value: str) -> str:
        return f"json_object({literal(self.member)}, {value})" if self.member else f"to_json({value})"
