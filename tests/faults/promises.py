"""What is promised after a quiet run, asked of the org and of the entity's file."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.telling.report import Report
from tests.contract import Record, fold
from tests.faults.drawn_wire import DrawnWire
from tests.faults.kinds import WRITES
from tests.faults.outside import HeldOpen
from tests.faults.plan import FLAGS
from tests.faults.sent import STAMP
from tests.oracle import Oracle

if TYPE_CHECKING:
    from tests.faults.side import Side

State = dict[str, Record]
"""Live records by id."""

BY_SOURCE = "Created_By_Source__c"

BY_COLLECTIONS = ("composite/sobjects", WRITES)
LOOK = 1
"""The call before the first write that asks what others changed meanwhile."""

SETTLED = "unchanged: source_unchanged"
"""What a run that looks only at changes says of a row that it does not look at."""


def billed(report: Report, wire: DrawnWire) -> None:
    """It says how many calls the org counted."""
    assert report.api_calls == len(wire.billed), f"{report.api_calls} calls told, {len(wire.billed)} made"


def cost_what_was_planned(report: Report, wire: DrawnWire) -> None:
    """Where nothing went wrong the load took no more calls than the plan said, by collections."""
    calls = wire.billed
    writes = [number for number, call in enumerate(calls) if call.path in BY_COLLECTIONS and call.changes]
    if report.mode == "sync" and report.error is None and not wire.met and writes:
        load = len(calls) - writes[0] + LOOK
        assert load <= report.planned_calls, f"{load} calls for the load, {report.planned_calls} planned"


def each_row_has_one_outcome(report: Report, rows: int) -> None:
    assert sum(report.outcomes.values()) == report.extracted == rows, report.outcomes


def outcomes_are_those_of(oracle: Oracle, warehouse: HeldOpen, *, everything: bool) -> None:
    """Row by row; a run that is not about everything may leave out what is settled."""
    with warehouse.open() as con:
        sql = "select line, outcome || coalesce(': ' || reason, '') from work.outcomes"
        told = dict(con.execute(sql).fetchall())
    wanted = dict(enumerate(oracle.outcomes, start=1))
    assert told.keys() == wanted.keys()
    wrong = {line: (said, wanted[line]) for line, said in told.items() if said != wanted[line]}
    if not everything:
        wrong = {line: both for line, both in wrong.items() if both[0] != SETTLED}
    assert not wrong, f"line: told, right: {wrong}"


@dataclass(frozen=True)
class End:
    """The org before and after a run, or two."""

    before: State
    after: State
    right: Mapping[tuple[str, str], set[object]]
    """Record and field → what may stand there, where a person typed into it meanwhile."""
    may_stay: Set[str]
    """Records that may be as they were."""


def as_the_oracle_says(side: Side, oracle: Oracle, end: End) -> None:
    """Nothing is there twice or gone, every field is what the oracle wants: what people typed, if it wants nothing."""
    before, after = end.before, end.after
    keyed = [fold(record["Source_Key__c"]) for record in after.values() if record["Source_Key__c"]]
    assert len(keyed) == len(set(keyed)), f"a key twice: {sorted(keyed)}"
    assert before.keys() <= after.keys(), "a record is gone"
    by_key = {fold(record["Source_Key__c"]): name for name, record in after.items()}
    new = {name: by_key.get(name.removeprefix("new "), name) for name in oracle.records if name.startswith("new ")}
    for name, record in oracle.records.items():
        found = after.get(new.get(name, name))
        assert found is not None, f"{name} is missing"
        for field, wanted in meant(side, record, new).items():
            right = end.right.get((name, field), {wanted})
            right = right | {before[name][field]} if name in end.may_stay and (name, field) not in end.right else right
            assert found[field] in right, f"{name}.{field} is {found[field]!r}, not {' or '.join(map(repr, right))}"
    extra = after.keys() - before.keys() - set(new.values())
    assert not extra, f"created beyond the oracle: {[after[one] for one in extra]}"


def meant(side: Side, record: Record, new: dict[str, str]) -> Record:
    """All fields of a record of the oracle but the stamp; `new`: the ids that its new records got."""
    fields = [field for field in side.fields if field != STAMP]
    told = {**dict.fromkeys(fields), **dict.fromkeys(FLAGS, False), BY_SOURCE: True}  # those of an older one are told
    told |= {field: record[field] for field in fields if field in record}
    told |= {field: fold(told[field]) or None for field in side.plan.spec.emails}  # as an org keeps them
    return {**told, side.plan.parent: new.get(str(told[side.plan.parent]), told[side.plan.parent])}


def stamped_if_written(end: End, since: datetime, until: datetime) -> None:
    """A record that was made or changed says when, by our clock; the others say what they said."""
    typed = {name for name, _ in end.right}
    for name, record in end.after.items():
        was, told = end.before.get(name, {}), record[STAMP]
        if name in typed:
            continue
        if record == {**was, STAMP: told}:
            assert told == was[STAMP], f"{name} was stamped and nothing else"
        else:
            assert told, f"{name} was written and is not stamped"
            at = datetime.fromisoformat(str(told))
            assert since - timedelta(seconds=1) <= at <= until, f"{name} was written and is stamped {told}"


def untouched(before: State, after: State, keys: set[str]) -> None:
    """Records with these keys are as they were."""
    for name, record in before.items():
        if record["Source_Key__c"] in keys:
            assert after[name] == record
