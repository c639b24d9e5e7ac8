"""Limits on plans, as a table; and that an approval is good for exactly one plan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.accounts import ENTITY as ACCOUNTS
from pipelines.declaring.gates import Gates, Limit, Measures, judge
from pipelines.loading.plan import Plan, short_hash
from tests.pipelines.case import Case

CALM = Measures(
    records=10_000,
    updates=0,
    creates=0,
    removals=0,
    ended=0,
    blanked={},
    rows_before=10_000,
    rows_now=10_000,
    doubled_keys=0,
)

TABLE = [
    # what is unusual, the gates that fail
    ({}, []),
    ({"removals": 1}, ["removals"]),
    ({"ended": 1_000}, []),
    ({"ended": 1_001}, ["ended"]),
    ({"records": 100, "ended": 20}, []),
    ({"updates": 2_500}, []),
    ({"updates": 2_501}, ["changes"]),
    ({"records": 100, "updates": 100}, []),
    ({"records": 100, "updates": 200}, []),
    ({"records": 100, "updates": 201}, ["changes"]),
    ({"records": 0, "updates": 201}, ["changes"]),
    ({"creates": 5_000}, []),
    ({"creates": 5_001}, ["creates"]),
    ({"records": 0, "creates": 500}, []),
    ({"records": 0, "creates": 501}, ["creates"]),
    ({"blanked": {"Name": 500, "Phone": 500}}, []),
    ({"blanked": {"Name": 501}}, ["blanked"]),
    ({"rows_now": 8_000}, []),
    ({"rows_now": 7_999}, ["shrunk"]),
    ({"rows_now": 0}, ["shrunk"]),
    ({"rows_before": 0, "rows_now": 0}, []),
    ({"columns_lost": 1}, ["columns_lost"]),
    ({"doubled_keys": 1}, ["duplicate_keys"]),
    ({"removals": 1, "creates": 9_999, "doubled_keys": 2}, ["removals", "creates", "duplicate_keys"]),
]


@pytest.mark.parametrize("unusual, failing", TABLE, ids=[str(unusual) for unusual, _ in TABLE])
def test_a_plan_over_a_limit_fails_that_gate(unusual: dict[str, object], failing: list[str]) -> None:
    verdicts = judge(Gates(), replace(CALM, **unusual))  # type: ignore[arg-type]
    assert [verdict.name for verdict in verdicts if not verdict.passed] == failing


def test_a_declaration_sets_its_own_limits_or_switches_a_gate_off_but_duplicate_keys_stay() -> None:
    off = dict.fromkeys(("creates", "removals", "ended", "blanked", "shrunk", "columns_lost"))
    own = replace(Gates(changes=Limit(count=3)), **off)
    verdicts = judge(own, replace(CALM, updates=4, creates=9_999, doubled_keys=1))
    assert [(verdict.name, verdict.passed, verdict.limit) for verdict in verdicts] == [
        ("changes", False, "3"),
        ("duplicate_keys", False, "0"),
    ]


def test_an_approval_is_good_for_exactly_that_plan_and_never_for_duplicate_keys() -> None:
    held = Plan("abc-1", 0, 0, 0, 0, 0, tuple(judge(Gates(), replace(CALM, removals=1))))
    assert [gate.name for gate in held.obstacles(None)] == ["removals"]
    assert [gate.name for gate in held.obstacles("abc-2")] == ["removals"]
    assert held.obstacles("abc-1") == []
    doubled = replace(held, gates=tuple(judge(Gates(), replace(CALM, removals=1, doubled_keys=1))))
    assert [gate.name for gate in doubled.obstacles("abc-1")] == ["duplicate_keys"]


ROWS = st.lists(
    st.fixed_dictionaries({"institution_id": st.sampled_from("abcdef"), "name": st.sampled_from(("x", "y", "zwölf"))}),
    unique_by=lambda row: row["institution_id"],
    min_size=1,
)


def hash_of(rows: list[dict[str, str]], old: str = "old") -> str:
    case = Case(ACCOUNTS).source(rows)
    case.crm([{"Id": "001A", "Source_Key__c": "a", "Name": old, "Source_Status__c": "A"}])
    return case.plan(creates=True).hash


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=3)
def test_the_hash_of_a_plan_has_no_order_and_changes_with_any_cell(rows: list[dict[str, str]], chance: object) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert hash_of(shuffled) == hash_of(rows)
    other = [{**rows[0], "name": "other"}, *rows[1:]]
    assert hash_of(other) != hash_of(rows)
    if any(row["institution_id"] == "a" for row in rows):
        assert hash_of(rows, old="older") != hash_of(rows)
    assert hash_of([*rows, {"institution_id": "g", "name": "x"}]) != hash_of(rows)


def test_plans_without_a_cell_are_told_apart_by_what_their_gates_saw() -> None:
    calm, lost, more = (short_hash("0/0", judge(Gates(), replace(CALM, columns_lost=count))) for count in (0, 1, 2))
    assert len({calm, lost, more}) == 3
