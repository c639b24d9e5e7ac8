"""Profiles and connections: who is synced, how a life ends and goes on, and what follows people's mergers.

One story in five acts, played once; each test looks at what became of its own rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assets.profiles import ENTITY as PROFILES
from pipelines.declaring.conditions import Has
from pipelines.declaring.life import Wanted
from pipelines.linking.scope import Keys
from pipelines.telling.report import Report
from resources.salesforce.org import SalesforceOrg
from resources.sandbox.launch import running
from tests.resources.salesforce.embedded import Embedded
from tests.runs.place import Place
from tests.runs.service import Service

PROFILE, CONNECTION = "Engage_Profile__c", "Engage_Connection__c"
LONG_AGO = "2026-01-01T00:00:00Z"


@dataclass
class Act:
    """What was told of rows, and what the org holds, by key, when an act is over."""

    began: datetime
    reports: list[Report]
    outcomes: dict[str, dict[str, str]]
    records: dict[str, dict[str, dict[str, Any]]]
    accounts: dict[str, str]
    unusable: list[str] = field(default_factory=list)

    def profile(self, key: str) -> dict[str, Any]:
        return self.records[PROFILE][key]

    def connection(self, key: str) -> dict[str, Any]:
        """That of the profile of this key."""
        return self.records[CONNECTION][f"{key}-c"]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    home = tmp_path_factory.mktemp("profiles")
    with running(home / "org") as connection:
        yield Town(Place(home / "place", Embedded(connection)))


@pytest.fixture(scope="module")
def acts(town: Town) -> Mapping[str, Act]:
    """The acts by name; `quiet` has what two more runs of both had to do."""
    return {
        "begins": town.begins(),
        "changes": town.changes(),
        "comes back": town.comes_back(),
        "merges": town.merges(),
        "quiet": town.quiet(),
    }


class Town:
    """Users and accounts of an org, and a service beside."""

    def __init__(self, here: Place) -> None:
        self.here = here
        self.service = Service()
        here.org.seed("User", [_user("ada"), _user("bob")])
        for key in ("clinic", "other", "lonely"):
            here.org.seed("Account", [{"Name": key, "Source_Key__c": key}])
        (self.keyless,) = here.org.seed("Account", [{"Name": "Typed by people"}])
        for sobject in (PROFILE, CONNECTION):
            here.org.do("permissions", {"sobject": sobject, "rights": {"delete": False}})

    def begins(self) -> Act:
        tell = self._connected
        tell("full", account_ids=["nowhere", "clinic"], first_name="Ada", degree="MD", signed_up_at=LONG_AGO)
        tell("assistant", account_ids=["clinic"], kind="Staff")
        for key in ("deleted", "merged"):
            tell(key, first_name="Ada", account_ids=["clinic"], signed_up_at=LONG_AGO)
        for key in ("heir", "ends", "returns", "self", "one", "two", "untouched"):
            tell(key)
        tell("gone", state="deleted")
        tell("future", updated_at="2999-01-01T00:00:00Z")
        self._profile("twice", first_name="Old", updated_at="2026-01-01")
        self.service.profiles.append({**self.service.profiles[-1], "first_name": "New", "updated_at": LONG_AGO})
        self._connection("twice")
        for key, user, accounts, active in (
            ("elsewhere and account", "bob of another org", ["lonely"], True),
            ("elsewhere", "bob of another org", ["unknown"], True),
            ("ended and account", "ada", ["lonely"], False),
        ):
            self._profile(key, account_ids=accounts)
            self._connection(key, user_id=user, active=active)
        self._profile("nobody and account", account_ids=["lonely"])
        self._profile("late", updated_at=LONG_AGO)
        self.service.connection("lost-c", profile_id="no such profile", user_id="ada")
        self.service.connection("strange-c", profile_id="full", user_id="no such user")
        self._sync_accounts()
        return self._act()

    def changes(self) -> Act:
        self._profile("deleted", state="deleted")
        self._profile("merged", merged_into="heir")
        self._connection("ends", active=False, disconnected_at="2026-02-03T10:00:00Z")
        self._profile("returns", state="deleted")
        for key, onto in (("self", "self"), ("one", "two"), ("two", "one")):
            self._profile(key, merged_into=onto)
        self._connection("late")
        self.service.profiles[:] = [row for row in self.service.profiles if row["id"] != "future"]
        return self._act()

    def comes_back(self) -> Act:
        self._connection("ends", active=True)
        self._profile("returns", state="active")
        self._profile("future", display_name="future", state="active")
        return self._act()

    def merges(self) -> Act:
        """People merge one account into one with a key, and another into one without."""
        accounts = self._accounts()
        for loser, master in ((accounts["clinic"], accounts["other"]), (accounts["lonely"], self.keyless)):
            self.here.org.do("records/merge", {"sobject": "Account", "master": master, "losers": [loser]})
        self._connected("new", account_ids=["clinic"])
        self._sync_accounts()
        return self._act()

    def quiet(self) -> Act:
        again = self.service.sync(self.here) + self.service.sync(self.here, scope="all")
        act = self._seen(datetime.now(UTC), again)
        assert act.reports is again
        return act

    def _connected(self, key: str, **told: Any) -> None:
        self._profile(key, **told)
        self._connection(key)

    def _profile(self, key: str, **told: Any) -> None:
        self.service.profile(key, **{"display_name": key, **told})

    def _connection(self, key: str, **told: Any) -> None:
        self.service.connection(f"{key}-c", **{"profile_id": key, "user_id": "ada", **told})

    def _sync_accounts(self) -> None:
        self.here.feed("institutions", [{"institution_id": key, "name": key} for key in ("clinic", "other", "lonely")])
        self.here.run("accounts", approved=True)

    def _act(self) -> Act:
        began = datetime.now(UTC)
        return self._seen(began, self.service.sync(self.here))

    def _seen(self, began: datetime, reports: list[Report]) -> Act:
        found = {}
        with SalesforceOrg(self.here.settings()) as org:
            for sobject in (PROFILE, CONNECTION):
                pages = org.snapshot(sobject, list(org.describe(sobject).fields), since=None).pages
                rows = [row for page in pages for row in page.to_pylist()]
                found[sobject] = {row["External_Id__c"]: row for row in rows}
                assert len(found[sobject]) == len(rows), "a record twice"
        outcomes = {name: self.here.outcomes(name) for name in ("profiles", "connections")}
        told = [key for (key,) in self.here.ask("profiles", "select key from unusable_rows")]
        return Act(began.replace(tzinfo=None) - timedelta(seconds=2), reports, outcomes, found, self._accounts(), told)

    def _accounts(self) -> dict[str, str]:
        found = self.here.by_id("Account", [])
        return {record["Source_Key__c"]: record_id for record_id, record in found.items() if record["Source_Key__c"]}


def _user(name: str) -> dict[str, Any]:
    return {
        "Username": f"{name}@example.org",
        "LastName": name,
        "Email": f"{name}@example.org",
        "Alias": name,
        "FederationIdentifier": name,
    }


def test_a_profile_connected_to_a_user_of_the_org_is_created_with_all_it_says(acts: Mapping[str, Act]) -> None:
    act = acts["begins"]
    found, connection = act.profile("full"), act.connection("full")
    assert (found["First_Name__c"], found["Degree__c"], found["Kind__c"]) == ("Ada", "MD", "HCP")
    assert found["Account__c"] == act.accounts["clinic"]
    assert found["Connection_Status__c"] == "Connected"
    assert found["Connection_Status_Updated_At__c"] >= act.began
    assert found["RecordTypeId"]
    assert connection["To_Profile__c"] == found["Id"]
    assert connection["From_User__c"]
    assert (connection["Active__c"], connection["Inactivated_At__c"]) == (True, None)


@pytest.mark.parametrize(
    "key, profile, connection",
    [
        ("full", "created", "created"),
        ("elsewhere and account", "created", "skipped: missing_user"),
        ("elsewhere", "skipped: not_connected", "skipped: missing_user"),
        ("nobody and account", "skipped: not_connected", None),
        ("ended and account", "skipped: not_connected", "skipped: ended"),
        ("gone", "skipped: ended", "skipped: ended"),
        ("lost", None, "skipped: missing_profile"),
        ("strange", None, "skipped: missing_user"),
    ],
)
def test_who_is_synced(acts: Mapping[str, Act], key: str, profile: str | None, connection: str | None) -> None:
    act = acts["begins"]
    assert act.outcomes["profiles"].get(key) == profile
    assert act.outcomes["connections"].get(f"{key}-c") == connection
    assert (key in act.records[PROFILE]) is (profile == "created")
    assert (f"{key}-c" in act.records[CONNECTION]) is (connection == "created")


def test_a_profile_that_gets_connected_later_is_created_although_it_did_not_change_itself(
    acts: Mapping[str, Act],
) -> None:
    assert "late" not in acts["begins"].records[PROFILE]
    assert acts["changes"].profile("late")["Connection_Status__c"] == "Connected"


def test_several_profiles_of_one_account_and_their_kinds(acts: Mapping[str, Act]) -> None:
    doctor, assistant = acts["begins"].profile("full"), acts["begins"].profile("assistant")
    assert doctor["Account__c"] == assistant["Account__c"] == acts["begins"].accounts["clinic"]
    assert doctor["RecordTypeId"] != assistant["RecordTypeId"]


@pytest.mark.parametrize("key", ["deleted", "merged"])
def test_a_profile_that_ends_is_emptied_and_its_connections_are_deactivated(acts: Mapping[str, Act], key: str) -> None:
    before, act = acts["begins"], acts["changes"]
    after, ended = act.profile(key), act.connection(key)
    assert act.outcomes["profiles"][key] == "deactivated: ended"
    assert after["Id"] == before.profile(key)["Id"]
    assert (after["Display_Name__c"], after["Connection_Status__c"]) == ("Deleted User", "Deleted")
    assert after["Connection_Status_Updated_At__c"] >= act.began
    emptied = ("Account__c", "Kind__c", "First_Name__c", "Signed_Up_At__c")
    assert [after[name] for name in emptied] == [None] * len(emptied)
    assert ended["Id"] == before.connection(key)["Id"]
    assert ended["Active__c"] is False
    assert ended["Inactivated_At__c"] >= act.began
    assert ended["To_Profile__c"] == after["Id"]
    assert act.connection("heir")["Active__c"] is True


def test_a_connection_that_ends_is_deactivated_with_its_time_and_the_same_record_comes_back(
    acts: Mapping[str, Act],
) -> None:
    before, ended, back = (acts[name].connection("ends") for name in ("begins", "changes", "comes back"))
    assert (ended["Id"], ended["Active__c"]) == (before["Id"], False)
    assert ended["Inactivated_At__c"] == datetime(2026, 2, 3, 10)  # noqa: DTZ001 - as the snapshot has it
    assert acts["changes"].profile("ends")["Connection_Status__c"] == "Not Connected"
    assert acts["comes back"].outcomes["connections"]["ends-c"] == "updated: reactivated"
    assert (back["Id"], back["Active__c"], back["Inactivated_At__c"]) == (before["Id"], True, None)
    assert acts["comes back"].profile("ends")["Connection_Status__c"] == "Connected"


def test_a_profile_that_comes_back_from_deletion_is_the_same_record(acts: Mapping[str, Act]) -> None:
    back = acts["comes back"].profile("returns")
    assert back["Id"] == acts["begins"].profile("returns")["Id"]
    assert (back["Display_Name__c"], back["Connection_Status__c"]) == ("returns", "Connected")
    assert acts["comes back"].outcomes["profiles"]["returns"] == "updated: reactivated"
    assert acts["changes"].connection("returns")["Active__c"] is False
    assert acts["comes back"].connection("returns")["Active__c"] is True


@pytest.mark.parametrize("key", ["self", "one", "two"])
def test_profiles_merged_into_themselves_or_in_a_circle_are_held(acts: Mapping[str, Act], key: str) -> None:
    act = acts["changes"]
    assert act.outcomes["profiles"][key] == "held: merge_circle"
    assert act.profile(key)["Connection_Status__c"] == "Connected"
    assert act.connection(key)["Active__c"] is True


def test_a_row_from_the_future_is_refused_told_until_it_comes_again_and_its_correction_taken(
    acts: Mapping[str, Act],
) -> None:
    for name in ("begins", "changes"):
        assert acts[name].outcomes["profiles"]["future"] == "failed: time_in_future"
    assert acts["changes"].unusable == ["future"]
    assert acts["comes back"].unusable == []
    assert acts["comes back"].profile("future")["Connection_Status__c"] == "Connected"


def test_a_row_that_comes_twice_counts_as_the_newer_one(acts: Mapping[str, Act]) -> None:
    assert acts["begins"].reports[0].reasons["skipped: repeated"] == 1
    assert acts["begins"].profile("twice")["First_Name__c"] == "New"


def test_what_people_merge_in_the_crm_is_followed_to_the_survivor(acts: Mapping[str, Act]) -> None:
    act = acts["merges"]
    assert act.profile("full")["Account__c"] == act.profile("new")["Account__c"] == act.accounts["other"]


def test_a_key_that_vanished_with_a_merged_record_is_stamped_on_the_survivor(
    acts: Mapping[str, Act], town: Town
) -> None:
    act = acts["merges"]
    assert act.accounts["lonely"] == town.keyless
    assert act.profile("elsewhere and account")["Account__c"] == town.keyless


def test_what_nobody_touches_stays_as_it_is_and_no_run_has_anything_left_to_do(acts: Mapping[str, Act]) -> None:
    first, last = acts["begins"], acts["quiet"]
    assert last.profile("untouched") == first.profile("untouched")
    assert last.connection("untouched") == first.connection("untouched")
    assert [report.cells for report in last.reports] == [0] * 4
    assert [report.status for report in last.reports] == ["nothing_to_do"] * 4
    assert [report.api_calls for report in last.reports[:2]] == [1, 1], "describes, users and changes travel together"


def test_an_end_that_a_run_was_not_about_does_not_reach_the_connections(here: Place) -> None:
    here.org.seed("User", [_user("kim")])
    here.feed("institutions", [{"institution_id": "keys-1", "name": "Clinic"}])
    here.run("accounts", approved=True)
    service = Service()
    for key in ("keys-a", "keys-b"):
        service.profile(key)
        service.connection(f"{key}-c", profile_id=key, user_id="kim")
    service.sync(here)
    service.profile("keys-a", state="deleted")
    service.sync(here, "profiles", scope=Keys(frozenset({"keys-b"})))
    (report,) = service.sync(here, "connections")
    assert report.cells == 0
    service.sync(here)
    assert here.outcomes("connections")["keys-a-c"] == "deactivated: ended"


def test_a_declaration_may_ask_other_things_of_what_is_beside_and_go_back(here: Place) -> None:
    here.org.seed("User", [_user("lee")])
    here.feed("institutions", [{"institution_id": "back-1", "name": "Clinic"}])
    here.run("accounts", approved=True)
    service = Service()
    service.profile("back-a")
    service.connection("back-a-c", profile_id="back-a", user_id="lee")
    other = replace(PROFILES, wanted=Wanted(Has("connections", by="profile_id"), otherwise="not_connected"), fields={
        name: rule for name, rule in PROFILES.fields.items() if not name.startswith("Connection_Status")
    }, life=None)  # fmt: skip
    for entity in (PROFILES, other, PROFILES):
        report = here.run(entity, world=service.beside, approved=True)
        assert report.error is None
    assert here.outcomes("profiles")["back-a"] in ("unchanged", "unchanged: source_unchanged")
