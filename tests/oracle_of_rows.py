"""What a directory says, told a second time: which rows can be used, and who a merged row is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.contract import Row, Spec, fold, tidy


@dataclass
class Rows:
    """`usable` by key; `verdicts` in the order of the rows, empty for those that can be used."""

    spec: Spec
    rows: Sequence[Row]
    known: Mapping[str, Row] = field(default_factory=dict, kw_only=True)
    """Key → the row as an earlier delivery had it: mergers and a status that this one is silent of are remembered."""

    def __post_init__(self) -> None:
        self.clean = [self._with_status({name: tidy(value) for name, value in row.items()}) for row in self.rows]
        folds = Counter(fold(row[self.spec.key]) for row in self.clean)
        self.verdicts = [self._unusable(row, folds) for row in self.clean]
        self.usable = {
            fold(row[self.spec.key]): row for row, bad in zip(self.clean, self.verdicts, strict=True) if not bad
        }

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

    def _returns(self, key: str, column: str) -> bool:
        at, seen = key, set[str]()
        while (at := self._now(fold(self._told(at).get(column)))) and at not in seen:
            if at == key:
                return True
            seen.add(at)
        return False

    def _active(self, row: Row) -> bool:
        return row["status"] == "A"
