"""Runs that create a few records and change a few: both go in one call, unless one of the two is left out."""

from __future__ import annotations

import pytest

from pipelines.telling.report import Report
from tests.runs.place import Place, Row
from tests.runs.test_meanwhile import run

BOTH, NEW, CHANGED = "POST composite", "POST composite/sobjects", "PATCH composite/sobjects"
SINCE = "GET queryAll/"
VERIFIED = "POST composite/sobjects/Account"


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    return f"to{abs(hash(request.node.name)) % 10**8}"


def told(
    here: Place, key: str, name: str = "New", *, count: int = 3, changed: int = 3, phone: str | None = None
) -> str:
    """So many institutions are new, and so many have another name, and a phone; the id of the first of these."""
    known = [{"institution_id": f"{key}-{n}", "name": "Old"} for n in range(changed)]
    ids = here.org.seed("Account", [{"Source_Key__c": row["institution_id"], "Name": "Old"} for row in known])
    here.feed("institutions", known)
    here.until_quiet("accounts")
    new: list[Row] = [{"institution_id": f"{key}-n{n}", "name": name} for n in range(count)]
    here.feed("institutions", [*({**row, "name": name, "phone": phone} for row in known), *new])
    here.org.reset()
    return ids[0]


def writes(here: Place) -> list[str]:
    """The calls of the load: the look before and the sample that is verified are left out."""
    first, *calls, last = here.org.calls()
    assert (first, last) == ("POST composite", VERIFIED)
    return calls


def load(here: Place) -> Report:
    return here.run("accounts", approved=True, create_missing=True)


def test_new_and_changed_records_take_one_question_and_one_call(here: Place, key: str) -> None:
    told(here, key)
    report = load(here)
    assert (report.status, report.outcomes) == ("success", {"created": 3, "updated": 3})
    assert writes(here) == [SINCE, BOTH]
    assert (report.api_calls, report.planned_calls) == (4, 3)
    batches = here.ask(
        "accounts",
        f"select operation, wave, route, state, rows from batches where run_id = '{report.run_id}' order by batch",
    )
    assert batches == [("insert", 0, "collections", "DONE", 3), ("update", 0, "collections", "DONE", 3)]
    assert load(here).status == "nothing_to_do"


def test_a_text_that_looks_like_a_reference_arrives_as_it_is(here: Place, key: str) -> None:
    name = "the @{new[0].id} of @{changed.body} @{"
    told(here, key, name)
    report = load(here)
    assert (report.outcomes, report.planned_calls) == ({"created": 3, "updated": 3}, 5)
    assert writes(here) == [SINCE, NEW, SINCE, CHANGED]
    assert {record["Name"] for label, record in here.records("Account").items() if label.startswith(key)} == {name}


def test_more_than_a_collection_goes_one_after_the_other(here: Place, key: str) -> None:
    told(here, key, count=201, changed=1)
    assert load(here).outcomes == {"created": 201, "updated": 1}
    assert writes(here) == [SINCE, NEW, NEW, SINCE, CHANGED]


def test_where_all_changed_ones_are_left_out_the_new_ones_go_alone(here: Place, key: str) -> None:
    first = told(here, key, changed=1)
    edit = {"sobject": "Account", "ids": [first], "fields": {"Phone": "typed"}}
    report = run(here, "accounts", lambda: here.org.do("records/edit", edit), create_missing=True)
    assert report.outcomes == {"created": 3, "updated": 1}
    assert writes(here) == [SINCE, NEW, SINCE, SINCE, CHANGED]
    assert here.records("Account")[f"{key}-0"]["Phone"] == "typed"


def test_the_right_to_create_that_is_gone_stops_the_run_and_the_changes_are_told(here: Place, key: str) -> None:
    told(here, key)
    closing = {"sobject": "Account", "rights": {"create": False}}
    report = run(here, "accounts", lambda: here.org.do("permissions", closing), create_missing=True)
    assert report.status == "failure"
    assert report.outcomes == {"failed": 3, "updated": 3}
    here.org.reset()
    assert load(here).outcomes == {"created": 3, "unchanged": 3}


def test_the_right_to_a_field_of_changes_alone_stops_the_run_and_the_new_ones_are_told(here: Place, key: str) -> None:
    told(here, key, phone="1")
    closing = {"sobject": "Account", "field": "Phone", "rights": {"edit": False}}
    report = run(here, "accounts", lambda: here.org.do("permissions", closing), create_missing=True)
    assert (report.status, report.error) == ("failure", "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert report.outcomes == {"created": 3, "failed": 3}
    here.org.reset()
    assert load(here).outcomes == {"unchanged": 3, "updated": 3}
