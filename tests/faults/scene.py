"""A home and an org in which people, a source and runs take turns: what the rules of `both_sides` have in common."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.contract import Record
from tests.faults import institutions, people
from tests.faults.clock import SimulatedClock
from tests.faults.folder import IN_MEMORY
from tests.faults.inside import Inside, inside
from tests.faults.side import Side
from tests.faults.tale import Story

IMPORTED = replace(
    institutions.INSTITUTIONS, entity=replace(institutions.ENTITY, create="on_request")
)  # as shipped: scheduled runs never create one

PATIENCE = timedelta(days=1)
"""How long both entities may go without a sync, our clock being right."""


class Scene(Story):
    """A home and an org of its own for each story. A step that cannot be taken where it comes is left out."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        where = IN_MEMORY if IN_MEMORY.is_dir() else None
        home = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="both-", dir=where)))
        self.org: Inside = self._stack.enter_context(inside(home / "org", SimulatedClock()))
        self.sides = {plan.name: Side(plan, home, self.org, self.tale) for plan in (IMPORTED, people.PEOPLE)}
        for side in self.sides.values():
            self._stack.callback(side.close)
        self.patience = PATIENCE
        """So much of it is left."""
        self.homes: dict[str, str] | None = None
        """Key of an institution → its record, as of the last sync of accounts; None when a run was none."""

    def teardown(self) -> None:
        self._stack.close()

    def lists(self, side: Side, key: str, **facts: str | None) -> None:
        blank = institutions.row(key, "New") if side.plan is IMPORTED else people.row(key, "Ann", "Lee", "k1")
        side.rows[key] = {**blank, **facts}
        side.touch(key)

    def creates(self, side: Side, record: Record) -> None:
        side.creates(self.at_home(record))

    def at_home(self, typed: Record) -> Record:
        """What people type, an account's number turned into its id."""
        number = typed.get("AccountId")
        return typed if number is None else {**typed, "AccountId": self.sides["accounts"].record(number)}
