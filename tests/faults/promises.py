"""What is promised after a quiet run, asked of the org and of the entity's file."""

from __future__ import annotations

from pipelines.report import Report
from tests.faults import plan
from tests.faults.outside import HeldOpen
from tests.oracle import Oracle, Record

BUSINESS = (*plan.FIELDS, plan.UNMAPPED, *plan.FLAGS)
"""All that people or runs write, the unmapped field among them."""

State = dict[str, Record]
"""Live records by id."""


def each_row_has_one_outcome(report: Report, rows: int) -> None:
    assert sum(report.outcomes.values()) == report.extracted == rows, report.outcomes


def outcomes_are_those_of(oracle: Oracle, warehouse: HeldOpen) -> None:
    with warehouse.open() as con:
        sql = "select line, outcome || coalesce(': ' || reason, '') from work.outcomes"
        told = dict(con.execute(sql).fetchall())
    assert told == dict(enumerate(oracle.outcomes, start=1))


def as_the_oracle_says(oracle: Oracle, before: State, after: State, *, may_stay: bool) -> None:
    """Nothing is there twice or gone, every field is what the oracle wants: what people typed, if it wants nothing.

    `may_stay`: a run that looks only at what changed leaves other records as it finds them.
    """
    keyed = [record["Source_Key__c"] for record in after.values() if record["Source_Key__c"]]
    assert len(keyed) == len(set(keyed)), f"a key twice: {sorted(keyed)}"
    assert before.keys() <= after.keys(), "a record is gone"
    by_key = {str(record["Source_Key__c"]).lower(): name for name, record in after.items()}
    new = {name: by_key.get(name.removeprefix("new "), name) for name in oracle.records if name.startswith("new ")}
    for name, record in oracle.records.items():
        found = after.get(new.get(name, name))
        assert found is not None, f"{name} is missing"
        stayed = before.get(name) if may_stay else None
        for field, wanted in meant(record, new).items():
            right = found[field] == wanted or (stayed is not None and found[field] == stayed[field])
            assert right, f"{name}.{field} is {found[field]!r}, not {wanted!r}"
    extra = after.keys() - before.keys() - set(new.values())
    assert not extra, f"created beyond the oracle: {[after[one] for one in extra]}"


def meant(record: Record, new: dict[str, str]) -> Record:
    """All business fields of a record of the oracle; `new`: the ids that its new records got."""
    blank = {**dict.fromkeys(BUSINESS), **dict.fromkeys(plan.FLAGS, False)}
    told = {**blank, **{field: record[field] for field in BUSINESS if field in record}}
    return {**told, "ParentId": new.get(str(told["ParentId"]), told["ParentId"])}


def untouched(before: State, after: State, keys: set[str]) -> None:
    """Records with these keys are as they were."""
    for name, record in before.items():
        if record["Source_Key__c"] in keys:
            assert after[name] == record
