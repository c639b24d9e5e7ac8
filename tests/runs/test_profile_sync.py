"""What admins may rely on with the shipped declarations of profiles and connections, beyond the life of one profile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assets.profiles import ENTITY as PROFILES
from tests.runs.practice import CONNECTION, PROFILE, Practice
from tests.runs.service import ENTITIES


def test_each_connection_to_a_user_has_its_record_and_all_of_them_end_with_the_profile(practice: Practice) -> None:
    other = f"{practice.name}2"
    users = {practice.user, practice.hires(other)}
    practice.profile()
    practice.connection()
    practice.service.connection(f"{practice.name}-d", profile_id=f"{practice.name}-p", user_id=other)
    practice.sync()
    made = practice.records(CONNECTION)
    assert ({one["From_User__c"] for one in made}, {one["Active__c"] for one in made}) == (users, {True})
    practice.profile(state="deleted")
    practice.sync()
    ended = practice.records(CONNECTION)
    assert [one["Id"] for one in ended] == [one["Id"] for one in made], "deactivated, and not deleted"
    assert {one["Active__c"] for one in ended} == {False}
    assert all(one["Inactivated_At__c"] for one in ended)


def test_of_a_deleted_profile_nothing_is_left_but_that_it_was_one(practice: Practice) -> None:
    said = ("first_name", "last_name", "display_name", "degree", "title", "photo_url")
    practice.profile(**{name: f"https://example.org/{name}" for name in said}, signed_up_at="2026-01-01T00:00:00Z")
    practice.connection()
    practice.sync()
    before = practice.record(PROFILE)
    assert all(before[name] for name in PROFILES.fields)
    practice.profile(state="deleted")
    practice.sync()
    after = practice.record(PROFILE)
    left = {name: after[name] for name in PROFILES.fields if after[name] is not None}
    assert left.pop("Connection_Status_Updated_At__c") >= before["Connection_Status_Updated_At__c"]
    assert left == {
        "RecordTypeId": before["RecordTypeId"],
        "Display_Name__c": "Deleted User",
        "Connection_Status__c": "Deleted",
    }


@pytest.mark.parametrize("then", ["a full sync", "its next change"])
def test_what_people_put_in_place_of_a_photo_is_overridden(practice: Practice, then: str) -> None:
    practice.profile(photo_url="https://example.org/photo")
    practice.connection()
    practice.sync()
    told = {"sobject": PROFILE, "ids": [practice.record(PROFILE)["Id"]], "fields": {"Photo_Url__c": "https://mine"}}
    practice.here.org.do("records/edit", told)
    if then == "a full sync":
        practice.sync(scope="all")
    else:
        practice.profile(title="Dr")
        practice.sync()
    assert practice.record(PROFILE)["Photo_Url__c"] == "https://example.org/photo"


def test_a_record_that_is_there_is_updated_and_none_is_created_beside_it(practice: Practice) -> None:
    practice.here.org.seed(PROFILE, [{"External_Id__c": f"{practice.name}-p", "First_Name__c": "Old"}])
    practice.profile(first_name="New")
    practice.connection()
    assert practice.sync()[0] == "updated"
    [record] = practice.records(PROFILE)
    assert (record["First_Name__c"], record["Connection_Status__c"]) == ("New", "Connected")


@pytest.mark.parametrize("name", ["profiles", "connections"])
def test_syncs_are_an_hour_apart_and_never_while_meetings_are_processed(practice: Practice, name: str) -> None:
    practice.profile()
    practice.connection()
    practice.sync()

    def scheduled(late: timedelta = timedelta()) -> tuple[str, Any]:
        def world(usual: Any) -> Any:
            return replace(practice.service.beside(usual), clock=lambda: datetime.now(UTC) + late)

        at = datetime.now(UTC) + late
        report = practice.here.run(ENTITIES[name], world=world, approved=True, scheduled_for=at)
        return report.status, report.message

    assert scheduled() == ("nothing_to_do", None)
    status, why = scheduled(timedelta(minutes=50))
    assert (status, str(why).endswith("at least 60 have to lie between two")) == ("skipped", True)
    assert scheduled(timedelta(minutes=61))[0] == "nothing_to_do"
    (practice.here.home / "engage-post-processing.lock").touch()
    status, why = scheduled(timedelta(hours=4))
    assert (status, "engage-post-processing.lock is there" in str(why)) == ("skipped", True)
    assert practice.service.sync(practice.here, name)[0].status == "skipped", "whoever starts it"
