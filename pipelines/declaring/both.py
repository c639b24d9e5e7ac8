"""What keeps two sides in accord that are both written: which way changes flow, what is prevented, what is left alone.

Side `crm` is the org, side `source` the outside system. Which of two differing values wins is the rule of each field
(see `agreed_rules`); what becomes of a pair of which one side was deleted is said in `parting`.
"""

from __future__ import annotations

from dataclasses import field as made
from typing import Literal

from pydantic.dataclasses import dataclass

from pipelines.declaring.conditions import BUILT, Condition
from pipelines.declaring.source import STRICT

Operation = Literal["create", "update", "delete"]
Side = Literal["crm", "source"]

SIDES: tuple[Side, Side] = ("crm", "source")


@dataclass(frozen=True, config=STRICT)
class Days:
    """Which days are synced, by the day in the row's `column` and in the record's `field`.

    What has no such day counts by the day of its last change. A pair is synced while one of the two lies inside;
    what leaves the window is neither deleted nor forgotten.
    """

    column: str
    field: str
    past: int = 30
    """Days back from today."""
    ahead: int = 365
    """Days ahead of today."""


@dataclass(frozen=True, config=BUILT)
class Leave:
    """What is left alone on both sides as long as the row or the record says so.

    `reason` is one word of a code. `row`: a condition of the source row; `record`: checkboxes of the record.
    """

    reason: str
    row: Condition | None = None
    record: tuple[str, ...] = ()


@dataclass(frozen=True, config=BUILT)
class BothWays:
    """How two sides are kept in accord. `prevent`: what is never done on a side, whatever else is declared.

    Where updates of the CRM are prevented not even keys are written there: pairs are known in the entity's file alone.
    """

    direction: Literal["to_crm", "from_crm", "both"] = "both"
    prevent: dict[Side, tuple[Operation, ...]] = made(default_factory=lambda: {"crm": ("delete",)})
    owner: str = "OwnerId"
    """The reference field whose record tells in whose part of the source a record belongs."""
    window: Days | None = None
    leave: tuple[Leave, ...] = ()
    related: tuple[str, ...] = ()
    """Reference fields: only what refers to a record by one of them is synced; all, where none is named."""
    together: tuple[tuple[str, ...], ...] = ()
    """Groups of fields whose values make sense only together, such as start and end: where both sides changed any of
    them, one side gives them all."""

    def may(self, side: Side, operation: Operation) -> bool:
        """Whether this may ever be done on that side."""
        flows = {"crm": ("to_crm", "both"), "source": ("from_crm", "both")}[side]
        return self.direction in flows and operation not in self.prevent.get(side, ())

    def joined(self, field: str) -> tuple[str, ...]:
        """The fields that count as one with it, itself among them."""
        return next((group for group in self.together if field in group), (field,))

    @property
    def flags(self) -> tuple[str, ...]:
        """Checkboxes of the record that are read."""
        return tuple(dict.fromkeys(flag for leave in self.leave for flag in leave.record))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition about a source row."""
        return tuple(leave.row for leave in self.leave if leave.row)
