"""Limits on a plan. A plan over a limit is held: nothing is written until a person approves exactly that plan.

`Gates` is what a declaration may change; `judge` holds a plan's measures against it.
"""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Limit:
    """Exceeded when both are: more than `share` of the whole *and* more than `count`."""

    share: float = 0.0
    count: int = 0

    def exceeded(self, count: int, whole: int) -> bool:
        return count > self.count and count > self.share * whole

    def __str__(self) -> str:
        return (
            " and ".join(
                text
                for text in (f"{self.share:.0%}" if self.share else "", f"{self.count}" if self.count else "")
                if text
            )
            or "0"
        )


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Gates:
    """Defaults are cautious; a declaration may set its own. `None` switches a gate off."""

    removals: Limit | None = Limit()
    changes: Limit | None = Limit(share=0.25, count=200)
    creates: Limit | None = Limit(share=0.50, count=500)
    blanked: Limit | None = Limit(share=0.05)
    """Of any one mapped field: cells that would become blank, of the linked records in scope."""
    ended: Limit | None = Limit(share=0.10, count=20)
    """Records that come to show that their subject is over."""
    shrunk: Limit | None = Limit(share=0.20)
    """Rows that a full list has less than at the last run."""
    first_run: Limit | None = Limit()
    """Writes of an entity with two sides, in its first run and in the first one after its fields or sides were declared
    differently: a person looks at it before."""
    columns_lost: Limit | None = Limit()
    """Columns of a full list that were filled at the last run and are blank throughout now."""


@plain_dataclass(frozen=True, slots=True)
class Back:
    """What a plan would do to the source. `first`: nothing was ever synced as it is declared now."""

    updates: int
    creates: int
    removals: int
    cells: int
    calls: int
    """To the source, that carrying it out will take if all goes well."""
    first: bool

    def as_json(self) -> dict[str, int]:
        """The counts."""
        return {
            "updates": self.updates,
            "creates": self.creates,
            "removals": self.removals,
            "cells": self.cells,
            "calls": self.calls,
        }


@plain_dataclass(frozen=True, slots=True)
class Measures:
    """What a plan would do, in numbers."""

    records: int
    """Live records of the CRM that carry a key."""
    updates: int
    creates: int
    removals: int
    ended: int
    blanked: dict[str, int]
    """Cells to become blank, by field."""
    rows_before: int
    """Rows of the full list at the last run; 0 when there was none, or when the feed lists only changes."""
    rows_now: int
    doubled_keys: int
    """Keys for which the plan holds more than one record or row: always 0, or the plan is wrong."""
    columns_lost: int = 0
    back: Back | None = None
    """What would be done to the source; None where it is only read."""


@plain_dataclass(frozen=True, slots=True)
class Verdict:
    """One gate's answer."""

    name: str
    passed: bool
    observed: int
    limit: str
    approvable: bool = True


Counted = tuple[str, Limit | None, int, int]


def _back(gates: Gates, m: Measures, back: Back) -> tuple[Counted, ...]:
    """The same limits hold for what is done to the source; of a first run every write is counted."""
    writes = m.updates + m.creates + m.removals + back.updates + back.creates + back.removals
    return (
        ("changes_in_source", gates.changes, back.updates, m.records),
        ("creates_in_source", gates.creates, back.creates, m.records),
        ("removals_in_source", gates.removals, back.removals, m.records),
        ("first_run", gates.first_run, writes if back.first else 0, 0),
    )


def judge(gates: Gates, m: Measures) -> list[Verdict]:
    """One verdict a gate, in a fixed order; duplicate keys can never be approved."""
    blankest = max(m.blanked.items(), key=lambda item: item[1], default=("", 0))
    counted: tuple[Counted, ...] = (
        ("removals", gates.removals, m.removals, m.records),
        ("changes", gates.changes, m.updates, m.records),
        ("creates", gates.creates, m.creates, m.records),
        ("blanked", gates.blanked, blankest[1], m.records),
        ("ended", gates.ended, m.ended, m.records),
        ("shrunk", gates.shrunk, max(0, m.rows_before - m.rows_now), m.rows_before),
        ("columns_lost", gates.columns_lost, m.columns_lost, 0),
        *(_back(gates, m, m.back) if m.back else ()),
    )
    verdicts = [
        Verdict(name, passed=not limit.exceeded(count, whole), observed=count, limit=str(limit))
        for name, limit, count, whole in counted
        if limit is not None
    ]
    doubled = Verdict("duplicate_keys", m.doubled_keys == 0, m.doubled_keys, "0", approvable=False)
    return [*verdicts, doubled]
