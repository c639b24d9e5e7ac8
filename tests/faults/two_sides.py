"""People have tasks in Outlook and in the CRM, and runs come in between, disturbed or not: a state machine.

After the edits stop two undisturbed runs suffice, the third writes nothing on either side, and both sides are as a
plain-Python oracle says from what they held before: no value flips back, nothing is deleted by mistake, nothing is
there twice, and what a person typed last stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Literal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pipelines.both_sides.relink import relink
from pipelines.linking.scope import Keys, Scope, Slice
from pipelines.telling.report import Report
from resources.outlook.keys import key_of
from tests.faults.desk import ANN
from tests.faults.drawn import DEATHS, SCHEDULES
from tests.faults.drawn_tasks import (
    NUMBERS,
    PARTS,
    PAUSES,
    QUIETLY,
    SCOPES,
    SIDES,
    Asked,
    as_item,
    as_record,
)
from tests.faults.drawn_wire import Drawn
from tests.faults.kinds import WRITES
from tests.faults.people_at_tasks import PeopleAtTasks
from tests.faults.seen import differences, items_of, records_of
from tests.faults.wire import nothing
from tests.oracle_of_both import Oracle
from tests.sides_of_both import CELLS, Before, Item, Pair, Record

HOUR = timedelta(hours=1)
LATE = timedelta(minutes=6)
ORDINARY = {"subject": "three", "body": None, "due": 3, "status": "Not Started", "priority": "Low"}

GONE = Record(None, None, None, "", "", "", date.min, deleted=True)


class TwoSides(PeopleAtTasks):
    """Time and runs."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[Pair] = []
        self.last: dict[str, Item] = {}
        """Items as they were when all was quiet last, the gone ones among them."""
        self.withdrawn: set[str] = set()
        self.amid: dict[tuple[str, str], set[object]] = {}
        self.desk.run()

    @rule(pause=PAUSES)
    def time_goes_by(self, pause: timedelta) -> None:
        self.desk.later(pause)

    @rule(schedule=st.just({}) | SCHEDULES, struck=st.just(0) | DEATHS, scope=SCOPES | PARTS)
    def a_plan_is_made(self, schedule: dict[int, int], struck: int, scope: Asked) -> None:
        before = self.desk.items(), self.desk.records(deleted=True)
        self._run(schedule, struck=struck, mode="plan", scope=scope)
        assert (self.desk.items(), self.desk.records(deleted=True)) == before

    @rule(scope=SCOPES)
    def all_goes_well(self, scope: Asked = "changed") -> None:
        self._comes_to_rest(self._oracle(), scope)

    @rule(scope=PARTS)
    def a_run_is_about_a_part(self, scope: Asked) -> None:
        oracle = self._oracle()
        self._run(scope=scope)
        self._comes_to_rest(oracle)

    @rule(schedule=SCHEDULES, scope=SCOPES | PARTS)
    def faults_are_met(self, schedule: dict[int, int], scope: Asked) -> None:
        oracle = self._oracle()
        self._run(schedule, scope=scope)
        self._comes_to_rest(oracle)

    @rule()
    def all_is_paired_anew(self) -> None:
        """When all is quiet, so that whatever people did is known to both sides."""
        self._comes_to_rest(self._oracle())
        with self.desk.warehouse.open() as con:
            relink(con)
        items, records = items_of(self.desk), records_of(self.desk)
        whole = [one for one in self.pairs if one.item in items and not records.get(one.record, GONE).deleted]
        parted = [one for one in self.pairs if one.parted]
        self.pairs = [*parted, *(Pair(one.item, one.record) for one in whole if not one.parted)]
        self._comes_to_rest(self._oracle(anew=True))

    @rule(at=DEATHS)
    def a_run_dies(self, at: int) -> None:
        oracle = self._oracle()
        self._run(struck=at)
        self._comes_to_rest(oracle)

    @rule(
        number=NUMBERS,
        side=SIDES,
        typed=QUIETLY,
        at=st.integers(1, 8),
        schedule=st.just({}) | SCHEDULES,
        struck=st.just(0) | DEATHS,
    )
    def somebody_types_amid_a_run(
        self, number: int, side: str, typed: tuple[str, Any], at: int, schedule: dict[int, int], struck: int
    ) -> None:
        """Or just after it, where it had fewer calls. What is typed last counts, but against the CRM in a conflict."""
        if not self._in_accord():
            self.somebody_notes_in_outlook(user=ANN, told=ORDINARY, private=False)
            self._comes_to_rest(self._oracle())
        pairs = self._in_accord()
        if not pairs:
            return
        oracle, (cell, value) = self._oracle(), typed
        items, records = items_of(self.desk), records_of(self.desk)
        pair = pairs[number % len(pairs)]
        item, record = items[pair.item], records[pair.record]
        done: list[int] = []

        def type_at(call: int) -> None:
            if call == at:
                done.append(call)
                self._types(side, pair, cell, value)

        self._run(schedule, struck=struck, meanwhile=type_at)
        self.tale.done["typed amid a run" if done else "typed after a run"] += 1
        if not done:
            self._types(side, pair, cell, value)
        right = {value}
        met = [str(call) for call in self.desk.wire.calls][at - 1 : at]
        written = met in (["PATCH composite/sobjects"], [f"POST {WRITES}"])
        if side == "record" and written:
            right.add(item.value(cell))  # typed after the last look, and before the org had our write
        if side == "item" and record.value(cell) != pair.base[cell]:
            right.add(record.value(cell))
        self.amid = {(pair.item, cell): right, (pair.record, cell): right}
        self._comes_to_rest(oracle)
        assert items_of(self.desk)[pair.item].value(cell) == records_of(self.desk)[pair.record].value(cell)

    @rule(doing=st.sampled_from(("moves", "moves and changes", "throws away")), scope=SCOPES)
    def what_was_made_just_now_is_gone(self, doing: str, scope: Asked) -> None:
        """Before any reading told of it."""
        self._comes_to_rest(self._oracle())
        record = self.desk.creates({**as_record(self.today, ORDINARY), "OwnerId": self.desk.users[ANN]})
        oracle = self._oracle()
        self._run()
        self._remember(oracle)
        key = next((pair.item for pair in self.pairs if pair.record == record), None)
        if key is None:
            return  # it is held, as there is something like it
        if doing == "throws away":
            self.desk.throws_away(key)
        else:
            moved = self.desk.moves(key)
            if doing == "moves and changes":
                self.desk.changes(moved, title="two")
        self._comes_to_rest(self._oracle(), scope, at_once=True)

    # a rule by several names is drawn so many times as often: what disturbs a run is what the stories are about
    a_plan_is_made_2 = a_plan_is_made
    faults_are_met_2 = faults_are_met_3 = faults_are_met_4 = faults_are_met
    a_run_dies_2 = a_run_dies_3 = a_run_dies
    somebody_types_2 = somebody_types_3 = somebody_types_4 = somebody_types_amid_a_run

    def _run(
        self,
        schedule: Drawn | None = None,
        *,
        struck: int = 0,
        meanwhile: Callable[[int], None] = nothing,
        mode: Literal["plan", "sync"] = "sync",
        scope: Asked = "changed",
    ) -> Report | None:
        report = self.desk.run(schedule, struck=struck, meanwhile=meanwhile, mode=mode, scope=self._scope(scope))
        self.tale.ran(mode, self.desk.wire.kinds_met, died=report is None)
        return report

    def _in_accord(self) -> list[Pair]:
        """Pairs that both sides have, and that are not left alone."""
        oracle, items, records = self._oracle(), items_of(self.desk), records_of(self.desk)
        return [
            one
            for one in self.pairs
            if one.item in items
            and not records.get(one.record, GONE).deleted
            and not oracle.apart(items[one.item], records[one.record])
        ]

    def _scope(self, asked: Asked) -> Scope:
        if asked == "catch_up" or asked == "slice":
            return Slice(self.desk.clock.now - HOUR, self.desk.clock.now + HOUR, catch_up=asked == "catch_up")
        if isinstance(asked, int):
            known = [*map(key_of, sorted({*self.desk.items(), *self.last})), *sorted(self.desk.records())]
            return Keys(frozenset({known[asked % len(known)]})) if known else "changed"
        return asked

    def _types(self, side: str, pair: Pair, cell: str, value: str) -> None:
        if side == "item":
            self.desk.changes(pair.item, **as_item(self.today, {cell: value}))
        else:
            self.desk.edits(pair.record, **as_record(self.today, {cell: value}))

    def _oracle(self, *, anew: bool = False) -> Oracle:
        items, records = items_of(self.desk), records_of(self.desk)
        users = set(self.desk.users.values())
        return Oracle(Before(items, records, self.pairs, self.today, users, self.last, self.withdrawn, anew))

    def _comes_to_rest(self, oracle: Oracle, scope: Asked = "changed", *, at_once: bool = False) -> None:
        """Two undisturbed runs suffice, the third writes nothing on either side, and all is as the oracle says.

        What may still be told late is waited for, before the first or after it.
        """
        if not at_once:
            self.desk.later(LATE)
        told = [self._run(scope=scope)]
        if at_once:
            self.desk.later(LATE)
        told.append(self._run())
        before = self.desk.office.writes
        quiet = self._run()
        assert all(report and report.error is None for report in (*told, quiet)), [
            report and report.message for report in (*told, quiet)
        ]
        assert quiet is not None
        assert (quiet.status, quiet.cells, self.desk.org_writes, self.desk.office.writes - before) == (
            "nothing_to_do", 0, 0, 0,
        ), quiet.as_json()  # fmt: skip
        assert differences(self.desk, oracle, self.amid) == []
        self._remember(oracle)

    def _remember(self, oracle: Oracle) -> None:
        """Who belongs to whom now, and what they agree on."""
        items, records = items_of(self.desk), records_of(self.desk)
        by_key = {record.key: name for name, record in records.items() if record.key and not record.deleted}
        known = {pair.item: pair for pair in oracle.pairs}
        for key in items.keys() & by_key.keys() - known.keys():
            known[key] = Pair(key, by_key[key])
        for pair in known.values():
            item, record = items.get(pair.item), records.get(pair.record)
            if item is None or record is None or record.deleted or oracle.apart(item, record):
                continue
            agreed = {cell: item.value(cell) for cell in CELLS if item.value(cell) == record.value(cell)}
            pair.base |= agreed
        self.pairs, self.withdrawn = list(known.values()), oracle.withdrawn
        self.last |= items
        self.amid = {}
