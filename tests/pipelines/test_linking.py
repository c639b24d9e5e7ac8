"""Which record is a row's: promises of `pipelines/linking/link.py`, one a test."""

from __future__ import annotations

import pytest

from assets.accounts import ENTITY as ACCOUNTS
from assets.personnel import ENTITY as PERSONNEL
from pipelines.linking.scope import Keys
from tests.pipelines.case import Case

ANN = {"person_id": "p1", "institution_id": "i1", "first_name": "Ann", "last_name": "Lee", "email": "ann@example.org"}
HERE = {"i1": "001A", "i2": "001B"}


def person(record_id: str, key: str | None = None, **fields: object) -> dict[str, object]:
    return {"Id": record_id, "Source_Key__c": key, "LastName": "Lee", "FirstName": "Ann", **fields}


def test_a_row_is_linked_to_the_record_with_its_key_whatever_the_case() -> None:
    case = Case(PERSONNEL).source([ANN]).crm([person("003A", "P1", AccountId="001A", Email="ANN@example.org")])
    case.plan(targets=HERE)
    assert case.changes("p1") == {"Source_Status__c": "A"}
    assert case.outcomes == {"p1": "updated"}


def test_a_keyless_record_with_the_same_email_is_linked_and_gets_the_key() -> None:
    case = Case(PERSONNEL).source([ANN]).crm([person("003A", Email="Ann@Example.org", AccountId="001A")])
    case.plan(creates=True, targets=HERE)
    assert case.changes("p1") == {"Source_Key__c": "p1", "Source_Status__c": "A"}
    assert case.outcomes == {"p1": "linked: same_Email"}


def test_two_records_with_the_email_are_a_tie_and_nothing_is_guessed() -> None:
    case = (
        Case(PERSONNEL)
        .source([ANN])
        .crm([person("003A", Email="ann@example.org"), person("003B", Email="ann@example.org")])
    )
    case.plan(creates=True, targets=HERE)
    assert case.cells == set()
    assert case.outcomes == {"p1": "held: ambiguous_match"}


def test_two_rows_that_claim_one_record_are_both_held() -> None:
    case = Case(PERSONNEL).source([ANN, {**ANN, "person_id": "p2"}]).crm([person("003A", Email="ann@example.org")])
    case.plan(creates=True, targets=HERE)
    assert case.outcomes == {"p1": "held: ambiguous_match", "p2": "held: ambiguous_match"}


def test_a_record_that_rows_tied_for_is_not_given_to_a_third_by_a_weaker_rule() -> None:
    tied = [{**ANN, "last_name": "Ray"}, {**ANN, "person_id": "p2", "last_name": "Fox"}]
    case = Case(PERSONNEL).source([*tied, {**ANN, "person_id": "p3", "email": None}])
    case.crm([person("003A", Email="ann@example.org", AccountId="001A")]).plan(creates=True, targets=HERE)
    assert case.outcomes == {"p1": "held: ambiguous_match", "p2": "held: ambiguous_match", "p3": "created"}


def test_a_record_that_has_another_key_is_never_matched() -> None:
    case = Case(PERSONNEL).source([ANN]).crm([person("003A", "p9", Email="ann@example.org", AccountId="001A")])
    case.plan(creates=True, targets=HERE)
    assert case.outcomes == {"p1": "created"}


def test_a_record_that_lost_its_key_stays_with_the_row_it_was_linked_to_although_the_feed_lacks_that_one() -> None:
    case = Case(PERSONNEL).source([ANN]).linked({"p9": "003A"})
    case.crm([person("003A", Email="ann@example.org", AccountId="001A")]).plan(creates=True, targets=HERE)
    assert case.outcomes == {"p1": "created"}


def test_without_an_email_the_name_within_the_account_finds_the_record() -> None:
    case = Case(PERSONNEL).source([{**ANN, "email": None}])
    case.crm([person("003A", AccountId="001A"), person("003B", AccountId="001B")])
    case.plan(creates=True, targets=HERE)
    assert case.outcomes == {"p1": "linked: same_LastName,_FirstName,_AccountId"}
    assert {record for _, record, _, _, _ in case.cells} == {"003A"}


def test_a_person_whose_account_is_missing_is_skipped_and_an_inactive_one_is_never_created() -> None:
    case = Case(PERSONNEL).source([{**ANN, "institution_id": "i9"}, {**ANN, "person_id": "p2", "status": "I"}])
    case.plan(creates=True, targets=HERE)
    assert case.outcomes == {"p1": "skipped: missing_institution", "p2": "skipped: inactive"}


def test_a_stored_link_outlives_a_key_that_somebody_wiped() -> None:
    case = (
        Case(PERSONNEL)
        .source([ANN])
        .crm([person("003A", AccountId="001A", Email="ann@example.org")])
        .linked({"p1": "003A"})
    )
    case.plan(targets=HERE)
    assert case.changes("p1") == {"Source_Key__c": "p1", "Source_Status__c": "A"}


@pytest.mark.parametrize(
    "records, outcome",
    [
        pytest.param([], "skipped: deleted_in_crm", id="deleted by a person"),
        pytest.param([person("003A", "p7")], "held: rekeyed_in_crm", id="given another key by a person"),
        pytest.param(
            [person("003A"), person("003B", "p1")], "held: conflicting_link", id="key moved to another record"
        ),
        pytest.param(
            [person("003B", "p1"), person("003C", "p1")], "held: duplicate_key_in_crm", id="key twice in the CRM"
        ),
        pytest.param(
            [person("003A", IsDeleted=True, MasterRecordId="003B"), person("003B", "p2")],
            "held: merged_in_crm",
            id="merged by a person into another row's record",
        ),
    ],
)
def test_what_people_did_to_a_linked_record_is_not_undone(records: list[dict[str, object]], outcome: str) -> None:
    case = Case(PERSONNEL).source([ANN]).crm(records).linked({"p1": "003A"})
    case.plan(creates=True, targets=HERE)
    assert case.outcomes == {"p1": outcome}
    assert case.cells == set()


def test_a_link_follows_a_merge_to_the_winner() -> None:
    case = Case(PERSONNEL).source([ANN])
    case.crm(
        [
            person("003A", IsDeleted=True, MasterRecordId="003B"),
            person("003B", Email="ann@example.org", AccountId="001A"),
        ]
    )
    case.linked({"p1": "003A"}).plan(targets=HERE)
    assert {(record, field) for _, record, field, _, _ in case.cells} == {
        ("003B", "Source_Key__c"),
        ("003B", "Source_Status__c"),
    }


BO = {**ANN, "person_id": "p2", "first_name": "Bo"}
INTO_ONE = [person(f"003{letter}", IsDeleted=True, MasterRecordId="003C") for letter in "AB"]


@pytest.mark.parametrize(
    "key, outcomes",
    [
        (None, {"p1": "held: shared_record", "p2": "held: shared_record"}),
        ("p2", {"p1": "held: merged_in_crm", "p2": "updated"}),
    ],
    ids=["nobody has said whose it is", "given a key by a person"],
)
def test_two_rows_whose_records_people_merged_into_one_wait_for_its_key_and_hold_up_nobody(
    key: str | None, outcomes: dict[str, str]
) -> None:
    """A third row, which is equal to that record, is not given it."""
    like_it = {**ANN, "person_id": "p3", "email": "c@example.org"}
    other = {**ANN, "person_id": "p4", "email": "d@example.org"}
    case = Case(PERSONNEL).source([ANN, BO, like_it, other])
    winner = person("003C", key, AccountId="001A", Email="c@example.org")
    case.crm([*INTO_ONE, winner, person("003D", "p4", AccountId="001A")])
    plan = case.linked({"p1": "003A", "p2": "003B", "p4": "003D"}).plan(creates=True, targets=HERE)
    assert case.outcomes == {**outcomes, "p3": "created", "p4": "updated"}
    assert plan.obstacles(plan.hash) == []


def test_a_record_that_another_one_was_merged_into_stays_that_of_its_row() -> None:
    case = Case(PERSONNEL).source([ANN, BO]).crm([INTO_ONE[0], person("003C", AccountId="001A")])
    case.linked({"p1": "003A", "p2": "003C"}).plan(targets=HERE)
    assert case.outcomes == {"p1": "held: shared_record", "p2": "updated"}
    assert case.changes("p2")["Source_Key__c"] == "p2"


def test_of_two_rows_that_became_one_in_both_places_the_survivor_has_the_record() -> None:
    case = Case(PERSONNEL).source([{**ANN, "merged_into": "p2"}, BO]).crm([*INTO_ONE, person("003C", AccountId="001A")])
    case.linked({"p1": "003A", "p2": "003B"}).plan(targets=HERE)
    assert case.outcomes == {"p1": "skipped: merged", "p2": "updated"}


def test_who_leads_to_a_shared_record_by_a_merger_in_the_source_waits_for_its_key_as_well() -> None:
    """The survivor has no record yet: one of its own would only hide that somebody has to choose."""
    p3, other = {**ANN, "person_id": "p3", "email": "c@example.org"}, {**ANN, "person_id": "p4"}
    case = Case(PERSONNEL).source([{**ANN, "merged_into": "p3"}, BO, p3, other])
    case.crm([*INTO_ONE, person("003C", AccountId="001A"), person("003D", "p4", AccountId="001A")])
    plan = case.linked({"p1": "003A", "p2": "003B", "p4": "003D"}).plan(creates=True, targets=HERE)
    assert case.outcomes == {**dict.fromkeys(("p1", "p2", "p3"), "held: shared_record"), "p4": "updated"}
    assert plan.obstacles(plan.hash) == []


def test_of_two_rows_that_were_merged_into_a_third_as_their_records_were_the_third_has_the_record() -> None:
    p3 = {**ANN, "person_id": "p3"}
    case = Case(PERSONNEL).source([{**ANN, "merged_into": "p3"}, {**BO, "merged_into": "p3"}, p3])
    case.crm([*INTO_ONE, person("003C", AccountId="001A")])
    case.linked({"p1": "003A", "p2": "003B"}).plan(creates=True, targets=HERE)
    rekeyed = "linked: rekeyed_to_survivor"
    assert case.outcomes == {"p1": rekeyed, "p2": rekeyed, "p3": "linked: merged"}


def institution(key: str, **columns: object) -> dict[str, object]:
    return {"institution_id": key, "name": f"School {key}", **columns}


def account(record_id: str, key: str | None, **fields: object) -> dict[str, object]:
    return {"Id": record_id, "Source_Key__c": key, "Name": f"School {key}", "Source_Status__c": "A", **fields}


def test_a_merged_row_gives_its_record_to_a_survivor_without_one() -> None:
    case = Case(ACCOUNTS).source([institution("i1", merged_into="i2"), institution("i2")]).crm([account("001A", "i1")])
    case.plan()
    assert case.changes("i2") == {"Source_Key__c": "i2", "Name": "School i2"}
    assert case.outcomes == {"i1": "linked: rekeyed_to_survivor", "i2": "linked: merged"}


def test_a_merged_row_whose_survivor_has_a_record_is_marked_closed_and_nothing_else() -> None:
    case = Case(ACCOUNTS).source([institution("i1", name="New", merged_into="i2"), institution("i2")])
    case.crm([account("001A", "i1"), account("001B", "i2")]).plan()
    assert case.cells == {("i1", "001A", "Source_Status__c", "A", "C")}
    assert case.outcomes == {"i1": "deactivated: duplicate_of_survivor", "i2": "unchanged"}


@pytest.mark.parametrize(
    "rows, outcome",
    [
        pytest.param([institution("i1", merged_into="i9")], "held: merge_survivor_unknown", id="nobody"),
        pytest.param([institution("i1", merged_into="i1")], "held: merge_circle", id="itself"),
        pytest.param(
            [institution("i1", merged_into="i2"), institution("i2", merged_into="i1")],
            "held: merge_circle",
            id="a circle",
        ),
    ],
)
def test_a_merger_that_leads_nowhere_is_held(rows: list[dict[str, object]], outcome: str) -> None:
    case = Case(ACCOUNTS).source(rows).crm([account("001A", "i1")])
    case.plan()
    assert case.outcomes["i1"] == outcome
    assert case.cells == set()


def test_two_merged_rows_with_records_and_a_survivor_without_are_a_tie() -> None:
    case = Case(ACCOUNTS).source(
        [institution("i1", merged_into="i3"), institution("i2", merged_into="i3"), institution("i3")]
    )
    case.crm([account("001A", "i1"), account("001B", "i2")]).plan()
    assert set(case.outcomes.values()) == {"held: ambiguous_merge"}


def test_a_chain_of_mergers_ends_at_the_last_survivor() -> None:
    case = Case(ACCOUNTS).source(
        [institution("i1", merged_into="i2"), institution("i2", merged_into="i3"), institution("i3")]
    )
    case.crm([account("001A", "i1")]).plan()
    assert case.changes("i3")["Source_Key__c"] == "i3"
    assert case.outcomes == {"i1": "linked: rekeyed_to_survivor", "i2": "skipped: merged", "i3": "linked: merged"}


def test_keys_that_differ_only_in_case_are_one_key_twice() -> None:
    case = Case(ACCOUNTS).source([institution("i1"), institution("I1"), institution("i2")])
    case.plan(creates=True)
    assert case.outcomes == {"i1": "held: duplicate_key", "I1": "held: duplicate_key", "i2": "created"}


def test_a_row_outside_the_scope_that_could_claim_the_record_makes_it_a_tie() -> None:
    case = Case(PERSONNEL).source([ANN, {**ANN, "person_id": "p2"}]).crm([person("003A", Email="ann@example.org")])
    case.plan(creates=True, targets=HERE, scope=Keys(frozenset({"p1"})))
    assert case.outcomes == {"p1": "held: ambiguous_match"}
    assert case.cells == set()


def test_a_blank_status_is_the_one_that_was_known() -> None:
    gone = {**ANN, "status": "I"}
    case = Case(PERSONNEL).source([gone]).source([ANN])
    case.crm([person("003A", "p1", AccountId="001A", Source_Status__c="I", FirstName="Anna")]).plan(targets=HERE)
    assert case.outcomes == {"p1": "unchanged"}
