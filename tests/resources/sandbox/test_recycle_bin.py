"""Deleted records: hidden, brought back with what went along, gone for good after 15 days.

Evidence: the developer guides on delete, undelete, emptyRecycleBin, getDeleted and queryAll; the texts of
ENTITY_IS_DELETED are captured from real orgs, those of a refused undelete are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.dml import Dml
from resources.sandbox.launch import Connection
from resources.sandbox.org import Org
from resources.sandbox.people import INTEGRATION
from resources.sandbox.recycle_bin import DAYS
from tests.resources.sandbox.conftest import Rest
from tests.resources.sandbox.live import Live, csv_text

DAY = 86_400


def family(rest: Rest, key: str) -> tuple[str, str]:
    """An account and a contact of it."""
    account = rest("POST", "sobjects/Account", json={"Name": "A", "Source_Key__c": key}).json()["id"]
    contact = rest("POST", "sobjects/Contact", json={"LastName": "C", "AccountId": account}).json()["id"]
    return account, contact


def living(rest: Rest, sobject: str, record_id: str) -> bool:
    return rest("GET", f"sobjects/{sobject}/{record_id}").status_code == 200


def test_an_account_takes_its_contacts_along_and_brings_them_back(rest: Rest, admin: Administrator, key: str) -> None:
    account, contact = family(rest, key)
    gone_before = rest("POST", "sobjects/Contact", json={"LastName": "B", "AccountId": account}).json()["id"]
    rest("DELETE", f"sobjects/Contact/{gone_before}")
    rest("DELETE", f"sobjects/Account/{account}")
    assert not living(rest, "Contact", contact)

    admin.do("records/undelete", sobject="Account", ids=[account])

    assert living(rest, "Account", account)
    assert living(rest, "Contact", contact)
    assert not living(rest, "Contact", gone_before)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_deleted_record_cannot_be_touched(rest: Rest, key: str, method: str) -> None:
    account, _ = family(rest, key)
    rest("DELETE", f"sobjects/Account/{account}")

    answer = rest(method, f"sobjects/Account/{account}", json={"Name": "B"} if method == "PATCH" else None)

    assert answer.status_code == 404
    assert answer.json() == [{"errorCode": "ENTITY_IS_DELETED", "message": "entity is deleted", "fields": []}]


def test_query_all_sees_what_query_does_not(rest: Rest, key: str) -> None:
    account, _ = family(rest, key)
    rest("DELETE", f"sobjects/Account/{account}")
    soql = {"q": f"SELECT Id, IsDeleted FROM Account WHERE Source_Key__c = '{key}'"}

    assert rest("GET", "query", params=soql).json()["totalSize"] == 0
    assert [r["IsDeleted"] for r in rest("GET", "queryAll", params=soql).json()["records"]] == [True]


def test_a_deleted_records_key_is_free_and_taken_again_it_stays_with_the_new_one(
    rest: Rest, admin: Administrator, key: str
) -> None:
    account, _ = family(rest, key)
    rest("DELETE", f"sobjects/Account/{account}")
    again = rest("PATCH", f"sobjects/Account/Source_Key__c/{key}", json={"Name": "New"})
    assert again.status_code == 201

    with pytest.raises(ValueError, match="DUPLICATE_VALUE: duplicate value found: Source_Key__c duplicates value"):
        admin.do("records/undelete", sobject="Account", ids=[account])


def test_what_was_not_deleted_cannot_be_undeleted(rest: Rest, admin: Administrator, key: str) -> None:
    account, _ = family(rest, key)

    with pytest.raises(ValueError, match="UNDELETE_FAILED: Entity is not in the recycle bin"):
        admin.do("records/undelete", sobject="Account", ids=[account])


def test_what_is_taken_out_of_the_bin_is_gone_even_for_query_all(rest: Rest, admin: Administrator, key: str) -> None:
    account, contact = family(rest, key)
    rest("DELETE", f"sobjects/Account/{account}")

    admin.do("records/empty", sobject="Account", ids=[account])

    for sobject, record_id in (("Account", account), ("Contact", contact)):
        soql = {"q": f"SELECT Id FROM {sobject} WHERE Id = '{record_id}'"}
        assert rest("GET", "queryAll", params=soql).json()["totalSize"] == 0
        assert rest("GET", f"sobjects/{sobject}/{record_id}").json()[0]["errorCode"] == "NOT_FOUND"
        assert record_id in deleted(rest, sobject)


def deleted(rest: Rest, sobject: str) -> set[str]:
    now = datetime.now(UTC)
    span = {"start": (now - timedelta(hours=1)).isoformat(), "end": (now + timedelta(minutes=2)).isoformat()}
    answer = rest("GET", f"sobjects/{sobject}/deleted/", params=span).json()
    return {one["id"] for one in answer["deletedRecords"]}


def test_an_undeleted_record_counts_as_changed_and_not_as_deleted(rest: Rest, admin: Administrator, key: str) -> None:
    account, _ = family(rest, key)
    rest("DELETE", f"sobjects/Account/{account}")
    assert account in deleted(rest, "Account")

    admin.do("records/undelete", sobject="Account", ids=[account])

    assert account not in deleted(rest, "Account")


@pytest.fixture
def old_org(tmp_path: Path) -> Iterator[Org]:
    with Org(tmp_path / "old") as org:
        yield org


@pytest.mark.parametrize("days, left", [(DAYS - 1, 1), (DAYS + 1, 0)])
def test_the_bin_keeps_records_for_15_days_of_the_orgs_time(old_org: Org, days: int, left: int) -> None:
    user = old_org.user_named(INTEGRATION)
    assert user is not None
    made = Dml(old_org, user).insert("Account", [{"Name": "A"}])[0]
    Dml(old_org, user).delete("Account", [str(made.id)])
    old_org.keep_house()

    old_org.advance(days * DAY)
    old_org.keep_house()

    with old_org.store.read() as db:
        assert db.execute('select count(*) from "Account"').fetchone() == (left,)


@pytest.fixture
def org(connection: Connection) -> Iterator[Live]:
    live = Live(connection)
    yield live
    live.allow_everything()
    live.close()


def test_a_hard_delete_wants_its_permission_and_leaves_nothing(org: Live, rest: Rest, key: str) -> None:
    account, contact = family(rest, key)
    asked: dict[str, Any] = {"object": "Account", "operation": "hardDelete"}
    refused = org.call("POST", "jobs/ingest", json=asked)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "FEATURENOTENABLED")

    org.door("permissions", {"system": {"BulkApiHardDelete": True}})
    job = org.ingest("hardDelete", csv_text(["Id"], [account], ["001000000000000AAA"]))

    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 1)
    assert [row["sf__Id"] for row in org.result(job, "successfulResults")] == [account]
    everything = org.query(f"SELECT Id FROM Contact WHERE Id = '{contact}'", everything=True)
    assert everything["totalSize"] == 0
