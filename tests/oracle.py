"""What should come of a directory and a CRM, told a second time: plain Python, from the contract of the feeds.

It shares nothing with `pipelines/`. Likely twins are not in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Row = Mapping[str, str | None]
Record = dict[str, Any]
DELETED = "skipped: deleted_in_crm"


@dataclass(frozen=True)
class Spec:
    """An entity as the contract of the feeds has it. Fields → columns."""

    key: str
    required: tuple[str, ...]
    master: dict[str, str]
    fill: dict[str, str]
    parent: tuple[str, str]
    statuses: str
    merged: str
    own_parents: bool
    numbers: frozenset[str] = frozenset()
    match: tuple[tuple[str, ...], ...] = ()
    emails: frozenset[str] = frozenset()
    clears: frozenset[str] = frozenset()

    def clearing(self, *fields: str) -> Spec:
        """The same, but a blank in the feed clears these."""
        return replace(self, clears=frozenset(fields))


ACCOUNTS = Spec(
    key="institution_id",
    required=("name",),
    master={"Name": "name", "BillingCity": "city", "NumberOfEmployees": "enrollment"},
    fill={"Phone": "phone"},
    parent=("ParentId", "parent_id"),
    statuses="ACU",
    merged="C",
    own_parents=True,
    numbers=frozenset({"enrollment"}),
)
PERSONNEL = Spec(
    key="person_id",
    required=("institution_id", "last_name"),
    master={"FirstName": "first_name", "LastName": "last_name", "Email": "email"},
    fill={"Title": "title"},
    parent=("AccountId", "institution_id"),
    statuses="AIU",
    merged="I",
    own_parents=False,
    match=(("Email",), ("LastName", "FirstName", "AccountId")),
    emails=frozenset({"Email"}),
)


@dataclass
class Oracle:
    """`outcomes` in the order of the rows, `records` by id as they should end: a new one's id is `new` and its key."""

    spec: Spec
    rows: Sequence[Row]
    records: dict[str, Record]
    creates: bool
    accounts: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    """Key → the record that an earlier run found or made; one that is not among the records was deleted."""
    winners: Mapping[str, str] = field(default_factory=dict)
    """A record that people merged into another → that one."""
    known: Mapping[str, Row] = field(default_factory=dict)
    """Key → the row as an earlier delivery had it: mergers and a status that this one is silent of are remembered."""
    outcomes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clean = [self._with_status({name: tidy(value) for name, value in row.items()}) for row in self.rows]
        folds = Counter(fold(row[self.spec.key]) for row in self.clean)
        self.verdicts = [self._unusable(row, folds) for row in self.clean]
        self.usable = {
            fold(row[self.spec.key]): row for row, bad in zip(self.clean, self.verdicts, strict=True) if not bad
        }
        keyed: dict[str, list[str]] = {}
        for record_id, record in self.records.items():
            keyed.setdefault(fold(record["Source_Key__c"]), []).append(record_id)
        self.keyed = keyed
        self.verdict: dict[str, str] = {}
        self.record: dict[str, str] = {}
        self.how: dict[str, str] = {}
        self._link()
        linked = {name: dict(record) for name, record in self.records.items()}
        said = {key: self._decide(key, row) for key, row in self.usable.items()}
        while circular := self._circular(linked):
            self._hold_circular(circular)
            self.records.clear()
            self.records.update({name: dict(record) for name, record in linked.items()})
            said = {key: self._decide(key, row) for key, row in self.usable.items()}
        for row, bad in zip(self.clean, self.verdicts, strict=True):
            self.outcomes.append(bad or said[fold(row[self.spec.key])])

    def _with_status(self, row: dict[str, str | None]) -> Row:
        """A blank status is the one that was known, and A for a row never seen before."""
        before = self.known.get(fold(row[self.spec.key]), {})
        return {**row, "status": row.get("status") or before.get("status") or "A"}

    def _unusable(self, row: Row, folds: Counter[str]) -> str:
        if row[self.spec.key] is None:
            return "failed: blank_key"
        if folds[fold(row[self.spec.key])] > 1:
            return "held: duplicate_key"
        if len(row[self.spec.key] or "") > 255:
            return "failed: too_long"
        if any(row.get(column) is None for column in self.spec.required):
            return "failed: required_blank"
        if str(row["status"]) not in self.spec.statuses:
            return "failed: unknown_status"
        for column in sorted({**self.spec.master, **self.spec.fill}.values(), key=self.spec.numbers.__contains__):
            value = row.get(column) or ""
            if column in self.spec.numbers and value and not value.isdigit():
                return "failed: invalid_number"
            if len(value) > 255:
                return "failed: too_long"
        return ""

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
            return ""
        return "held: rekeyed_in_crm" if self.links[key] == linked else "held: merged_in_crm"

    def _returns(self, key: str, column: str) -> bool:
        at, seen = key, set[str]()
        while (at := self._now(fold(self._told(at).get(column)))) and at not in seen:
            if at == key:
                return True
            seen.add(at)
        return False

    def _hold_circular(self, keys: set[str]) -> None:
        for key in keys:
            self.verdict[key] = "held: parent_circle"
            self.record.pop(key, None)
        for key, said in self.verdict.items():
            if said == "linked: rekeyed_to_survivor" and self._now(key) in keys:
                self.verdict[key] = "held: merge_survivor_parent_circle"

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

    def _told(self, key: str) -> Row:
        """What the source says of this key, or said when it last did."""
        return self.usable.get(key) or self.known.get(key) or {}

    def _now(self, key: str) -> str:
        return self.heir(key) or key

    def heir(self, key: str) -> str | None:
        """Who a merged row's institution or person is now; None when the mergers go in a circle."""
        seen = {key}
        while onto := fold(self._told(key).get("merged_into")):
            if onto in seen:
                return None
            seen.add(onto)
            key = onto
        return key

    def _merge(self) -> None:
        had = dict(self.record)
        losers = {key: self.heir(key) for key, row in self.usable.items() if row.get("merged_into")}
        claims = Counter(heir for key, heir in losers.items() if key in had)
        for key, heir in losers.items():
            mine = self.record.pop(key, None)
            if heir is None:
                self.verdict[key] = "held: merge_circle"
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
        for key, heir in losers.items():
            if heir and self.verdict[key] == "held: ambiguous_merge":
                self.verdict[heir] = "held: ambiguous_merge"

    def _match(self, fields: tuple[str, ...]) -> None:
        columns = {**self.spec.master, **self.spec.fill}
        taken = {*self.record.values(), *self.links.values()}
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

    def _active(self, row: Row) -> bool:
        return row["status"] == "A"

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

    def _write(self, record_id: str, cells: Record) -> bool:
        before = dict(self.records[record_id])
        self.records[record_id].update(cells)
        return before != self.records[record_id]


def tidy(value: str | None) -> str | None:
    return (value or "").replace("\r\n", "\n").strip(" \t\r\n") or None


def fold(value: object) -> str:
    return str(value).lower() if value is not None else ""


def number(value: str | None, wanted: bool) -> Any:  # noqa: FBT001
    return int(value) if wanted and value is not None else value
