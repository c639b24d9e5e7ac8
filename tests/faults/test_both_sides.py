"""People, a source and runs take turns at random: promises hold after each quiet run. `make soak` goes on for long.

What a seed once found stands below by name, as the steps that led there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.faults.both_sides import BothSides
from tests.faults.soak import told_until
from tests.faults.stroke import Stroke

SEED = int(os.environ.get("SEED", "1"))
"""Of the first stories; `SEED` in the environment chooses others."""
LEAST = {
    "runs": 40,
    "plans": 1,
    "faults": 8,
    "sync met faults": 4,
    "sync killed": 2,
    "frozen rows": 1,
    "typed amid a run": 1,
}
"""What the stories have to be about, so that it says something that nothing broke."""

BOTH = ("accounts", "personnel")
CALM = Stroke("collections")


@contextmanager
def story(**rows: dict[str, dict[str, str | None]]) -> Iterator[BothSides]:
    """Both sides after a first sync of these rows; what is told of `accounts` and `personnel` is by key."""
    begun = BothSides()
    try:
        begun.both_sides_begin({name: rows.get(name, {}) for name in BOTH}, {name: [] for name in BOTH})
        yield begun
    finally:
        begun.teardown()


def person(at: str, **more: str | None) -> dict[str, Any]:
    return {"first_name": "Bo", "last_name": "Ray", "institution_id": at, "email": None, **more}


@pytest.mark.timeout(900)
def test_promises_hold_in_stories_that_are_about_something() -> None:
    wrong = told_until(LEAST, BothSides, SEED)
    assert not wrong, wrong


def test_people_of_a_survivor_that_has_just_got_a_record_are_created_in_the_same_sync() -> None:
    with story(personnel={"p2": person("k2")}) as both:
        both.the_source_adds_or_changes(("accounts", [("k2", ("name", "Survivor"))]))
        both.the_source_merges("accounts", 0, 1)
        both.all_goes_well(BOTH, CALM)
        assert len(both.sides["personnel"].state()) == 2


def test_people_of_an_account_that_is_gone_wait_until_they_have_another() -> None:
    """Accounts are synced too late: the org is asked what it deleted, and no row of personnel is to blame."""
    with story(accounts={"k2": {"name": "Two"}}, personnel={"p2": person("k2")}) as both:
        accounts, people = both.sides["accounts"], both.sides["personnel"]
        people.entity = replace(people.entity, retries=2)
        accounts.deletes(str(accounts.record(1)))
        both.the_source_adds_or_changes(("personnel", [("p3", ("institution_id", "k2"))]))
        waiting = [people.run(people.feed(), CALM) for _ in range(3)]
        assert [report.reasons for report in waiting if report][-1].get("skipped: missing_institution"), waiting
        accounts.creates({"Name": "Two", "Source_Key__c": "k2"})
        both.all_goes_well(BOTH, CALM)
        assert people.meant is not None
        assert sorted(people.meant.outcomes) == ["created", "skipped: deleted_in_crm", "unchanged"]


def test_a_clock_of_ours_that_is_a_day_off_hides_nothing_that_people_typed() -> None:
    with story() as both:
        for skew, key in ((timedelta(days=1), "p2"), (timedelta(days=-1), "p3")):
            typed = {"FirstName": "Bo", "LastName": key, "Source_Key__c": None, "AccountId": 0}
            both.a_person_creates(("personnel", typed))
            both.the_source_adds_or_changes(("personnel", [(key, ("first_name", "Bo")), (key, ("last_name", key))]))
            both.all_goes_well(BOTH, replace(CALM, skew=skew))
            assert len(both.sides["personnel"].state()) == int(key[1:]), "created beside the one that was typed"


def test_a_merged_row_whose_record_people_deleted_is_told_as_merged() -> None:
    """To release it, as one would what was deleted, would bring nothing back: the survivor's record counts."""
    with story(accounts={"k2": {"name": "Two"}}) as both:
        accounts = both.sides["accounts"]
        both.the_source_merges("accounts", 1, 0)
        both.all_goes_well(("accounts",), CALM)
        loser = next(name for name, record in accounts.state().items() if record["Source_Key__c"] == "k2")
        accounts.deletes(loser)
        both.all_goes_well(("accounts",), CALM)
        assert accounts.meant is not None
        assert sorted(accounts.meant.outcomes) == ["skipped: merged", "unchanged"]


def test_a_merged_row_whose_record_people_merged_as_well_is_told_as_merged() -> None:
    """Nobody has to look at it: both sides say the same."""
    with story(accounts={"k2": {"name": "Two"}}) as both:
        accounts = both.sides["accounts"]
        both.the_source_merges("accounts", 1, 0)
        by_key = {record["Source_Key__c"]: name for name, record in accounts.state().items()}
        accounts.merges(by_key["k1"], by_key["k2"])
        both.all_goes_well(("accounts",), CALM)
        assert accounts.meant is not None
        assert sorted(accounts.meant.outcomes) == ["skipped: merged", "unchanged"]


def test_two_people_whose_records_were_merged_into_one_without_a_key_hold_up_nobody_else() -> None:
    with story(personnel={"p2": person("k1"), "p3": person("k1", last_name="Fox")}) as both:
        people = both.sides["personnel"]
        by_key = {record["Source_Key__c"]: name for name, record in people.state().items()}
        both.a_person_creates(("personnel", {"LastName": "Ray", "Source_Key__c": None, "AccountId": None}))
        [winner] = people.state().keys() - set(by_key.values())
        for key in ("p2", "p3"):
            people.merges(winner, by_key[key])
        both.the_source_adds_or_changes(("personnel", [("p1", ("title", "Dean"))]))
        both.all_goes_well(BOTH, CALM)
        assert people.meant is not None
        assert sorted(people.meant.outcomes) == ["held: shared_record", "held: shared_record", "updated"]


def test_a_merger_is_not_forgotten_when_a_run_dies_between_the_two_readings_of_everything() -> None:
    """The institution's record went into another one, below which the parent of that one must not come."""
    typed = {"Source_Key__c": "k5", "Name": "Five", "Source_Status__c": "A"}
    with story(accounts={"k2": {"name": "Two"}}) as both:
        accounts = both.sides["accounts"]
        both.a_person_creates(("accounts", typed))
        by_key = {record["Source_Key__c"]: name for name, record in accounts.state().items()}
        both.time_goes_by(timedelta(hours=20))
        accounts.merges(by_key["k5"], by_key["k1"])
        accounts.puts_below(by_key["k5"], by_key["k2"])
        both.the_source_adds_or_changes(
            ("accounts", [("k1", ("status", "Z")), ("k2", ("parent_id", "k1")), ("k2", ("name", "New"))])
        )
        both.a_sync_dies_and_another_follows(("accounts",), Stroke("collections", "all", struck=4), {"accounts": []})
        assert accounts.meant is not None
        assert sorted(accounts.meant.outcomes) == ["failed: unknown_status", "held: parent_circle"]
