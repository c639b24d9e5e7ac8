"""Hierarchies that the source turns round, at an org that takes no circle on the way either."""

from __future__ import annotations

import pytest

from tests.runs.place import Place, Row


def school(key: str, parent: str | None = None) -> Row:
    return {"institution_id": key, "name": key, "parent_id": parent}


@pytest.mark.parametrize("bulk", [False, True], ids=["collections", "bulk"])
def test_a_hierarchy_turned_round_is_written_in_one_run(here: Place, *, bulk: bool) -> None:
    a, b, c, top = (f"round-{bulk}-{name}" for name in ("a", "b", "c", "top"))
    here.feed("institutions", [school(a, b), school(b, c), school(c), school(top)])
    here.run("accounts", approved=True, create_missing=True)

    here.feed("institutions", [school(a, top), school(b, a), school(c, b), school(top)])
    report = here.run("accounts", approved=True, bulk=bulk)

    assert report.status == "success"
    parents = {key: record["ParentId"] for key, record in here.records("Account").items()}
    assert {key: parents[key] for key in (a, b, c)} == {a: top, b: a, c: b}
    assert here.run("accounts").status == "nothing_to_do"


def test_a_circle_with_a_parent_that_stays_as_it_is_is_held_until_somebody_breaks_it(here: Place) -> None:
    below, above = (f"closing-{name}" for name in ("below", "above"))
    here.feed("institutions", [school(below, above), school(above)])
    here.run("accounts", approved=True, create_missing=True)
    here.feed("institutions", [school(below), school(above, below)])

    held = here.run("accounts", approved=True)

    assert held.reasons["held: parent_circle"] == 1
    assert held.cells == 0
    here.org.do("records/edit", {"sobject": "Account", "where": {"Source_Key__c": below}, "fields": {"ParentId": None}})
    assert here.run("accounts", approved=True).outcomes["updated"] == 1
    assert here.records("Account")[above]["ParentId"] == below
