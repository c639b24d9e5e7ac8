"""What a home remembers of its org, and what must not be settled too early."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from assets.accounts import ENTITY as ACCOUNTS
from pipelines.declaring.entity import Entity, Target
from pipelines.declaring.gates import Gates, Limit
from pipelines.declaring.rules import Master
from pipelines.declaring.source import Feed
from pipelines.linking.scope import Scope, Slice
from pipelines.telling.release import Released, release
from resources.salesforce.org import SalesforceOrg
from resources.warehouse import Warehouse, read_copy
from tests.runs.place import Place


def test_a_home_is_never_used_on_another_org(here: Place) -> None:
    here.org.seed("Account", [{"Source_Key__c": "mix-1", "Name": "Old"}])
    here.feed("institutions", [{"institution_id": "mix-1", "name": "Old"}])
    here.run("accounts", mode="plan")
    with duckdb.connect(here.home / "accounts.duckdb") as con:
        con.execute("update meta set value = '00D000000000001AAA' where name = 'org'")
    here.feed("institutions", [{"institution_id": "mix-1", "name": "New"}])
    report = here.run("accounts")
    assert (report.status, report.error) == ("failure", "another_org")
    assert here.records("Account")["mix-1"]["Name"] == "Old"


def test_a_flag_that_is_lifted_lets_the_next_run_write_what_it_kept_back(here: Place) -> None:
    (record_id,) = here.org.seed("Account", [{"Source_Key__c": "flag-1", "Name": "Old", "Do_Not_Update__c": True}])
    here.feed("institutions", [{"institution_id": "flag-1", "name": "New"}])
    here.run("accounts")
    assert here.records("Account")["flag-1"]["Name"] == "Old"
    with SalesforceOrg(here.settings()) as org:
        org.update("Account", [{"Id": record_id, "Do_Not_Update__c": "false"}])
    here.run("accounts")
    assert here.records("Account")["flag-1"]["Name"] == "New"


def test_an_older_feed_delivered_again_changes_nothing_until_somebody_wants_it(here: Place) -> None:
    here.org.seed("Account", [{"Source_Key__c": f"older-{n}", "Name": "First"} for n in (1, 2, 3)])

    def deliver(day: int, *names: str) -> None:
        rows = [
            {"institution_id": f"older-{n}", "name": name, "updated_at": f"2026-03-0{day}T12:00:00Z"}
            for n, name in enumerate(names, 1)
        ]
        here.feed("institutions", rows)
        here.run("accounts", approved=True)

    def names() -> list[object]:
        found = here.records("Account")
        return [found[f"older-{n}"]["Name"] for n in (1, 2, 3)]

    deliver(2, "Second", "Second", "First")
    deliver(1, "First", "Second", "First")
    assert names() == ["Second", "Second", "First"]
    told = here.outcomes("accounts")
    assert told["older-1"] == "held: older_than_known"
    assert {told["older-2"], told["older-3"]} == {"unchanged: source_unchanged"}
    deliver(1, "First", "Second", "Other")
    assert names() == ["Second", "Second", "First"]
    with Warehouse(here.home, "accounts").open() as con:
        assert release(con, ["OLDER-1", "older-2"]) == Released(rows=0, links=0, outdated=1)
    here.run("accounts", approved=True)
    assert names() == ["First", "Second", "First"]
    deliver(3, "Third", "Third", "Third")
    assert names() == ["Third", "Third", "Third"]


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("scope", ["changed", Slice(LONG_AGO, LONG_AGO + timedelta(days=1), catch_up=True)], ids=str)
def test_a_changed_declaration_is_taken_up_by_the_run_of_a_schedule_as_well(here: Place, scope: Scope) -> None:
    key = f"terms-{type(scope).__name__}"
    here.org.seed("Account", [{"Source_Key__c": key, "Name": "A", "Phone": "typed"}])
    here.feed("institutions", [{"institution_id": key, "name": "A", "phone": "1"}])
    here.run("accounts")
    assert here.records("Account")[key]["Phone"] == "typed"
    ours = replace(ACCOUNTS, fields={**ACCOUNTS.fields, "Phone": Master("phone")})
    here.run(ours, scope=scope)
    assert here.records("Account")[key]["Phone"] == "1"
    assert here.run(ours, scope=scope).status == "nothing_to_do"


def phones(here: Place, numbers: dict[str, str]) -> None:
    here.feed("phones", [{"person_id": key, "mobile": number} for key, number in numbers.items()])


PHONES = Entity(
    name="phones",
    source=Feed("phones", key="person_id", changed_at=None, merged_into=None, lists="changes"),
    target=Target("Contact", key="Source_Key__c"),
    fields={"MobilePhone": Master("mobile")},
    gates=Gates(changes=Limit(count=2)),
)


@pytest.mark.parametrize("mode", ["plan", "sync"])
def test_what_was_only_looked_at_or_held_is_never_written_unless_it_comes_again(mode: str, here: Place) -> None:
    keys = [f"{mode}-cell{n}" for n in range(4)]
    here.org.seed("Contact", [{"Source_Key__c": key, "LastName": key, "MobilePhone": "old"} for key in keys])
    phones(here, dict.fromkeys(keys, "wrong"))
    held = here.run(PHONES, mode=mode)
    assert {gate.name for gate in held.gates if not gate.passed} == {"changes"}
    phones(here, {keys[0]: "right"})
    assert here.run(PHONES).outcomes == {"updated": 1}
    found = here.by_id("Contact", ["MobilePhone"]).values()
    assert {record["Source_Key__c"]: record["MobilePhone"] for record in found if record["Source_Key__c"] in keys} == {
        keys[0]: "right",
        **dict.fromkeys(keys[1:], "old"),
    }
    held_rows = [key for (key,) in here.ask("phones", "select key from held_rows order by key")]
    assert held_rows == (keys[1:] if mode == "sync" else [])


def test_a_full_list_that_was_held_leaves_the_list_before_it_as_it_was(here: Place) -> None:
    rows = [{"institution_id": f"list-{n}", "name": "School", "updated_at": "2026-01-01"} for n in range(3)]
    here.org.seed("Account", [{"Source_Key__c": row["institution_id"], "Name": "School"} for row in rows])
    here.feed("institutions", rows)
    here.run("accounts")
    here.feed("institutions", [{**rows[0], "updated_at": "2026-02-01", "merged_into": "list-1"}])
    assert here.run("accounts").status == "held"
    assert ("list-0", "list-1") not in here.ask("accounts", "select fold, record_id from reference_links")
    here.feed("institutions", [{**row, "phone": "1"} for row in rows])
    report = here.run("accounts")
    assert (report.status, report.outcomes) == ("success", {"updated": 3})
    links = dict(here.ask("accounts", "select fold, record_id from reference_links where starts_with(fold, 'list-')"))
    assert len(set(links.values())) == 3


def test_a_key_that_people_moved_is_not_referred_to_where_it_was(here: Place) -> None:
    ids = here.org.seed("Account", [{"Source_Key__c": f"moved-{n}", "Name": "School"} for n in (1, 2)])
    here.feed("institutions", [{"institution_id": f"moved-{n}", "name": "School"} for n in (1, 2)])
    here.run("accounts")
    with SalesforceOrg(here.settings()) as org:
        org.update("Account", [{"Id": ids[1], "Source_Key__c": None}])
        org.update("Account", [{"Id": ids[0], "Source_Key__c": "moved-3"}])
    here.feed("personnel", [{"person_id": "moved-p", "institution_id": "moved-1", "last_name": "Lee"}])
    assert here.run("accounts", scope="all").reasons["held: rekeyed_in_crm"] == 1
    assert here.run("personnel").reasons == {"skipped: missing_institution": 1}


def test_a_person_at_a_missing_institution_is_told_of_in_every_run(here: Place) -> None:
    (school,) = here.org.seed("Account", [{"Source_Key__c": "gone-1", "Name": "School"}])
    here.org.seed("Contact", [{"Source_Key__c": "gone-p", "LastName": "Old", "AccountId": school}])
    here.feed("institutions", [{"institution_id": "gone-1", "name": "School"}])
    here.feed("personnel", [{"person_id": "gone-p", "institution_id": "nowhere", "last_name": "New"}])
    here.run("accounts")
    assert here.run("personnel").outcomes == {"updated": 1}
    assert here.run("personnel").reasons == {"skipped: missing_institution": 1}
    assert here.run("personnel").status == "nothing_to_do"


def test_older_deliveries_one_after_the_other_change_nothing(here: Place) -> None:
    here.org.seed("Account", [{"Source_Key__c": "replay-1", "Name": "V0"}])

    def deliver(month: int, name: str) -> object:
        here.feed("institutions", [{"institution_id": "replay-1", "name": name, "updated_at": f"2026-0{month}-01"}])
        here.run("accounts")
        return here.records("Account")["replay-1"]["Name"]

    told = [deliver(1, "V1"), deliver(2, "V2"), deliver(3, "V1"), deliver(1, "V1"), deliver(2, "V2")]
    assert told == ["V1", "V2", "V1", "V1", "V1"]


def test_a_copy_of_another_org_is_not_referred_to(here: Place) -> None:
    here.org.seed("Account", [{"Source_Key__c": "theirs-1", "Name": "School"}])
    here.feed("institutions", [{"institution_id": "theirs-1", "name": "School"}])
    here.feed("personnel", [{"person_id": "theirs-p", "institution_id": "theirs-1", "last_name": "Lee"}])
    here.run("accounts")
    with duckdb.connect(here.home / "accounts.duckdb") as con:
        con.execute("update meta set value = '00D000000000001AAA' where name = 'org'")
    Warehouse(here.home, "accounts").publish()
    report = here.run("personnel")
    assert (report.status, report.error) == ("failure", "another_org")
    assert "theirs-p" not in {record["Source_Key__c"] for record in here.by_id("Contact", ["LastName"]).values()}


def test_a_column_that_a_feed_does_not_have_clears_nothing(here: Place) -> None:
    (school,) = here.org.seed("Account", [{"Source_Key__c": "mail-1", "Name": "School"}])
    person = {"Source_Key__c": "mail-p", "LastName": "Lee", "Email": "lee@example.org", "AccountId": school}
    here.org.seed("Contact", [person])
    here.feed("institutions", [{"institution_id": "mail-1", "name": "School"}])
    here.run("accounts")

    def mail(row: dict[str, object]) -> object:
        here.feed("personnel", [{"person_id": "mail-p", "institution_id": "mail-1", "last_name": "Lee", **row}])
        here.run("personnel", approved=True)
        return here.records("Contact")["mail-p"]["Email"]

    assert mail({"status": "I"}) == "lee@example.org"
    assert mail({"status": "I", "E-Mail": ""}) == "lee@example.org"
    assert mail({"status": "I", "email": ""}) is None


def test_somebody_who_left_is_not_found_by_a_name_that_people_typed(here: Place) -> None:
    (school,) = here.org.seed("Account", [{"Source_Key__c": "left-1", "Name": "School"}])
    typed = {"LastName": "Leaver", "FirstName": "Ann", "Email": "ann@example.org", "AccountId": school}
    (record_id,) = here.org.seed("Contact", [typed])
    here.feed("institutions", [{"institution_id": "left-1", "name": "School"}])
    here.run("accounts")
    row = {"person_id": "left-p", "institution_id": "left-1", "first_name": "Ann", "last_name": "Leaver", "email": ""}
    here.feed("personnel", [{**row, "status": "I"}])
    assert here.run("personnel").reasons == {"skipped: inactive": 1}
    assert here.by_id("Contact", ["Email"])[record_id] == {"Source_Key__c": None, "Email": "ann@example.org"}
    here.feed("personnel", [{**row, "status": "A"}])
    assert here.run("personnel").outcomes == {"linked": 1}


def test_what_a_person_typed_between_two_of_our_entities_is_no_echo(here: Place) -> None:
    (school,) = here.org.seed("Account", [{"Source_Key__c": "echo-1", "Name": "School"}])
    ((record_id),) = here.org.seed("Contact", [{"Source_Key__c": "echo-p", "LastName": "Old", "AccountId": school}])
    here.feed("institutions", [{"institution_id": "echo-1", "name": "School"}])
    here.feed("personnel", [{"person_id": "echo-p", "institution_id": "echo-1", "last_name": "Lee"}])
    here.run("accounts")
    assert here.run("personnel").outcomes == {"updated": 1}
    here.org.do("clock", {"seconds": 60})
    with SalesforceOrg(here.settings()) as org:  # as our user, which is what another home, or a form, may do
        org.update("Contact", [{"Id": record_id, "LastName": "Typed"}])
    phones(here, {"echo-p": "1"})
    here.run(PHONES)
    assert here.run("personnel", scope="all").outcomes == {"updated": 1}
    assert here.records("Contact")["echo-p"]["LastName"] == "Lee"


def test_a_file_of_the_first_version_is_gone_on_with(here: Place) -> None:
    here.org.seed("Account", [{"Source_Key__c": f"first-{n}", "Name": "School"} for n in (1, 2)])
    rows = [{"institution_id": f"first-{n}", "name": "School"} for n in (1, 2)]
    here.feed("institutions", rows)
    here.run("accounts")
    with duckdb.connect(here.home / "accounts.duckdb") as con:
        columns = con.execute(
            "select column_name from information_schema.columns"
            " where table_name = 'source' and starts_with(column_name, 'feed_')"
        ).fetchall()
        for (name,) in columns:
            con.execute(f"alter table source rename {name} to {name.removeprefix('feed_')}")
        con.execute("alter table source drop column given_at")
        con.execute("alter table batches drop column settled_at")
        con.execute("alter table state drop column given_at")
        con.execute("drop table vanished_rows")
        con.execute("drop table held_rows")
        con.execute("drop table absent_columns")
        con.execute("alter table accord drop column kept")
        con.execute("update meta set value = '1' where name = 'version'")
    assert here.run("accounts").status == "nothing_to_do"
    here.feed("institutions", [{**rows[0], "name": "New"}, rows[1]])
    assert here.run("accounts").outcomes == {"updated": 1, "unchanged": 1}
    with duckdb.connect(here.home / "accounts.duckdb", read_only=True) as con:
        assert con.execute("select kept from accord").fetchall() == []


def test_a_copy_that_an_older_version_published_can_still_be_asked(here: Place) -> None:
    here.org.seed("Account", [{"Source_Key__c": "copy-1", "Name": "School"}])
    here.feed("institutions", [{"institution_id": "copy-1", "name": "School"}])
    here.run("accounts")
    copy = Warehouse(here.home, "accounts").published("accounts")
    assert copy
    with duckdb.connect(copy) as con:
        con.execute("drop table unusable_rows")
        con.execute("update meta set value = '2' where name = 'version'")
    with read_copy(copy) as con:
        assert con.execute("select count(*) from unusable_rows").fetchall() == [(0,)]
        assert con.execute("select count(*) from source").fetchall() == [(1,)]
