"""Merging accounts and contacts. Evidence: the SOAP API guide on merge(), and queryAll with MasterRecordId.

That the moved children are stamped by the system alone, and the text of a merge of too many, are not from it.
"""

from __future__ import annotations

from typing import Any

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.people import INTEGRATION
from tests.resources.sandbox.conftest import Rest


def account(rest: Rest, **fields: object) -> str:
    return str(rest("POST", "sobjects/Account", json={"Name": "A", **fields}).json()["id"])


def read(rest: Rest, sobject: str, record_id: str) -> dict[str, Any]:
    return dict(rest("GET", f"sobjects/{sobject}/{record_id}").json())


def test_losers_are_deleted_with_their_master_and_their_children_move(
    rest: Rest, admin: Administrator, key: str
) -> None:
    master, first, second = (account(rest, Source_Key__c=f"{key}-{n}", Phone=str(n)) for n in range(3))
    contact = rest("POST", "sobjects/Contact", json={"LastName": "C", "AccountId": first}).json()["id"]
    branch = account(rest, ParentId=second)

    told = admin.do("records/merge", sobject="Account", master=master, losers=[first, second])

    assert told["id"] == master
    assert set(told["moved"]) == {contact, branch}
    assert read(rest, "Contact", contact)["AccountId"] == master
    assert read(rest, "Account", branch)["ParentId"] == master
    soql = f"SELECT Id, IsDeleted FROM Account WHERE MasterRecordId = '{master}'"
    losers = rest("GET", "queryAll", params={"q": soql}).json()["records"]
    assert {(r["Id"], r["IsDeleted"]) for r in losers} == {(first, True), (second, True)}
    assert rest("GET", f"sobjects/Account/Source_Key__c/{key}-1").status_code == 404
    assert read(rest, "Account", master)["Phone"] == "0"


def test_chosen_values_are_kept_even_a_losers_key(rest: Rest, admin: Administrator, key: str) -> None:
    master, loser = account(rest), account(rest, Source_Key__c=key)

    chosen = {"Source_Key__c": key, "Phone": "7"}
    admin.do(
        "records/merge",
        sobject="Account",
        master=master,
        losers=[{"Source_Key__c": key}],
        fields=chosen,
        **{"as": INTEGRATION},
    )

    kept = rest("GET", f"sobjects/Account/Source_Key__c/{key}").json()
    assert (kept["Id"], kept["Phone"]) == (master, "7")
    assert rest("GET", f"sobjects/Account/{loser}").json()[0]["errorCode"] == "ENTITY_IS_DELETED"


def test_contacts_merge_as_well(rest: Rest, admin: Administrator) -> None:
    master, loser = (rest("POST", "sobjects/Contact", json={"LastName": n}).json()["id"] for n in "AB")
    report = rest("POST", "sobjects/Contact", json={"LastName": "R", "ReportsToId": loser}).json()["id"]

    admin.do("records/merge", sobject="Contact", master=master, losers=[loser])

    assert read(rest, "Contact", report)["ReportsToId"] == master


def test_a_master_that_pointed_to_a_loser_points_nowhere(rest: Rest, admin: Administrator) -> None:
    loser = account(rest)
    master = account(rest, ParentId=loser)

    admin.do("records/merge", sobject="Account", master=master, losers=[loser])

    assert read(rest, "Account", master)["ParentId"] is None


def test_moved_children_are_changed_by_the_system_alone(rest: Rest, admin: Administrator) -> None:
    master, loser = account(rest), account(rest)
    (contact,) = admin.seed("Contact", [{"LastName": "C", "AccountId": loser, "CreatedDate": "2020-01-01T00:00:00Z"}])

    admin.do("records/merge", sobject="Account", master=master, losers=[loser])

    moved = read(rest, "Contact", contact)
    assert moved["LastModifiedDate"] == "2020-01-01T00:00:00.000+0000"
    assert moved["SystemModstamp"] > moved["LastModifiedDate"]


@pytest.mark.parametrize(
    "case, code",
    [("itself", "MERGE_FAILED"), ("too many", "MERGE_FAILED"), ("deleted", "ENTITY_IS_DELETED"),
     ("a contact", "INVALID_ID_FIELD"), ("nobody", "INVALID_CROSS_REFERENCE_KEY"),
     ("bad value", "STRING_TOO_LONG")],
)  # fmt: skip
def test_a_merge_that_cannot_be_changes_nothing(rest: Rest, admin: Administrator, case: str, code: str) -> None:
    master, loser = account(rest), account(rest)
    losers, fields = [loser], {}
    if case == "itself":
        losers = [loser, master]
    elif case == "too many":
        losers = [loser, account(rest), account(rest)]
    elif case == "deleted":
        losers = [loser, account(rest)]
        rest("DELETE", f"sobjects/Account/{losers[1]}")
    elif case == "a contact":
        losers = [loser, "003000000000000AAA"]
    elif case == "nobody":
        losers = [loser, "001000000000000AAA"]
    else:
        fields = {"Name": "x" * 300}

    with pytest.raises(ValueError, match=code):
        admin.do("records/merge", sobject="Account", master=master, losers=losers, fields=fields)

    assert rest("GET", f"sobjects/Account/{loser}").status_code == 200


def test_an_undeleted_loser_comes_back_without_its_children(rest: Rest, admin: Administrator) -> None:
    master, loser = account(rest), account(rest)
    contact = rest("POST", "sobjects/Contact", json={"LastName": "C", "AccountId": loser}).json()["id"]
    admin.do("records/merge", sobject="Account", master=master, losers=[loser])

    admin.do("records/undelete", sobject="Account", ids=[loser])

    assert read(rest, "Account", loser)["MasterRecordId"] is None
    assert read(rest, "Contact", contact)["AccountId"] == master
