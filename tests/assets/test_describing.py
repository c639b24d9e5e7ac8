"""What people read of an entity in the UI: its source, who gets a record, how a life ends, and every field."""

from __future__ import annotations

import pytest

from assets.declarations import entities
from assets.making.describing import described
from pipelines.declaring.entity import Entity

SAID = {
    "accounts": "Feed `institutions` → `Account`, keyed by `Source_Key__c`. Creates records only when a person asks",
    "personnel": "Feed `personnel` → `Contact`, keyed by `Source_Key__c`. Creates records. Synced every day at 5:00",
    "profiles": "Collection `/v1/profiles` of the service `engage` → `Engage_Profile__c`",
    "connections": "**Is over** when `active` is false, or what `To_Profile__c` refers to is over, or what"
    " `From_User__c` refers to is not there, or what `To_Profile__c` refers to is not there. Its record stays",
    "tasks": "**Changes flow both ways**; never deletes in the CRM, 30 days back and 365 ahead. Left alone: private,"
    " recurring. What changed on both sides counts as told by each field: the CRM's.",
    "events": "| Location | agreed | location, kept there if `attendees` is filled or not (`isOrganizer` is true) |",
    "outlook_contacts": "never deletes in the CRM, creates in the source, deletes in the source",
}


@pytest.mark.parametrize("entity", SAID)
def test_a_description_says_what_the_source_is_and_what_becomes_of_its_rows(entity: str) -> None:
    assert SAID[entity] in described(entities()[entity])


def test_conditions_are_told_in_words() -> None:
    told = described(entities()["profiles"])
    here = "one of `connections` names it by `profile_id` (`active` is true, `user_id` names a User of the org by"
    assert f"**Gets a record** if {here}" in told
    assert "or (`Account__c` has a record to refer to and one of `connections` names it by" in told
    assert "; else `skipped: not_connected`." in told
    assert "at least 60 minutes apart, not while the lock file engage-post-processing.lock is there" in told


@pytest.mark.parametrize("entity", entities().values(), ids=lambda entity: entity.name)
def test_every_field_has_its_line(entity: Entity) -> None:
    told = [line.split(" | ")[0] for line in described(entity).splitlines() if line.startswith("| ")]
    assert told[1:] == [f"| {name}" for name in entity.fields]
