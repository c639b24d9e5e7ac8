"""Each question where all is well, and where it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assets.declarations import entities
from checks import (
    duplicate_keys,
    duplicate_people,
    freshness,
    missing_institutions,
    orphans,
    references,
    rejected_rows,
)
from checks.all_questions import QUESTIONS
from checks.question import Copy, Question
from pipelines.declaring.cadence import Cadence
from tests.checks.conftest import Ask
from tests.pipelines.case import Case

ONE_SIDE = {name: entity for name, entity in entities().items() if not entity.both}
ASKED = [(question, name) for question in QUESTIONS for name, entity in ONE_SIDE.items() if question.concerns(entity)]


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


@pytest.mark.parametrize(
    "entity, told",
    [
        ("personnel", {("AccountId", references.WAITS, "p2")}),
        ("profiles", {("Account__c", references.NAMES_NONE, "e2"), ("Account__c", references.BLANK, "e3")}),
        ("profiles", {("RecordTypeId", references.WAITS, "e4")}),
        ("connections", {("From_User__c", references.WAITS, "c6")}),
        ("connections", {("To_Profile__c", references.WAITS, "c-e4, c-e5, c7")}),
    ],
    ids=["people without an institution", "profiles without an account", "profiles of no known kind",
         "connections without a user", "connections without a profile"],
)  # fmt: skip
def test_what_points_nowhere_is_told(entity: str, told: set[tuple[str, str, str]], wrong: Ask) -> None:
    answer = wrong(references.QUESTION, entity)
    assert not answer.passed
    assert told <= {(row["field"], row["what"], row["first keys"]) for row in answer.rows}


def test_at_the_top_of_a_hierarchy_nothing_need_be_named(well: Ask) -> None:
    assert well(references.QUESTION, "accounts").numbers == {"waiting": 0, "unresolved": 0, "blank": 0}


def test_a_record_with_a_key_that_nobody_knows_is_an_orphan(wrong: Ask) -> None:
    answer = wrong(orphans.QUESTION, "profiles")
    assert answer.numbers == {"unknown": 1, "no_longer_listed": 0}
    [row] = answer.rows
    assert len(str(row["record"])) == 18
    assert wrong(orphans.QUESTION, "accounts").passed


def test_a_record_whose_row_left_a_full_list_is_an_orphan() -> None:
    case = Case(entities()["accounts"]).source([{"institution_id": f"K{n}", "name": "School"} for n in range(2)])
    case.crm([{"Id": f"001{n}", "Source_Key__c": f"K{n}", "Name": "School"} for n in range(2)])
    case.source([{"institution_id": "K0", "name": "School"}])
    answer = orphans.answer(Copy(case.entity, case.con, datetime.now(UTC)))
    assert answer.rows == ({"record": "0011", "what": "no longer in the source"},)


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
    late = datetime.now(UTC) + timedelta(hours=4)
    assert well(freshness.QUESTION, "accounts", late).passed
    hourly = well(freshness.QUESTION, "profiles", late)
    assert not hourly.passed
    assert hourly.severe
    assert not well(freshness.QUESTION, "accounts", late + timedelta(hours=33)).passed


NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    "cadence, limit, over_a_week",
    [
        (Cadence(), 36, 168),
        (Cadence("hour", at_least=timedelta(hours=2)), 6, 168),
        (Cadence(timedelta(minutes=5)), 0.5, 168),
        (Cadence("hour", hours=(8, 18)), 3, 70),
        (Cadence("hour", hours=(22, 6), days=("mon", "fri"), zone="Europe/Berlin"), 3, 16),
        (Cadence(hours=(22, 6), days=("sat", "sun")), 36, 48),
    ],
    ids=lambda part: part.group if isinstance(part, Cadence) else str(part),
)
def test_how_long_nothing_is_stale(cadence: Cadence, limit: float, over_a_week: float) -> None:
    hour = timedelta(hours=1)
    assert freshness.limit_of(cadence) / hour == limit
    assert freshness.counted(cadence, NEW_YEAR, NEW_YEAR + timedelta(days=7)) / hour == over_a_week


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
