"""The thinking and the oracle must agree on every small world: on each row's outcome, and on how the CRM ends."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.accounts import ENTITY as ACCOUNTS
from assets.personnel import ENTITY as PERSONNEL
from pipelines.declaring.entity import Entity
from tests import contract
from tests.contract import Record, Spec
from tests.oracle import Oracle
from tests.pipelines.case import Case
from tests.worlds import HOME_ACCOUNTS, INSTITUTIONS, PEOPLE, Small

WORLDS = settings(
    max_examples=int(os.environ.get("WORLDS", "25")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def planned(entity: Entity, world: Small) -> Case:
    case = Case(entity).source(world.rows)
    case.crm({"Id": record_id, **record} for record_id, record in world.records.items())
    case.plan(creates=world.creates or entity.create == "scheduled", targets=HOME_ACCOUNTS)
    return case


def ended(entity: Entity, spec: Spec, case: Case, records: Mapping[str, Record]) -> dict[str, Record]:
    """The records once the plan is carried out, of the fields that the oracle knows; parents told as it tells them."""
    known = {*spec.master, *spec.fill, spec.parent[0], "Source_Key__c", "Source_Status__c"}
    end = {record_id: dict(record) for record_id, record in records.items()}
    for key, record_id, field, old, new in case.cells:
        if field in known:
            record = end.setdefault(record_id or f"new {key}", dict.fromkeys(known))
            assert told(record[field]) == old, f"{field} of {key} is {record[field]!r}, the plan thinks {old!r}"
            record[field] = int(new) if field == "NumberOfEmployees" and new else new
            if (new or "").startswith("→ "):
                record[field] = f"new {(new or '')[2:]}"
    return end


def told(value: object) -> str | None:
    return None if value is None else str(value)


def agree(entity: Entity, spec: Spec, world: Small) -> Case:
    case = planned(entity, world)
    want = Oracle(
        spec,
        world.rows,
        {record_id: dict(record) for record_id, record in world.records.items()},
        creates=world.creates or entity.create == "scheduled",
        accounts=HOME_ACCOUNTS,
    )
    lines = case.con.execute(
        "select line, outcome || coalesce(': ' || reason, '') from work.outcomes order by line"
    ).fetchall()
    assert lines == list(enumerate(want.outcomes, start=1))
    assert ended(entity, spec, case, world.records) == want.records
    return case


@given(INSTITUTIONS)
@WORLDS
def test_institutions_end_as_the_oracle_says(world: Small) -> None:
    agree(ACCOUNTS, contract.ACCOUNTS, world)


@given(PEOPLE)
@WORLDS
def test_people_end_as_the_oracle_says(world: Small) -> None:
    agree(PERSONNEL, contract.PERSONNEL, world)


@pytest.mark.parametrize(
    "entity, spec, worlds",
    [(ACCOUNTS, contract.ACCOUNTS, INSTITUTIONS), (PERSONNEL, contract.PERSONNEL, PEOPLE)],
    ids=["accounts", "personnel"],
)
@given(data=st.data(), seed=st.integers(0, 1000))
@settings(WORLDS, max_examples=6)
def test_order_is_irrelevant_and_a_second_plan_is_empty(
    entity: Entity, spec: Spec, worlds: st.SearchStrategy[Small], data: st.DataObject, seed: int
) -> None:
    world = data.draw(worlds)
    case = planned(entity, world)
    shuffled = random.Random(seed).sample(world.rows, len(world.rows))
    assert planned(entity, Small(shuffled, world.records, world.creates)).cells == case.cells
    end = ended(entity, spec, case, world.records)
    assert planned(entity, Small(world.rows, end, world.creates)).cells == set()
