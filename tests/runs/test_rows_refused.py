"""Rows that the org will not take: the others go on, and after a while they rest until their source changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assets.accounts import ENTITY as ACCOUNTS
from resources.archive import Archive
from tests.runs.place import Place, Row

PATIENT = replace(ACCOUNTS, retries=2)


def rows(prefix: str, employees: str) -> list[Row]:
    return [
        {"institution_id": f"{prefix}-0", "name": "Good", "enrollment": "10"},
        {"institution_id": f"{prefix}-1", "name": "Bad", "enrollment": employees},
    ]


@pytest.mark.parametrize("bulk", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["collections", "bulk"])
def test_a_refused_row_fails_alone_rests_after_its_retries_and_is_released_by_its_source(
    here: Place, *, bulk: bool
) -> None:
    prefix = f"refused-{bulk}"
    here.org.seed("Account", [{"Source_Key__c": f"{prefix}-{n}", "Name": "Old"} for n in range(2)])
    here.feed("institutions", rows(prefix, "99999999999"))
    first = here.run(PATIENT, approved=True, bulk=bulk)
    assert (first.status, first.outcomes) == ("success_with_errors", {"failed": 1, "updated": 1})
    second = here.run(PATIENT, approved=True, bulk=bulk)
    assert second.outcomes == {"failed": 1, "unchanged": 1}
    resting = here.run(PATIENT, approved=True, bulk=bulk)
    assert (resting.status, resting.outcomes) == ("nothing_to_do", {"held": 1, "unchanged": 1})
    assert resting.reasons["held: quarantined"] == 1
    assert (resting.cells, resting.planned_calls) == (0, 0)
    tried = here.run(PATIENT, approved=True, bulk=bulk, scope="all")
    assert tried.outcomes == {"failed": 1, "unchanged": 1}
    here.feed("institutions", rows(prefix, "11"))
    released = here.run(PATIENT, approved=True, bulk=bulk)
    assert released.outcomes == {"unchanged": 1, "updated": 1}
    assert here.records("Account")[f"{prefix}-1"]["NumberOfEmployees"] == 11


def test_a_refused_row_is_in_the_history_of_its_run(here: Place) -> None:
    here.org.seed("Account", [{"Source_Key__c": f"told-{n}", "Name": "Old"} for n in range(2)])
    here.feed("institutions", rows("told", "99999999999"))
    report = here.run(PATIENT, approved=True)
    told = Archive(here.home).rows("accounts", report.run_id, successes=True, errors=True)
    assert [(row.key, row.outcome, row.field, row.code_class, row.line) for row in told] == [
        ("told-1", "failed", "NumberOfEmployees", "row", 2),
        ("told-0", "updated", None, None, 1),
    ]


def test_a_row_whose_record_is_locked_is_tried_again_in_the_same_run(here: Place) -> None:
    here.org.seed("Account", [{"Source_Key__c": "locked-1", "Name": "Old"}])
    here.feed("institutions", [{"institution_id": "locked-1", "name": "New"}])
    here.org.faults(
        {
            "method": "PATCH",
            "path": "/composite/sobjects$",
            "action": "status",
            "status": 400,
            "code": "UNABLE_TO_LOCK_ROW",
        }
    )
    report = here.run("accounts", approved=True)
    assert (report.status, report.outcomes) == ("success", {"updated": 1})
