"""What a home remembers of its org, and what must not be settled too early."""

from __future__ import annotations

import duckdb

from resources.salesforce.org import SalesforceOrg
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
