"""Drives the sandbox with simple-salesforce as a stranger would: logging in, records, queries, both bulk APIs.

Run by an interpreter that need not have anything else.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceError

BULK_COUNT = 3


def main() -> None:
    org = json.loads(Path(os.environ["SANDBOX"]).read_text())
    proxies = {"https": org["proxy"]}
    for login in _logins(org):
        client = Salesforce(**login, proxies=proxies)
        _expect(client.query("SELECT COUNT() FROM Organization")["totalSize"], 1)
    _refuses_a_wrong_password(org, proxies)
    client = Salesforce(
        username=org["username"], password=org["client_secret"], security_token=org["org_id"], proxies=proxies
    )
    _records(client)
    _bulk(client)
    _bulk2(client)
    sys.stdout.write(version("simple-salesforce") + "\n")


def _logins(org: dict[str, Any]) -> list[dict[str, Any]]:
    person = {"username": org["username"], "password": org["client_secret"]}
    app = {"consumer_key": org["client_id"], "consumer_secret": org["client_secret"]}
    return [
        {**person, "security_token": org["org_id"]},
        {**person, "security_token": "", "domain": "test"},
        {**person, **app},
        {**app, "domain": "acme.my"},
    ]


def _refuses_a_wrong_password(org: dict[str, Any], proxies: dict[str, str]) -> None:
    try:
        Salesforce(username=org["username"], password="wrong", security_token="", proxies=proxies)
    except SalesforceAuthenticationFailed as refused:
        _expect("INVALID_LOGIN" in str(refused), True)
    else:
        raise SystemExit("a wrong password was accepted")


def _records(client: Salesforce) -> None:
    accounts: Any = client.Account
    made = accounts.create({"Name": "One", "Source_Key__c": "ss-1"})["id"]
    accounts.update(made, {"Phone": "123"})
    _expect(accounts.upsert("Source_Key__c/ss-1", {"Name": "Uno"}), 200)
    _expect(accounts.get_by_custom_id("Source_Key__c", "ss-1")["Name"], "Uno")
    _expect(accounts.describe()["keyPrefix"], "001")
    _expect(client.query_all("SELECT Name FROM Account WHERE Source_Key__c = 'ss-1'")["totalSize"], 1)
    accounts.delete(made)
    try:
        accounts.get(made)
    except SalesforceError as error:
        _expect("ENTITY_IS_DELETED" in str(error), True)
    else:
        raise SystemExit("a deleted record was read")


def _bulk(client: Salesforce) -> None:
    bulk: Any = client.bulk
    accounts = bulk.Account
    rows = [{"Name": f"Bulk {number}", "Source_Key__c": f"b{number}"} for number in range(BULK_COUNT)]
    saved = accounts.insert([*rows, {"Phone": "no name"}])
    _expect([row["success"] for row in saved], [True] * BULK_COUNT + [False])
    _expect(accounts.upsert(rows, "Source_Key__c")[0]["id"], saved[0]["id"])
    found = accounts.query("SELECT Id, Name, CreatedDate FROM Account WHERE Source_Key__c LIKE 'b%'", wait=1)
    _expect(len(found), BULK_COUNT)
    _expect(isinstance(found[0]["CreatedDate"], int), True)
    _expect(all(row["success"] for row in accounts.delete([{"Id": row["Id"]} for row in found])), True)
    _expect(len(accounts.query_all("SELECT Id FROM Account WHERE IsDeleted = TRUE", wait=1)), BULK_COUNT + 1)


def _bulk2(client: Salesforce) -> None:
    bulk2: Any = client.bulk2
    accounts = bulk2.Account
    [outcome] = accounts.insert(records=[{"Name": "Two 1"}, {"Name": "Two 2"}], wait=1)
    _expect((outcome["numberRecordsProcessed"], outcome["numberRecordsFailed"]), (2, 0))
    [page] = accounts.query("SELECT Name FROM Account WHERE Name LIKE 'Two%'", wait=1)
    _expect(sorted(page.splitlines()[1:]), ['"Two 1"', '"Two 2"'])
    keyed = [{"Name": f"Three {number}", "Source_Key__c": f"t{number}"} for number in range(BULK_COUNT)]
    [outcome] = accounts.upsert(records=keyed, external_id_field="Source_Key__c", wait=1)
    told = accounts.get_successful_records(outcome["job_id"])  # in whatever order
    made = sorted(csv.DictReader(io.StringIO(told)), key=lambda row: row["Name"])
    _expect([(row["sf__Created"], row["Name"]) for row in made], [("true", row["Name"]) for row in keyed])
    changed = [{"Id": row["sf__Id"], "Name": "Drei"} for row in made] + [{"Id": "001000000000000AAA", "Name": "No"}]
    [outcome] = accounts.update(records=changed, wait=1)
    _expect((outcome["numberRecordsProcessed"], outcome["numberRecordsFailed"]), (BULK_COUNT + 1, 1))
    [failed] = csv.DictReader(io.StringIO(accounts.get_failed_records(outcome["job_id"])))
    _expect((failed["Name"], failed["sf__Error"].split(":")[0]), ("No", "INVALID_CROSS_REFERENCE_KEY"))
    _expect(len(accounts.get_unprocessed_records(outcome["job_id"]).splitlines()), 1)
    with TemporaryDirectory() as folder:
        [file] = accounts.download("SELECT Name FROM Account WHERE Source_Key__c LIKE 't%'", folder, wait=1)
        _expect(Path(file["file"]).read_text().splitlines()[1:], ['"Drei"'] * BULK_COUNT)
    accounts.delete(records=[{"Id": row["sf__Id"]} for row in made], wait=1)
    _expect(client.query("SELECT COUNT() FROM Account WHERE Source_Key__c LIKE 't%'")["totalSize"], 0)


def _expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise SystemExit(f"{found!r} where {wanted!r} was expected")


if __name__ == "__main__":
    main()
