"""What a home remembers of its org, and what must not be settled too early."""

from __future__ import annotations

import duckdb

from pipelines.release import Released, release
from resources.salesforce.org import SalesforceOrg
from resources.warehouse import Warehouse
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
    assert names() == ["Second", "Second", "Other"]
    with Warehouse(here.home, "accounts").open() as con:
        assert release(con, ["OLDER-1", "older-2"]) == Released(rows=0, links=0, outdated=1)
    here.run("accounts", approved=True)
    assert names() == ["First", "Second", "Other"]
    deliver(3, "Third", "Third", "Third")
    assert names() == ["Third", "Third", "Third"]


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
