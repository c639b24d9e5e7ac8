"""One entity in the machine of `both_sides`: what its source lists, its records in the org, and runs of it.

What people do there is in `hands`, what is promised after a run in `promises`, what may be drawn in `drawn`.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pipelines.run import Request
from pipelines.telling.report import Report
from resources.warehouse import Warehouse
from tests.contract import fold
from tests.faults import promises
from tests.faults.drawn_wire import DrawnWire
from tests.faults.hands import Hands
from tests.faults.inside import Inside
from tests.faults.outside import HeldOpen, Listed, Row
from tests.faults.plan import Plan
from tests.faults.running import Runner, Struck
from tests.faults.sent import Sent
from tests.faults.stroke import Stroke
from tests.faults.tale import Tale
from tests.faults.typed import Typed
from tests.oracle import Oracle
from tests.runs.place import run_id

EVERY = 20 * 60
"""Seconds between two runs: more than a snapshot reaches back, so that what one has missed is not read again."""


def content(row: Row) -> dict[str, str | None]:
    """What a row says, but for when it was said."""
    return {name: value for name, value in row.items() if name != "updated_at"}


class Side(Hands):
    """An entity with a file of its own; `plan` is how it is declared."""

    def __init__(self, plan: Plan, home: Path, org: Inside, tale: Tale) -> None:
        super().__init__(plan, org)
        self.tale = tale
        self.entity = replace(plan.entity, retries=10_000)
        opened = Warehouse(home, self.entity.name)
        self.warehouse = HeldOpen(opened, published_too=plan.above is None)
        self.runner = Runner(org, self.warehouse, home)
        self.rows: dict[str, dict[str, str | None]] = {}
        self.twins: list[dict[str, str | None]] = []
        self.last: dict[str, dict[str, str | None]] = {}
        self.earlier: dict[str, dict[str, str | None]] = {}
        """The rows of the last run, and of the one before."""
        self.known: dict[str, Row] = {}
        self.changed: set[str] = set()
        self.meant: Oracle | None = None
        """What the last carried out run was meant to bring about."""
        self.order = 0
        self._clock = 0

    def close(self) -> None:
        self.warehouse.close()

    # the source

    def touch(self, key: str) -> None:
        """The source says that this row changed."""
        self._clock += 1
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self._clock)
        self.rows[key]["updated_at"] = f"{at:%Y-%m-%dT%H:%M:%SZ}"
        self.changed.add(key)
        self.order += 1

    def feed(self) -> list[dict[str, str | None]]:
        """In the order of the moment."""
        rows = [*self.rows.values(), *self.twins]
        random.Random(self.order).shuffle(rows)
        return rows

    def older(self) -> dict[str, dict[str, str | None]]:
        """Rows as an earlier run knew them, of which the last one knew better."""
        known = self.meant.usable if self.meant and not self.changed and not self.twins else {}
        usable = {key: row for key, row in self.rows.items() if fold(key) in known}
        return {key: self.earlier[key] for key, row in usable.items() if self.earlier.get(key, row) != row}

    # runs

    def run(
        self, feed: Sequence[Row], stroke: Stroke, *, mode: Literal["plan", "sync"] = "sync", typed: Typed | None = None
    ) -> Report | None:
        """The report, or None of a run that was struck down; some time has gone by since the last one."""
        self.org.org.advance(EVERY)
        wire = DrawnWire(self.org, stroke.schedule, (self.plan.sobject, self.plan.taken_away))
        sent = Sent(self.org, self.plan.sobject, {typed.record} if typed else frozenset())
        wire.sees = sent

        def amid(number: int) -> None:
            if typed and number == typed.at:
                typed.types(self)
            if number == stroke.struck:
                raise Struck

        wire.before = amid
        asked = Request(run_id=run_id(), mode=mode, scope=stroke.scope, create_missing=stroke.imports)
        self.wire = wire
        report = self.runner.run(self.entity, asked, wire, Listed(feed), route=stroke.route, seen_as=stroke.seen)
        self.tale.ran(mode, wire.kinds_met, died=report is None)
        self.tale.done["rows written"] += sent.rows
        assert not sent.needless or "late" in wire.kinds_met, sent.needless
        assert mode == "sync" or not sent.rows, "a plan wrote"
        return report

    def sync(self, stroke: Stroke, accounts: Mapping[str, str], typed: Typed | None = None) -> None:
        """A run that may be disturbed, one that is not, and what is promised of them both."""
        feed, before, since = self.feed(), self.state(), self.org.org.time()
        oracle = self._oracle(feed, before, stroke, accounts)
        right: dict[tuple[str, str], set[object]] = {}
        if typed:
            over = {**before, typed.record: typed.over(before[typed.record])}
            aware = self._oracle(feed, over, stroke, accounts)
            self.run(feed, stroke, typed=typed)
            self.tale.done["typed amid a run" if typed.done else "typed after a run"] += 1
            right = typed.right(self, oracle, aware, everything=stroke.scope == "all")
        elif stroke.disturbed:
            self.run(feed, stroke)
        report = self.run(feed, stroke.undisturbed)
        assert report is not None
        if not stroke.disturbed and not typed:
            promises.outcomes_are_those_of(oracle, self.warehouse, everything=stroke.scope == "all")
        promises.each_row_has_one_outcome(report, len(feed))
        end = promises.End(before, self.state(), right, self._may_stay(oracle, before, stroke))
        promises.as_the_oracle_says(self, oracle, end)
        promises.stamped_if_written(end, since + stroke.skew, self.org.org.time() + stroke.skew)
        self.tale.done["frozen rows"] += oracle.outcomes.count("skipped: do_not_update")
        self.known |= oracle.usable
        self.earlier, self.last = self.last, {key: dict(row) for key, row in self.rows.items()}
        self.changed.clear()
        self.meant = oracle

    def _oracle(
        self, feed: Sequence[Row], before: promises.State, stroke: Stroke, accounts: Mapping[str, str]
    ) -> Oracle:
        return Oracle(
            self.plan.spec,
            feed,
            {name: dict(record) for name, record in before.items()},
            creates=stroke.imports or self.entity.create == "scheduled",
            accounts=accounts,
            links=self._links(),
            winners=self.winners,
            known=self.known,
        )

    def _may_stay(self, oracle: Oracle, before: promises.State, stroke: Stroke) -> set[str]:
        """Records that a run may leave as it found them: it looks only at changes, and their rows did not change."""
        if stroke.scope == "all":
            return set()
        rows = {key for key, row in oracle.usable.items() if content(row) != content(self.known.get(key, {}))}
        return before.keys() - {oracle.record[key] for key in rows if key in oracle.record}

    def is_quiet(self, stroke: Stroke) -> None:
        """Another run has nothing to do, and does nothing."""
        feed, before = self.feed(), self.state()
        again = self.run(feed, stroke.undisturbed)
        assert again is not None
        assert (again.cells, again.error) == (0, None), again.as_json()
        assert self.state() == before
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
