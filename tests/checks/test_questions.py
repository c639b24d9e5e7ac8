"""Each question where all is well, and where it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assets.declarations import entities
from checks import duplicate_keys, duplicate_people, freshness, missing_institutions, rejected_rows
from checks.all_questions import QUESTIONS
from checks.question import Copy, Question
from pipelines.cadence import Cadence
from tests.checks.conftest import Ask
from tests.pipelines.case import Case

ASKED = [(question, name) for question in QUESTIONS for name, entity in entities().items() if question.concerns(entity)]


@pytest.mark.parametrize("question, entity", ASKED, ids=lambda part: getattr(part, "name", part))
def test_all_is_well_where_all_is_well(question: Question, entity: str, well: Ask) -> None:
    answer = well(question, entity)
    assert answer.passed, answer.said
    assert answer.rows == ()


def test_active_institutions_without_a_record_are_missing(wrong: Ask) -> None:
    answer = wrong(missing_institutions.QUESTION, "accounts")
    assert not answer.passed
    assert {row["key"] for row in answer.rows} == {"s2", "s3"}
    assert answer.numbers == {"missing": 2, "likely_twins": 1}


def test_people_whose_institution_is_missing_wait(wrong: Ask) -> None:
    answer = wrong(missing_institutions.QUESTION, "personnel")
    assert not answer.passed
    assert answer.rows == ({"key": "p2", "reason": "missing_institution"},)


def test_a_key_that_the_source_has_twice_is_told_once(wrong: Ask) -> None:
    answer = wrong(duplicate_keys.QUESTION, "accounts")
    assert not answer.passed
    assert answer.numbers == {"in_source": 1, "in_crm": 0}
    assert [(str(row["key"]).lower(), row["side"], row["times"]) for row in answer.rows] == [("s5", "source", 2)]


def test_people_with_one_address_are_told_by_their_ids(wrong: Ask) -> None:
    answer = wrong(duplicate_people.QUESTION, "personnel")
    assert not answer.passed
    assert answer.numbers == {"addresses": 1, "records": 2}
    [row] = answer.rows
    assert [len(record_id) for record_id in str(row["records"]).split(", ")] == [18, 18]
    assert "@" not in repr(answer)


def test_refused_rows_are_told_by_reason_with_their_keys(wrong: Ask) -> None:
    answer = wrong(rejected_rows.QUESTION, "accounts")
    assert not answer.passed
    told = {(row["reason"], row["column"], row["rows"], row["first keys"]) for row in answer.rows}
    assert told == {
        ("required_blank", "name", 1, "s6"),
        ("unknown_status", "status", 1, "s7"),
        ("too_long", "name", 1, "s8"),
    }


def test_no_sync_within_the_limit_is_an_error(well: Ask) -> None:
    late = datetime.now(UTC) + freshness.DAILY + timedelta(minutes=1)
    answer = well(freshness.QUESTION, "accounts", late)
    assert not answer.passed
    assert answer.severe


LIMITS = [
    (Cadence(), 36, "daily"),
    (Cadence(days=("mon", "tue", "wed", "thu", "fri"), hours=(2, 3)), 36 + 48, "daily, but for the weekend"),
    (Cadence("hour"), 3, "hourly"),
    (Cadence("hour", hours=(8, 18)), 3 + 14, "hourly by day"),
    (Cadence("hour", hours=(8, 18), days=("mon", "tue", "wed", "thu", "fri")), 3 + 62, "hourly in office hours"),
]


@pytest.mark.parametrize("cadence, hours, _", LIMITS, ids=[words for _, _, words in LIMITS])
def test_how_late_a_sync_may_be_follows_from_its_cadence(cadence: Cadence, hours: int, _: str) -> None:
    assert freshness.limit_of(cadence) == timedelta(hours=hours)


def test_a_key_that_two_records_of_the_crm_have_is_an_error() -> None:
    case = Case(entities()["accounts"]).source([{"institution_id": "K1", "name": "School"}])
    case.crm([{"Id": f"001{n}", "Source_Key__c": key, "Name": "School"} for n, key in enumerate(("K1", "k1"))])
    answer = duplicate_keys.answer(Copy(case.entity, case.con, datetime.now(UTC)))
    assert answer.severe
    assert answer.rows == ({"key": "K1", "side": "CRM", "times": 2},)


def test_rows_that_the_crm_refused_stay_told_until_they_are_taken() -> None:
    case = Case(entities()["accounts"]).source([{"institution_id": f"r{n}", "name": "School"} for n in range(3)])
    for fold, outcome, reason in (
        ("r0", "failed", "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        ("r1", "held", "quarantined"),
        ("r2", "updated", None),
    ):
        case.con.execute("insert into state (fold, outcome, reason) values (?, ?, ?)", [fold, outcome, reason])
    answer = rejected_rows.answer(Copy(case.entity, case.con, datetime.now(UTC)))
    assert answer.numbers == {"unusable": 0, "refused": 2, "quarantined": 1, "held_deliveries": 0}
    assert {(row["reason"], row["first keys"]) for row in answer.rows} == {
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "r0"),
        ("quarantined", "r1"),
    }
