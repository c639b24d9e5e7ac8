"""Who is in touch with whom, where the service, the users of the org, or a single row, are not as they should be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipelines.run import World
from tests.runs.practice import CONNECTION, PROFILE, Practice
from tests.runs.service import ENTITIES


@pytest.mark.parametrize("renamed", [None, "somebody-else"], ids=["cleared", "changed"])
def test_a_connection_ends_when_its_user_leaves_the_org_and_goes_on_when_the_user_is_back(
    practice: Practice, renamed: str | None
) -> None:
    practice.profile()
    practice.connection()
    assert practice.sync() == ("created", "created")
    made = practice.record(CONNECTION)
    practice.called(renamed and f"{renamed}-{practice.name}")
    began = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=2)
    assert practice.sync()[1] == "deactivated: missing_user"
    ended = practice.record(CONNECTION)
    assert (ended["Id"], ended["Active__c"], ended["From_User__c"]) == (made["Id"], False, made["From_User__c"])
    assert ended["Inactivated_At__c"] >= began
    assert practice.status == "Not Connected"
    assert [report.cells for report in practice.service.sync(practice.here)] == [0, 0]
    practice.called(practice.name)
    assert practice.sync()[1] == "updated: reactivated"
    back = practice.record(CONNECTION)
    assert (back["Id"], back["Active__c"], back["Inactivated_At__c"]) == (made["Id"], True, None)
    assert practice.status == "Connected"


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no-user": ({"user_id": None}, "failed: required_blank"),
    "perhaps": ({"active": "perhaps"}, "failed: unknown_word"),
    "told-from-the-future": ({"updated_at": "2999-01-01T00:00:00Z"}, "failed: time_in_future"),
    "told-at-no-time": ({"updated_at": "yesterday"}, "failed: invalid_date"),
    "ended-in-the-future": ({"disconnected_at": "2999-01-01T00:00:00Z"}, "failed: time_in_future"),
    "ended-at-no-time": ({"disconnected_at": "never"}, "failed: invalid_date"),
}


def test_connections_that_are_refused_connect_nobody_until_they_are_mended(practice: Practice) -> None:
    service, name = practice.service, practice.name
    for key, (told, _) in BAD.items():
        service.profile(f"{name}-{key}")
        service.connection(f"{name}-{key}", **{"profile_id": f"{name}-{key}", "user_id": name, **told})
    practice.sync()
    refused = {f"{name}-{key}": outcome for key, (_, outcome) in BAD.items()}
    assert practice.here.outcomes("profiles") == dict.fromkeys(refused, "skipped: not_connected")
    assert practice.here.outcomes("connections") == refused
    for key in refused:
        service.connection(key, user_id=name, active=True, disconnected_at=None)
    practice.sync()
    for entity in ("profiles", "connections"):
        assert practice.here.outcomes(entity) == dict.fromkeys(refused, "created")


def test_a_row_that_stays_refused_is_an_error_once(practice: Practice) -> None:
    practice.profile()
    practice.connection()
    practice.sync()
    practice.service.connection(f"{practice.name}-bad", profile_id=f"{practice.name}-p")
    statuses = [practice.service.sync(practice.here, "connections")[0].status for _ in range(2)]
    practice.service.connection(f"{practice.name}-bad", active="perhaps", user_id=practice.name)
    statuses += [practice.service.sync(practice.here, "connections")[0].status for _ in range(2)]
    assert statuses == ["success_with_errors", "nothing_to_do"] * 2


def test_two_connections_that_case_alone_tells_apart_connect_nobody(practice: Practice) -> None:
    practice.profile()
    practice.connection()
    practice.service.connection(f"{practice.name}-C", profile_id=f"{practice.name}-p", user_id=practice.name)
    assert practice.sync() == ("skipped: not_connected", "held: duplicate_key")


def test_what_becomes_of_a_connection_is_known_as_it_was_while_its_row_is_refused(practice: Practice) -> None:
    practice.profile()
    practice.connection()
    practice.sync()
    practice.connection(active=False, updated_at="2999-01-01T00:00:00Z")
    assert practice.sync()[1] == "failed: time_in_future"
    assert (practice.status, practice.record(CONNECTION)["Active__c"]) == ("Connected", True)
    practice.connection(active=False, updated_at=(datetime.now(UTC) - timedelta(minutes=2)).isoformat())
    assert practice.sync()[1] == "held: older_than_known"
    assert (practice.status, practice.record(CONNECTION)["Active__c"]) == ("Connected", True)


def test_a_connection_and_a_profile_end_whatever_else_their_rows_say(practice: Practice) -> None:
    practice.profile()
    practice.connection()
    practice.sync()
    practice.connection(active=False, user_id=None, disconnected_at="2999-01-01T00:00:00Z")
    assert practice.sync()[1] == "deactivated: ended"
    assert (practice.status, practice.record(CONNECTION)["Active__c"]) == ("Not Connected", False)
    practice.profile(state="deleted", kind=None, signed_up_at="2999-01-01T00:00:00Z")
    assert practice.sync()[0] == "deactivated: ended"
    assert practice.status == "Deleted"


def test_a_live_connection_ends_with_its_profile_when_that_is_found_and_not_at_its_last_end(practice: Practice) -> None:
    practice.profile()
    practice.connection(disconnected_at="2026-01-01T00:00:00Z")
    practice.sync()
    began = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=2)
    practice.profile(state="deleted")
    assert practice.sync() == ("deactivated: ended", "deactivated: ended")
    assert practice.record(CONNECTION)["Inactivated_At__c"] >= began


def test_connections_that_a_full_reading_lacks_count_on_but_not_at_another_place(practice: Practice) -> None:
    practice.profile()
    practice.connection()
    practice.sync()
    practice.service.connections.clear()
    practice.sync(scope="all")
    assert practice.status == "Connected"
    practice.service.place = "there"
    practice.sync()
    assert practice.status == "Not Connected"


def test_a_profile_that_signed_up_in_the_future_is_refused(practice: Practice) -> None:
    practice.connection()
    practice.profile(signed_up_at=(datetime.now(UTC) + timedelta(days=2)).isoformat())
    assert practice.sync()[0] == "failed: time_in_future"
    practice.profile(signed_up_at=(datetime.now(UTC) + timedelta(hours=20)).isoformat())
    assert practice.sync()[0] == "created", "zones are confused"


def test_a_connection_that_came_too_early_connects_when_its_time_has_come(practice: Practice) -> None:
    def later(world: World) -> World:
        return replace(world, clock=lambda: datetime.now(UTC) + timedelta(hours=3))

    practice.profile()
    practice.connection(disconnected_at=(datetime.now(UTC) + timedelta(hours=26)).isoformat())
    assert practice.sync()[0] == "skipped: not_connected"
    practice.service.connections.clear()
    practice.service.slow = -timedelta(hours=3)
    practice.here.run(ENTITIES["profiles"], world=lambda world: later(practice.service.beside(world)), approved=True)
    assert practice.here.outcomes("profiles")[f"{practice.name}-p"] == "created"


def test_a_profile_that_leaves_its_account_has_none(practice: Practice) -> None:
    practice.profile()
    practice.connection()
    practice.sync()
    assert practice.record(PROFILE)["Account__c"]
    practice.profile(account_ids=["nowhere"])
    practice.sync()
    assert practice.record(PROFILE)["Account__c"], "an account that this org does not have says nothing"
    practice.profile(account_ids=None)
    practice.sync()
    assert practice.record(PROFILE)["Account__c"], "nothing is said of accounts"
    practice.profile(account_ids=[])
    assert practice.sync()[0] == "updated"
    assert practice.record(PROFILE)["Account__c"] is None


def test_profiles_follow_a_merged_account_before_the_accounts_have_run(practice: Practice) -> None:
    practice.profile()
    practice.connection()
    assert practice.sync() == ("created", "created")
    loser = practice.record(PROFILE)["Account__c"]
    (master,) = practice.here.org.seed("Account", [{"Name": "Survivor"}])
    practice.here.org.do("records/merge", {"sobject": "Account", "master": master, "losers": [loser]})
    practice.profile(title="Changed")
    practice.service.profile(f"{practice.name}-q", account_ids=[f"{practice.name}-clinic"])
    practice.service.connection(f"{practice.name}-d", profile_id=f"{practice.name}-q", user_id=practice.name)
    assert practice.sync()[0] == "updated"
    told = practice.records(PROFILE)
    assert [(row["External_Id__c"], row["Account__c"]) for row in told] == [
        (f"{practice.name}-{key}", master) for key in ("p", "q")
    ]


def test_a_deleted_profile_that_is_in_a_circle_of_mergers_is_over_with_its_connections(practice: Practice) -> None:
    practice.profile()
    practice.connection()
    practice.sync()
    practice.profile(state="deleted", merged_into=f"{practice.name}-p")
    assert practice.sync() == ("deactivated: ended", "deactivated: ended")
    assert (practice.status, practice.record(CONNECTION)["Active__c"]) == ("Deleted", False)


@pytest.mark.parametrize("what", ["clock", "place"])
def test_what_is_read_beside_is_read_in_full_where_changes_cannot_be_told(practice: Practice, what: str) -> None:
    practice.profile()
    practice.connection()
    practice.sync()
    practice.service.asked.clear()
    if what == "clock":
        practice.service.slow = timedelta(hours=5)
    else:
        practice.service.place = "there"
    practice.service.sync(practice.here, "profiles")
    assert [name for name, since in practice.service.asked if since is None] == ["connections", "profiles"]
    practice.service.asked.clear()
    practice.service.sync(practice.here, "profiles")
    assert None not in [since for _, since in practice.service.asked]
