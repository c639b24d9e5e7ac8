"""Which record is a row's, told a second time: what was linked, keys, mergers on both sides, and the match rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.contract import Record, Row, fold
from tests.oracle_of_rows import Rows

DELETED = "skipped: deleted_in_crm"


@dataclass
class Links(Rows):
    """`record` of a key and `how` it was found, or the `verdict` for which the row goes no further."""

    records: dict[str, Record]
    creates: bool
    accounts: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    links: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    """Key → the record that an earlier run found or made; one that is not among the records was deleted."""
    winners: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    """A record that people merged into another → that one."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.keyed: dict[str, list[str]] = {}
        for record_id, record in self.records.items():
            self.keyed.setdefault(fold(record["Source_Key__c"]), []).append(record_id)
        self.verdict: dict[str, str] = {}
        self.record: dict[str, str] = {}
        self.how: dict[str, str] = {}
        self._link()

    def _link(self) -> None:
        for key in self.usable:
            if said := self._contradicted(key):
                self.verdict[key] = said
            elif found := (self.keyed.get(key) or [self._linked(key)])[0]:
                self.record[key], self.how[key] = found, "key"
        self._merge()
        self.contested: set[str] = set()
        for fields in self.spec.match:
            self._match(fields)
        if self.spec.own_parents:
            for key in self.usable:
                if self._returns(key, self.spec.parent[1]):
                    self._hold_circular({key})

    def _linked(self, key: str) -> str:
        """The record of an earlier run, or what became of it when people merged records."""
        one = self.links.get(key, "")
        while one not in self.records and one in self.winners:
            one = self.winners[one]
        return one

    def _contradicted(self, key: str) -> str:
        """Why the link of an earlier run and the keys of the records do not go together."""
        found, linked = self.keyed.get(key, []), self._linked(key)
        if len(found) > 1:
            return "held: duplicate_key_in_crm"
        if not linked or found == [linked]:
            return ""
        if linked not in self.records:
            return "" if found else DELETED
        if found:
            return "held: conflicting_link"
        if self.records[linked]["Source_Key__c"] is None:
            return "held: shared_record" if self.links[key] != linked and self._shared(linked) else ""
        return "held: rekeyed_in_crm" if self.links[key] == linked else "held: merged_in_crm"

    def _shared(self, record_id: str) -> bool:
        """Whether several rows that the source still tells of lead to this record."""
        there = {fold(row[self.spec.key]) for row in self.clean}
        leading = [key for key in there & self.links.keys() if self._linked(key) == record_id]
        return len({self.heir(key) or key for key in leading}) > 1

    def _hold_circular(self, keys: set[str]) -> None:
        for key in keys:
            self.verdict[key] = "held: parent_circle"
            self.record.pop(key, None)
        for key, said in self.verdict.items():
            if said == "linked: rekeyed_to_survivor" and self._now(key) in keys:
                self.verdict[key] = "held: merge_survivor_parent_circle"

    def _merge(self) -> None:
        had = dict(self.record)
        losers = {key: self.heir(key) for key, row in self.usable.items() if row.get("merged_into")}
        claims = Counter(heir for heir, _ in {(heir, had[key]) for key, heir in losers.items() if key in had})
        for key, heir in losers.items():
            mine = self.record.pop(key, None)
            if heir is None:
                self.verdict[key] = "held: merge_circle"
            elif heir in had and self._linked(key) == had[heir]:  # people merged the records as the source did the rows
                self.verdict[key] = "skipped: merged"
            elif self.verdict.get(key, DELETED) != DELETED:
                continue
            elif mine is None:  # deleted or never there: a merged row gets no record, whatever is released
                self.verdict[key] = "skipped: merged"
            elif heir not in self.usable:
                self.verdict[key] = "held: merge_survivor_unknown"
            elif heir in had:
                changed = self._write(mine, {"Source_Status__c": self.spec.merged})
                self.verdict[key] = f"{'deactivated' if changed else 'unchanged'}: duplicate_of_survivor"
            elif heir in self.verdict:
                self.verdict[key] = "held: merge_survivor_" + self.verdict[heir].partition(": ")[2]
            elif claims[heir] > 1:
                self.verdict[key] = "held: ambiguous_merge"
            else:
                self.verdict[key] = "linked: rekeyed_to_survivor"
                self.record[heir], self.how[heir] = mine, "merged"
        self._hold_survivors(losers)

    def _hold_survivors(self, losers: Mapping[str, str | None]) -> None:
        """Of rows that cannot be told whose record is whose: a new one would only hide that somebody has to choose."""
        for said in ("held: ambiguous_merge", "held: shared_record"):
            for key, heir in losers.items():
                if heir in self.usable and self.verdict[key] == said and heir not in self.record:
                    self.verdict.setdefault(heir, said)

    def _match(self, fields: tuple[str, ...]) -> None:
        columns = {**self.spec.master, **self.spec.fill}
        taken = {*self.record.values(), *self.links.values(), *filter(self._shared, self.winners.values())}
        wanted: dict[str, list[str]] = {}
        for key, row in self.usable.items():
            if key in self.record or key in self.verdict:
                continue
            meant = [row.get(columns[name]) if name in columns else self.target(row) for name in fields]
            wanted[key] = [
                record_id
                for record_id, record in self.records.items()
                if record["Source_Key__c"] is None
                and record_id not in taken
                and record_id not in self.contested
                and None not in meant
                and all(fold(record[name]) == fold(value) for name, value in zip(fields, meant, strict=True))
            ]
        claims = Counter(record_id for found in wanted.values() for record_id in found)
        for key, found in wanted.items():
            if len(found) == 1 and claims[found[0]] == 1 and not self._active(self.usable[key]):
                self.contested.update(found)
            elif len(found) == 1 and claims[found[0]] == 1:
                self.record[key], self.how[key] = found[0], "same_" + ",_".join(fields)
            elif found:
                self.verdict[key] = "held: ambiguous_match"
                self.contested.update(found)

    def target(self, row: Row) -> str | None:
        """The record that the row's parent or institution has, or will have."""
        key = fold(row.get(self.spec.parent[1]))
        if not self.spec.own_parents:
            return self.accounts.get(key)
        heir = self._now(key)
        for one in (heir, key):
            if found := self.record.get(one) or self._carrier(one) or self._winner(one):
                return found
        new = self.creates and heir in self.usable and heir not in self.verdict and self._active(self.usable[heir])
        return f"new {heir}" if new else None

    def _carrier(self, key: str) -> str | None:
        """The live record that has this key; or the one linked to it, if people left that one without any key."""
        named = self.keyed.get(key, []) if key else []
        linked = self.links.get(key) if self.links.get(key) in self.records else None
        if linked and self.records[linked]["Source_Key__c"] is None:
            return None if named else linked
        return named[0] if len(named) == 1 and linked in (None, named[0]) else None

    def _winner(self, key: str) -> str | None:
        """The live record into which people merged the one that was linked to this key."""
        one = self._linked(key)
        return one if one in self.records and one != self.links.get(key) else None

    def means(self, key: str) -> str | None:
        """The record that other entities refer to by this key, once all is written."""
        return self.target({self.spec.parent[1]: key})

    def _write(self, record_id: str, cells: Record) -> bool:
        before = dict(self.records[record_id])
        self.records[record_id].update(cells)
        return before != self.records[record_id]
