"""What is promised after a quiet run, asked of the org and of the entity's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.telling.report import Report
from tests.contract import Record, fold
from tests.faults.outside import HeldOpen
from tests.faults.plan import FLAGS
from tests.oracle import Oracle

if TYPE_CHECKING:
    from tests.faults.side import Side

State = dict[str, Record]
"""Live records by id."""

SETTLED = "unchanged: source_unchanged"
"""What a run that looks only at changes says of a row that it does not look at."""


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


def as_the_oracle_says(side: Side, oracle: Oracle, before: State, *, may_stay: bool) -> None:
    """Nothing is there twice or gone, every field is what the oracle wants: what people typed, if it wants nothing.

    `may_stay`: a run that looks only at what changed leaves other records as it finds them.
    """
    after = side.state()
    keyed = [fold(record["Source_Key__c"]) for record in after.values() if record["Source_Key__c"]]
    assert len(keyed) == len(set(keyed)), f"a key twice: {sorted(keyed)}"
    assert before.keys() <= after.keys(), "a record is gone"
    by_key = {fold(record["Source_Key__c"]): name for name, record in after.items()}
    new = {name: by_key.get(name.removeprefix("new "), name) for name in oracle.records if name.startswith("new ")}
    for name, record in oracle.records.items():
        found = after.get(new.get(name, name))
        assert found is not None, f"{name} is missing"
        stayed = before.get(name) if may_stay else None
        for field, wanted in meant(side, record, new).items():
            right = found[field] == wanted or (stayed is not None and found[field] == stayed[field])
            assert right, f"{name}.{field} is {found[field]!r}, not {wanted!r}"
    extra = after.keys() - before.keys() - set(new.values())
    assert not extra, f"created beyond the oracle: {[after[one] for one in extra]}"


def meant(side: Side, record: Record, new: dict[str, str]) -> Record:
    """All business fields of a record of the oracle; `new`: the ids that its new records got."""
    told = {**dict.fromkeys(side.fields), **dict.fromkeys(FLAGS, False)}
    told |= {field: record[field] for field in side.fields if field in record}
    told |= {field: fold(told[field]) or None for field in side.plan.spec.emails}  # as an org keeps them
    return {**told, side.plan.parent: new.get(str(told[side.plan.parent]), told[side.plan.parent])}


def untouched(before: State, after: State, keys: set[str]) -> None:
    """Records with these keys are as they were."""
    for name, record in before.items():
        if record["Source_Key__c"] in keys:
            assert after[name] == record
