"""One entity in the machine of `both_sides`: what its source lists, its records in the org, and runs of it.

What people do there is in `hands`, what is promised after a run in `promises`, what may be drawn in `drawn`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.run import Request, Stopped
from pipelines.telling.report import Report
from resources.warehouse import Warehouse
from tests.contract import fold
from tests.faults import promises
from tests.faults.hands import Hands
from tests.faults.inside import Inside
from tests.faults.outside import HeldOpen, Listed, Row, outside
from tests.faults.plan import Plan
from tests.faults.stroke import Stroke, Struck
from tests.faults.wire import Wire
from tests.oracle import Oracle
from tests.runs.place import run_id, run_once


class Side(Hands):
    """An entity with a file of its own; `plan` is how it is declared."""

    def __init__(self, plan: Plan, home: Path, org: Inside) -> None:
        super().__init__(plan, org)
        self.entity = replace(plan.entity, retries=10_000)
        self.home = home
        self.warehouse = self._opened()
        self.rows: dict[str, dict[str, str | None]] = {}
        self.twins: list[dict[str, str | None]] = []
        self.last: dict[str, dict[str, str | None]] = {}
        self.earlier: dict[str, dict[str, str | None]] = {}
        """The rows of the last run, and of the one before."""
        self.known: dict[str, Row] = {}
        self.changed: set[str] = set()
        self.meant: Oracle | None = None
        """What the last carried out run was meant to bring about."""
        self._clock = 0

    def _opened(self) -> HeldOpen:
        return HeldOpen(Warehouse(self.home, self.entity.name), published_too=self.plan.above is None)

    def close(self) -> None:
        self.warehouse.close()

    # the source

    def touch(self, key: str) -> None:
        """The source says that this row changed."""
        self._clock += 1
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self._clock)
        self.rows[key]["updated_at"] = f"{at:%Y-%m-%dT%H:%M:%SZ}"
        self.changed.add(key)

    def feed(self) -> list[dict[str, str | None]]:
        """In an order that changes from run to run."""
        rows = [*self.rows.values(), *self.twins]
        at = self._clock % max(len(rows), 1)
        return [*rows[at:], *rows[:at]]

    def older(self) -> dict[str, dict[str, str | None]]:
        """Rows as an earlier run knew them, of which the last one knew better."""
        known = self.meant.usable if self.meant and not self.changed and not self.twins else {}
        usable = {key: row for key, row in self.rows.items() if fold(key) in known}
        return {key: self.earlier[key] for key, row in usable.items() if self.earlier.get(key, row) != row}

    # runs

    def run(self, feed: Sequence[Row], stroke: Stroke, *, mode: str = "sync") -> Report | None:
        """The report of one run; None of one that was struck down."""
        wire = Wire(self.org, stroke.schedule, (self.plan.sobject, self.plan.taken_away))

        def strike(number: int) -> None:
            if number == stroke.struck:
                raise Struck

        wire.before = strike
        asked = Request(
            run_id=run_id(),
            mode="plan" if mode == "plan" else "sync",
            scope=stroke.scope,
            create_missing=stroke.imports,
        )
        try:
            with outside(self.org, wire, Listed(feed), self.warehouse, stroke.route, self.home) as world:
                late = replace(world, clock=lambda: world.clock() + stroke.skew)
                return run_once(self.entity, late, asked, approved=True)
        except Stopped as stopped:
            return stopped.report
        except Struck:
            self.warehouse.close()
            self.warehouse = self._opened()
            return None
        finally:
            wire.org.give_back()

    def sync(self, stroke: Stroke, accounts: Mapping[str, str]) -> None:
        """A run that may be disturbed, one that is not, and what is promised of them both."""
        feed, before = self.feed(), self.state()
        records = {name: dict(record) for name, record in before.items()}
        oracle = Oracle(
            self.plan.spec,
            feed,
            records,
            creates=stroke.imports or self.entity.create == "scheduled",
            accounts=accounts,
            links=self._links(),
            winners=self.winners,
            known=self.known,
        )
        if stroke.disturbed:
            self.run(feed, stroke)
        calm = replace(stroke, schedule={}, struck=0)
        report = self.run(feed, calm)
        assert report is not None
        if not stroke.disturbed:
            promises.outcomes_are_those_of(oracle, self.warehouse, everything=stroke.scope == "all")
        promises.each_row_has_one_outcome(report, len(feed))
        promises.as_the_oracle_says(self, oracle, before, may_stay=stroke.scope == "changed")
        self.known |= oracle.usable
        self.earlier, self.last = self.last, {key: dict(row) for key, row in self.rows.items()}
        self.changed.clear()
        self.meant = oracle

    def is_quiet(self, stroke: Stroke) -> None:
        """Another run has nothing to do."""
        feed = self.feed()
        again = self.run(feed, replace(stroke, schedule={}, struck=0))
        assert again is not None
        assert (again.cells, again.error) == (0, None), again.as_json()
        promises.each_row_has_one_outcome(again, len(feed))

    def referred_to(self) -> dict[str, str]:
        """Key → the live record that others refer to by it, as the last run was meant to leave it."""
        assert self.meant is not None
        keyed = {fold(record["Source_Key__c"]): name for name, record in self.state().items()}
        keys = {*map(fold, self.rows), *self.known, *self._links(), *keyed}
        found = {key: self.meant.means(key) for key in keys if key}
        return {key: keyed[one[4:]] if one.startswith("new ") else one for key, one in found.items() if one}

    def _links(self) -> dict[str, str]:
        with self.warehouse.open() as con:
            return dict(con.execute("select fold, record_id from links").fetchall())
