"""What should come of a directory and a CRM, told a second time: plain Python, from the contract of the feeds.

It shares nothing with `pipelines/`. Likely twins are not in it. What the rows say is in `oracle_of_rows`, which record
is a row's in `oracle_of_links`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.contract import Record, Row, fold, number
from tests.oracle_of_links import Links


@dataclass
class Oracle(Links):
    """`outcomes` in the order of the rows, `records` by id as they should end: a new one's id is `new` and its key."""

    outcomes: list[str] = field(default_factory=list, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        linked = {name: dict(record) for name, record in self.records.items()}
        said = {key: self._decide(key, row) for key, row in self.usable.items()}
        while circular := self._circular(linked):
            self._hold_circular(circular)
            self.records.clear()
            self.records.update({name: dict(record) for name, record in linked.items()})
            said = {key: self._decide(key, row) for key, row in self.usable.items()}
        for row, bad in zip(self.clean, self.verdicts, strict=True):
            self.outcomes.append(bad or said[fold(row[self.spec.key])])

    def _decide(self, key: str, row: Row) -> str:
        if key in self.verdict:
            return self.verdict[key]
        target = self.target(row)
        if key not in self.record:
            if not self._active(row):
                return "skipped: inactive"
            if not self.spec.own_parents and target is None:
                return "skipped: missing_institution"
            if not self.creates:
                return "skipped: not_in_crm"
            fields = {**self.spec.master, **self.spec.fill}
            self.records[f"new {key}"] = {
                **{name: number(row.get(column), column in self.spec.numbers) for name, column in fields.items()},
                "Source_Key__c": row[self.spec.key],
                "Source_Status__c": "A",
                self.spec.parent[0]: target,
            }
            return "created"
        return self._update(key, row, target)

    def _update(self, key: str, row: Row, target: str | None) -> str:
        record = self.records[self.record[key]]
        mapped: Record = {}
        if self._active(row):
            for name, column in self.spec.master.items():
                value = number(row.get(column), column in self.spec.numbers)
                same = fold(value) == fold(record[name]) if name in self.spec.emails else value == record[name]
                kept = value is None and name not in self.spec.clears
                mapped |= {} if kept or same else {name: value}
            mapped |= {n: row[c] for n, c in self.spec.fill.items() if record[n] is None and row.get(c) is not None}
            mapped |= {self.spec.parent[0]: target} if target and target != record[self.spec.parent[0]] else {}
        elif row["status"] == "I" and row.get("email") is None and record["Email"] is not None:
            mapped = {"Email": None}
        frozen = set(mapped) if record.get("Do_Not_Update__c") else set[str]()
        frozen |= {self.spec.parent[0]} & set(mapped) if record.get("Do_Not_Update_Hierarchy__c") else set()
        cells = {name: value for name, value in mapped.items() if name not in frozen}
        cells["Source_Status__c"] = row["status"]
        deactivates = cells["Source_Status__c"] not in ("A", record["Source_Status__c"])
        if fold(record["Source_Key__c"]) != key:
            cells["Source_Key__c"] = row[self.spec.key]
        if self._write(self.record[key], cells):
            if deactivates:
                return f"deactivated: status_{cells['Source_Status__c'].lower()}"
            return "updated" if self.how[key] == "key" else f"linked: {self.how[key]}"
        if frozen:
            return "skipped: do_not_update"
        return "skipped: missing_institution" if not self.spec.own_parents and target is None else "unchanged"

    def _circular(self, before: dict[str, Record]) -> set[str]:
        """Rows that would give a record a parent which is below that record, in the end."""
        if not self.spec.own_parents:
            return set()
        name = self.spec.parent[0]
        mine = {record_id: key for key, record_id in self.record.items()}
        mine |= {f"new {key}": key for key in self.usable if f"new {key}" in self.records}
        found = set[str]()
        for record_id, key in mine.items():
            at, seen = self.records[record_id][name], set[str]()
            if at == before.get(record_id, {}).get(name):
                continue
            while at not in (None, record_id) and at not in seen:
                seen.add(at)
                at = self.records.get(at, {}).get(name)
            found |= {key} if at == record_id else set()
        return found
