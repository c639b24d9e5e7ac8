"""A first run of a two-way entity waits for a person, and so does the first one after its terms were changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assets.tasks import ENTITY as TASKS
from pipelines import memory
from pipelines.declaring.agreed_rules import Agreed
from pipelines.declaring.both import BothWays
from pipelines.declaring.cadence import Cadence
from pipelines.declaring.entity import Entity
from pipelines.declaring.gates import Gates
from pipelines.loading.plan import FIRST_DONE
from tests.pipelines.both_case import BothCase


def held(entity: Entity, agreed_to: str | None) -> list[str]:
    case = BothCase(entity)
    if agreed_to:
        memory.write(case.con, FIRST_DONE, agreed_to)
    case.items({"id": "T1", "title": "new"}).tasks({"Id": "00T1", "Subject": "another"})
    assert isinstance(case, BothCase)
    return [gate.name for gate in case.look().obstacles(None)]


CHANGED = {
    "a direction": replace(TASKS, both=replace(TASKS.rules_of_both, direction="to_crm")),
    "what is prevented": replace(TASKS, both=BothWays(prevent={})),
    "a field": replace(TASKS, fields={**TASKS.fields, "Subject": Agreed("title", wins="source")}),
    "twins": replace(TASKS, match=()),
}


def test_the_first_run_waits_and_the_next_one_does_not() -> None:
    assert held(TASKS, None) == ["first_run"]
    assert held(TASKS, TASKS.terms) == []


@pytest.mark.parametrize("entity", CHANGED.values(), ids=CHANGED.keys())
def test_the_first_run_under_other_terms_waits(entity: Entity) -> None:
    assert held(entity, TASKS.terms) == ["first_run"]
    assert held(entity, entity.terms) == []


def test_how_often_and_within_which_limits_is_no_term() -> None:
    assert replace(TASKS, cadence=Cadence(), gates=Gates(changes=None), retries=3).terms == TASKS.terms
