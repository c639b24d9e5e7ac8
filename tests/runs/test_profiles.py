"""Profiles and connections: who is synced, how a life ends and goes on, and what follows people's mergers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from resources.salesforce.org import SalesforceOrg
from tests.runs.place import Place
from tests.runs.service import Service

_NUMBERS = count(1)


@pytest.fixture
def town(here: Place) -> Town:
    return Town(here)


class Town:
    """A user and an account of the org under names of their own, and a service beside."""

    def __init__(self, here: Place) -> None:
        self.here = here
        self.mark = f"t{next(_NUMBERS)}"
        self.service = Service()
        self.user = f"{self.mark}-user"
        self.account = f"{self.mark}-account"
        (self.user_id,) = here.org.seed("User", [_user(self.user)])
        (self.account_id,) = here.org.seed("Account", [{"Name": "Clinic", "Source_Key__c": self.account}])
        self.institutions = [self.account]
        self.sync_accounts()

    def sync_accounts(self) -> None:
        self.here.feed("institutions", [{"institution_id": key, "name": "Clinic"} for key in self.institutions])
        self.here.run("accounts", approved=True)

    def connected(self, key: str, **told: Any) -> str:
        """A profile of this name, connected to the user."""
        name = f"{self.mark}-{key}"
        self.service.profile(name, display_name=key, **told)
        self.service.connection(f"{name}-c", profile_id=name, user_id=self.user)
        return name

    def profile(self, key: str) -> dict[str, Any]:
        """The record of the profile, which is there once."""
        (found,) = self.records("Engage_Profile__c", f"{self.mark}-{key}")
        return found

    def connection(self, key: str) -> dict[str, Any]:
        """The record of that profile's connection, which is there once."""
        (found,) = self.records("Engage_Connection__c", f"{self.mark}-{key}-c")
        return found

    def records(self, sobject: str, key: str) -> list[dict[str, Any]]:
        with SalesforceOrg(self.here.settings()) as org:
            fields = list(org.describe(sobject).fields)
            return list(org.read(sobject, fields, "External_Id__c", [key]).to_pylist())

    def outcome(self, entity: str, key: str) -> str:
        return self.here.outcomes(entity)[f"{self.mark}-{key}"]


def _user(name: str) -> dict[str, Any]:
    return {
        "Username": f"{name}@example.org",
        "LastName": name,
        "Email": f"{name}@example.org",
        "Alias": name[:8],
        "FederationIdentifier": name,
    }


def test_a_profile_connected_to_a_user_of_the_org_is_created_with_all_it_says(town: Town) -> None:
    town.connected(
        "ada", first_name="Ada", last_name="Lovelace", degree="MD", account_ids=["nowhere", town.account],
        signed_up_at="2026-01-31T08:15:00Z",
    )  # fmt: skip
    town.service.sync(town.here)
    found = town.profile("ada")
    assert (found["First_Name__c"], found["Degree__c"], found["Kind__c"]) == ("Ada", "MD", "HCP")
    assert found["Account__c"] == town.account_id
    assert found["Connection_Status__c"] == "Connected"
    assert found["Connection_Status_Updated_At__c"]
    assert found["RecordTypeId"]
    connection = town.connection("ada")
    assert (connection["From_User__c"], connection["To_Profile__c"]) == (town.user_id, found["Id"])
    assert (connection["Active__c"], connection["Inactivated_At__c"]) == (True, None)


def test_a_second_run_of_both_has_nothing_to_do(town: Town) -> None:
    town.connected("ada", account_ids=[town.account])
    town.connected("gone", state="deleted")
    town.service.profile(f"{town.mark}-lonely")
    town.service.sync(town.here)
    assert [report.status for report in town.service.sync(town.here)] == ["nothing_to_do"] * 2
    assert [report.status for report in town.service.sync(town.here, scope="all")] == ["nothing_to_do"] * 2


@pytest.mark.parametrize(
    "who, account, wanted",
    [
        ("user here", False, True),
        ("user elsewhere", True, True),
        ("user elsewhere", False, False),
        ("nobody", True, False),
        ("ended", True, False),
    ],
)
def test_who_is_synced(town: Town, who: str, *, account: bool, wanted: bool) -> None:
    name = f"{town.mark}-x"
    town.service.profile(name, account_ids=[town.account] if account else ["unknown"])
    if who != "nobody":
        user = town.user if who in ("user here", "ended") else "somebody of another org"
        town.service.connection(f"{name}-c", profile_id=name, user_id=user, active=who != "ended")
    town.service.sync(town.here)
    assert town.outcome("profiles", "x") == ("created" if wanted else "skipped: not_connected")
    assert bool(town.records("Engage_Profile__c", name)) is wanted
    expected = {"user here": "created", "nobody": None, "ended": "skipped: ended"}.get(who, "skipped: missing_user")
    assert town.here.outcomes("connections").get(f"{name}-c") == expected


def test_a_profile_that_gets_connected_later_is_created_although_it_did_not_change_itself(town: Town) -> None:
    name = f"{town.mark}-late"
    town.service.profile(name, updated_at="2026-01-01T00:00:00Z")
    town.service.sync(town.here)
    assert not town.records("Engage_Profile__c", name)
    town.service.connection(f"{name}-c", profile_id=name, user_id=town.user)
    town.service.sync(town.here)
    assert town.profile("late")


def test_several_profiles_of_one_account_and_their_kinds(town: Town) -> None:
    town.connected("doctor", account_ids=[town.account], kind="HCP")
    town.connected("assistant", account_ids=[town.account], kind="Staff")
    town.service.sync(town.here)
    doctor, assistant = town.profile("doctor"), town.profile("assistant")
    assert doctor["Account__c"] == assistant["Account__c"] == town.account_id
    assert doctor["RecordTypeId"] != assistant["RecordTypeId"]


@pytest.mark.parametrize("how", ["deleted", "merged"])
def test_a_profile_that_ends_is_emptied_and_its_connections_are_deactivated(town: Town, how: str) -> None:
    name = town.connected("ada", first_name="Ada", account_ids=[town.account], signed_up_at="2026-01-31T08:15:00Z")
    town.connected("heir", first_name="Heir")
    town.service.sync(town.here)
    before, connection = town.profile("ada"), town.connection("ada")
    told = {"state": "deleted"} if how == "deleted" else {"merged_into": f"{town.mark}-heir"}
    town.service.profile(name, **told)
    began = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=2)
    town.service.sync(town.here)
    assert town.outcome("profiles", "ada") == "deactivated: ended"
    after = town.profile("ada")
    assert after["Id"] == before["Id"]
    assert (after["Display_Name__c"], after["Connection_Status__c"]) == ("Deleted User", "Deleted")
    assert after["Connection_Status_Updated_At__c"] >= began
    emptied = ("Account__c", "Kind__c", "First_Name__c", "Signed_Up_At__c")
    assert [after[name] for name in emptied] == [None] * len(emptied)
    ended = town.connection("ada")
    assert ended["Id"] == connection["Id"]
    assert ended["Active__c"] is False
    assert ended["Inactivated_At__c"] >= began
    assert ended["To_Profile__c"] == before["Id"]
    heirs = town.connection("heir")
    assert heirs["Active__c"] is True


def test_a_connection_that_ends_is_deactivated_with_its_time_and_the_same_record_comes_back(town: Town) -> None:
    name = town.connected("ada")
    town.service.sync(town.here)
    before = town.connection("ada")
    town.service.connection(f"{name}-c", active=False, disconnected_at="2026-02-03T10:00:00Z")
    town.service.sync(town.here)
    ended, profile = town.connection("ada"), town.profile("ada")
    assert (ended["Id"], ended["Active__c"]) == (before["Id"], False)
    assert ended["Inactivated_At__c"] == datetime(2026, 2, 3, 10)  # noqa: DTZ001 - as the snapshot has it
    assert profile["Connection_Status__c"] == "Not Connected"
    town.service.connection(f"{name}-c", active=True)
    town.service.sync(town.here)
    assert town.here.outcomes("connections")[f"{name}-c"] == "updated: reactivated"
    back, profile = town.connection("ada"), town.profile("ada")
    assert (back["Id"], back["Active__c"], back["Inactivated_At__c"]) == (before["Id"], True, None)
    assert profile["Connection_Status__c"] == "Connected"


def test_a_profile_that_comes_back_from_deletion_is_the_same_record(town: Town) -> None:
    name = town.connected("ada", first_name="Ada")
    town.service.sync(town.here)
    town.service.profile(name, state="deleted")
    town.service.sync(town.here)
    town.service.profile(name, state="active")
    town.service.sync(town.here)
    found = town.profile("ada")
    assert (found["First_Name__c"], found["Display_Name__c"]) == ("Ada", "ada")
    assert town.outcome("profiles", "ada") == "updated: reactivated"


def test_profiles_merged_into_themselves_or_in_a_circle_are_held(town: Town) -> None:
    for key in ("self", "one", "two"):
        town.connected(key)
    town.service.sync(town.here)
    for key, onto in (("self", "self"), ("one", "two"), ("two", "one")):
        town.service.profile(f"{town.mark}-{key}", merged_into=f"{town.mark}-{onto}")
    town.service.sync(town.here)
    for key in ("self", "one", "two"):
        found, connection = town.profile(key), town.connection(key)
        assert town.outcome("profiles", key) == "held: merge_circle"
        assert found["Connection_Status__c"] == "Connected"
        assert connection["Active__c"] is True


def test_connections_to_unknown_profiles_and_users_are_told(town: Town) -> None:
    town.connected("ada")
    town.service.connection(f"{town.mark}-p-c", profile_id="nobody", user_id=town.user)
    town.service.connection(f"{town.mark}-u-c", profile_id=f"{town.mark}-ada", user_id="nobody")
    town.service.sync(town.here)
    told = town.here.outcomes("connections")
    assert told[f"{town.mark}-p-c"] == "skipped: missing_profile"
    assert told[f"{town.mark}-u-c"] == "skipped: missing_user"


def test_a_row_from_the_future_is_refused_and_its_correction_taken(town: Town) -> None:
    name = town.connected("ada", first_name="Ada", updated_at="2999-01-01T00:00:00Z")
    town.service.sync(town.here)
    assert town.outcome("profiles", "ada") == "failed: time_in_future"
    told = town.service.profiles.pop()
    town.service.sync(town.here)
    assert town.here.ask("profiles", "select key, problem from unusable_rows") == [(name, "time_in_future")]
    town.service.profiles.append(told)
    town.service.profile(name)
    town.service.sync(town.here)
    assert town.profile("ada")
    assert town.here.ask("profiles", "select key from unusable_rows") == []


def test_a_row_that_comes_twice_counts_as_the_newer_one(town: Town) -> None:
    name = town.connected("ada", first_name="New")
    town.service.profiles.insert(0, {**town.service.profiles[-1], "first_name": "Old", "updated_at": "2026-01-01"})
    (report, _) = town.service.sync(town.here)
    assert report.reasons["skipped: repeated"] == 1
    found = town.profile("ada")
    assert found["First_Name__c"] == "New", name


def test_the_user_needs_no_right_to_delete(town: Town) -> None:
    for sobject in ("Engage_Profile__c", "Engage_Connection__c"):
        town.here.org.do("permissions", {"sobject": sobject, "rights": {"delete": False}})
    name = town.connected("ada")
    town.service.sync(town.here)
    town.service.profile(name, state="deleted")
    town.service.sync(town.here)
    found = town.profile("ada")
    assert found["Connection_Status__c"] == "Deleted"


def test_what_people_merge_in_the_crm_is_followed_to_the_survivor(town: Town) -> None:
    other = f"{town.mark}-other"
    (other_id,) = town.here.org.seed("Account", [{"Name": "Other", "Source_Key__c": other}])
    town.institutions.append(other)
    town.sync_accounts()
    town.connected("ada", account_ids=[town.account])
    town.service.sync(town.here)
    town.here.org.do("records/merge", {"sobject": "Account", "master": other_id, "losers": [town.account_id]})
    town.connected("new", account_ids=[town.account])
    town.sync_accounts()
    town.service.sync(town.here)
    old, new = town.profile("ada"), town.profile("new")
    assert old["Account__c"] == new["Account__c"] == other_id


def test_a_key_that_vanished_with_a_merged_record_is_stamped_on_the_survivor(town: Town) -> None:
    (keyless,) = town.here.org.seed("Account", [{"Name": "Typed by people"}])
    town.connected("ada", account_ids=[town.account])
    town.service.sync(town.here)
    town.here.org.do("records/merge", {"sobject": "Account", "master": keyless, "losers": [town.account_id]})
    town.sync_accounts()
    town.service.sync(town.here)
    found = town.profile("ada")
    assert found["Account__c"] == keyless
    assert town.here.by_id("Account", [])[keyless]["Source_Key__c"] == town.account
