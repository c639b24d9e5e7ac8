"""Small random worlds side by side in a real org: whole runs end as the oracle says, and then have nothing to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assets.accounts import ENTITY as ACCOUNTS
from assets.personnel import ENTITY as PERSONNEL
from pipelines.declaring.entity import Entity
from tests import contract
from tests.contract import Record, Row, Spec
from tests.oracle import Oracle
from tests.runs.place import Place, run_id
from tests.worlds import INSTITUTIONS, PEOPLE, Small

IMPORTING = replace(ACCOUNTS, create="scheduled", twins=None)
FEW = settings(
    max_examples=1,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OURS = ("institution_id", "parent_id", "person_id", "merged_into", "Source_Key__c")
PERSONAL = ("email", "last_name", "Email", "LastName")


def many(worlds: st.SearchStrategy[Small]) -> st.SearchStrategy[list[Small]]:
    """Ten worlds, not all of them the simplest one."""
    return st.lists(worlds, min_size=10, max_size=10).filter(lambda found: len({repr(one) for one in found}) > 5)


def apart(values: Mapping[str, Any], world: str) -> dict[str, Any]:
    """The row or record with keys, addresses and names that no other world has."""
    told = dict(values)
    for name in {*OURS, *PERSONAL} & told.keys():
        value = told[name]
        if name in OURS and value and value.strip() and not value.strip().lower().startswith("i"):
            told[name] = value.replace(value.strip(), f"{world}-{value.strip()}")
        elif name in PERSONAL and value and len(value) < 200:
            told[name] = f"{world}{value}"
    return told


def together(worlds: list[Small]) -> tuple[list[Row], list[Record]]:
    """All worlds in one; of CRM records with the same key, which an org would not have, only the first."""
    mark = run_id().replace("run-", "").replace("-", "x")
    rows: list[Row] = []
    records: dict[object, Record] = {}
    for number, world in enumerate(worlds):
        rows += [apart(row, f"{mark}w{number}") for row in world.rows]
        for name, record in world.records.items():
            moved = apart({**record, "ParentId": None}, f"{mark}w{number}")
            records.setdefault((moved["Source_Key__c"] or (number, name)), moved)
    folded: dict[str, Record] = {}
    for key, record in records.items():
        folded.setdefault(str(key).lower(), record)
    return rows, list(folded.values())


def ended(here: Place, entity: Entity, spec: Spec, meant: Oracle, ids: Mapping[str, str], *, bulk: bool) -> None:
    """The run's outcomes and the org's records are as the oracle has them, and nothing is left to do."""
    report = here.run(entity, approved=True, bulk=bulk)
    assert report.error is None
    told = dict(here.ask(entity.name, "select line, outcome || coalesce(': ' || reason, '') from work.outcomes"))
    assert told == dict(enumerate(meant.outcomes, start=1))
    assert sum(report.outcomes.values()) == len(meant.rows)
    found = here.by_id(entity.target.sobject, {*spec.master, *spec.fill, spec.parent[0], "Source_Status__c"})
    keys = {str(record["Source_Key__c"]).lower(): record_id for record_id, record in found.items()}
    for name, record in meant.records.items():
        record_id = ids.get(name) or keys[name.removeprefix("new ")]
        parent = record[spec.parent[0]]
        parent = parent and (ids.get(parent) or keys.get(parent.removeprefix("new "), parent))
        wanted = {**record, spec.parent[0]: parent}
        assert as_kept(found[record_id]) == as_kept({field: wanted[field] for field in found[record_id]})
    assert here.run(entity, bulk=bulk).cells == 0
    assert here.run(entity, bulk=bulk, scope="all").cells == 0


def as_kept(record: Mapping[str, Any]) -> dict[str, Any]:
    """An org keeps e-mail addresses in small letters."""
    return {field: value.lower() if field == "Email" and value else value for field, value in record.items()}


@pytest.mark.parametrize("bulk", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["collections", "bulk"])
@given(worlds=many(INSTITUTIONS))
@FEW
def test_institutions_of_many_worlds_end_as_the_oracle_says(here: Place, worlds: list[Small], *, bulk: bool) -> None:
    rows, records = together(worlds)
    made = here.org.seed("Account", [{k: v for k, v in record.items() if v is not None} for record in records])
    ids = {f"r{n}": record_id for n, record_id in enumerate(made)}
    here.feed("institutions", rows)
    known = {f"r{n}": record for n, record in enumerate(records)}
    ended(here, IMPORTING, contract.ACCOUNTS, Oracle(contract.ACCOUNTS, rows, known, creates=True), ids, bulk=bulk)


@pytest.mark.parametrize("bulk", [pytest.param(False, marks=pytest.mark.soak), True], ids=["collections", "bulk"])
@given(worlds=many(PEOPLE))
@FEW
def test_people_of_many_worlds_end_as_the_oracle_says(here: Place, worlds: list[Small], *, bulk: bool) -> None:
    rows, records = together(worlds)
    mark = run_id()
    homes = dict(
        zip(
            ("001A", "001B"),
            here.org.seed("Account", [{"Name": mark, "Source_Key__c": f"{mark}-{n}"} for n in (1, 2)]),
            strict=True,
        )
    )
    here.feed("institutions", [{"institution_id": f"{mark}-{n}", "name": mark} for n in (1, 2)])
    here.run("accounts", approved=True)
    accounts = {f"{mark}-1": homes["001A"], f"{mark}-2": homes["001B"]}
    rows = [{**row, "institution_id": (row["institution_id"] or "").lower().replace("i", f"{mark}-")} for row in rows]
    records = [{**record, "AccountId": homes.get(str(record["AccountId"]))} for record in records]
    for record in records:
        record.pop("ParentId", None)
    made = here.org.seed("Contact", [{k: v for k, v in record.items() if v is not None} for record in records])
    ids = {f"r{n}": record_id for n, record_id in enumerate(made)}
    here.feed("personnel", rows)
    known = {f"r{n}": record for n, record in enumerate(records)}
    meant = Oracle(contract.PERSONNEL, rows, known, creates=True, accounts=accounts)
    ended(here, PERSONNEL, contract.PERSONNEL, meant, ids, bulk=bulk)
