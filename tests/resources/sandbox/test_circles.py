"""A circle of parents is refused on every route, as code, text and field that people quote from real orgs.

Evidence: the error of a custom lookup to the record itself in the issues of two open-source packages for Salesforce;
that accounts refuse longer circles, in articles. Which row of a circle is refused, undelete and merge are ours.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.launch import Connection
from tests.resources.sandbox.conftest import Rest
from tests.resources.sandbox.live import Live, csv_text

MESSAGE = "attempt to violate hierarchy constraints"
REFUSED = {"statusCode": "CIRCULAR_DEPENDENCY", "message": MESSAGE, "fields": ["ParentId"]}


@pytest.fixture
def live(connection: Connection) -> Iterator[Live]:
    served = Live(connection)
    yield served
    served.close()


def accounts(rest: Rest, number: int) -> list[str]:
    """So many accounts, none below another."""
    body = {"records": [{"attributes": {"type": "Account"}, "Name": f"{n}"} for n in range(number)]}
    return [row["id"] for row in rest("POST", "composite/sobjects", json=body).json()]


def line(rest: Rest, number: int) -> list[str]:
    """Accounts each below the next."""
    ids = accounts(rest, number)
    assert all(row["success"] for row in put_below(rest, list(pairwise(ids))))
    return ids


def put_below(rest: Rest, pairs: Sequence[tuple[str, str | None]]) -> list[dict[str, object]]:
    records = [{"attributes": {"type": "Account"}, "Id": one, "ParentId": other} for one, other in pairs]
    return list(rest("PATCH", "composite/sobjects", json={"records": records}).json())


def parent(rest: Rest, record_id: str) -> object:
    return rest("GET", f"sobjects/Account/{record_id}").json()["ParentId"]


@pytest.mark.parametrize("length", [1, 2, 5], ids=["itself", "one another", "five of them"])
def test_one_call_cannot_close_a_circle(rest: Rest, length: int) -> None:
    ids = line(rest, length)

    answer = rest("PATCH", f"sobjects/Account/{ids[-1]}", json={"ParentId": ids[0][:15]})

    assert answer.status_code == 400
    assert answer.json() == [{"message": MESSAGE, "errorCode": "CIRCULAR_DEPENDENCY", "fields": ["ParentId"]}]
    assert parent(rest, ids[-1]) is None


def test_of_rows_that_close_a_circle_together_the_last_is_refused(rest: Rest) -> None:
    one, two, three = accounts(rest, 3)

    answers = put_below(rest, [(one, two), (two, three), (three, one)])

    assert [row["success"] for row in answers] == [True, True, False]
    assert answers[2]["errors"] == [REFUSED]


def test_a_row_that_breaks_a_circle_up_lets_the_rows_after_it_through(rest: Rest) -> None:
    below, above = line(rest, 2)

    assert [row["success"] for row in put_below(rest, [(above, below), (below, None)])] == [False, True]
    assert [row["success"] for row in put_below(rest, [(above, below)])] == [True]


def test_rows_of_different_chunks_cannot_close_a_circle_either(live: Live) -> None:
    ids = live.seed("Account", *({"Name": f"{n}"} for n in range(202)))

    job = live.ingest("update", csv_text(["Id", "ParentId"], *([one, ids[201 - n]] for n, one in enumerate(ids))))

    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (202, 101)
    assert {row["sf__Error"] for row in live.result(job, "failedResults")} == {
        f"CIRCULAR_DEPENDENCY:{MESSAGE}:ParentId --"
    }


def test_an_upsert_and_a_parent_named_by_key_are_looked_at_as_well(live: Live) -> None:
    key = secrets.token_hex(6)
    live.seed("Account", {"Name": "Top", "Source_Key__c": f"{key}-1"})
    live.seed("Account", {"Name": "Below", "Source_Key__c": f"{key}-2", "Parent.Source_Key__c": f"{key}-1"})

    content = csv_text(["Source_Key__c", "Parent.Source_Key__c"], [f"{key}-1", f"{key}-2"])
    job = live.ingest("upsert", content, externalIdFieldName="Source_Key__c")

    assert job["numberRecordsFailed"] == 1
    assert live.result(job, "failedResults")[0]["sf__Error"].startswith("CIRCULAR_DEPENDENCY:")
    one = live.call("PATCH", f"sobjects/Account/Source_Key__c/{key}-1", json={"Parent": {"Source_Key__c": f"{key}-2"}})
    assert one.json()[0]["errorCode"] == "CIRCULAR_DEPENDENCY"


def test_whom_a_contact_reports_to_is_a_hierarchy_too(rest: Rest) -> None:
    boss = rest("POST", "sobjects/Contact", json={"LastName": "Boss"}).json()["id"]
    clerk = rest("POST", "sobjects/Contact", json={"LastName": "Clerk", "ReportsToId": boss}).json()["id"]

    answer = rest("PATCH", f"sobjects/Contact/{boss}", json={"ReportsToId": clerk})

    assert answer.json()[0]["fields"] == ["ReportsToId"]


def test_a_custom_lookup_refuses_the_record_itself_alone(rest: Rest, admin: Administrator) -> None:
    admin.do(
        "fields", sobject="Account", field={"kind": "lookup", "name": "Twin__c", "label": "Twin", "to": ["Account"]}
    )
    admin.do("permissions", sobject="Account", field="Twin__c", rights={"read": True, "edit": True})
    one, two = accounts(rest, 2)

    itself = rest("PATCH", f"sobjects/Account/{one}", json={"Twin__c": one})
    there = rest("PATCH", f"sobjects/Account/{one}", json={"Twin__c": two})
    and_back = rest("PATCH", f"sobjects/Account/{two}", json={"Twin__c": one})
    admin.do("fields/remove", sobject="Account", field="Twin__c")

    assert itself.json()[0]["errorCode"] == "CIRCULAR_DEPENDENCY"
    assert (there.status_code, and_back.status_code) == (204, 204)


def test_what_is_written_beside_a_circle_that_was_seeded_is_saved(live: Live) -> None:
    one, two = live.seed("Account", {"Name": "A"}, {"Name": "B"})
    for this, other in ((one, two), (two, one)):
        live.door("records/touch", {"sobject": "Account", "ids": [this], "fields": {"ParentId": other}})
    (below,) = live.seed("Account", {"Name": "C"})

    assert live.call("PATCH", f"sobjects/Account/{below}", json={"ParentId": one}).status_code == 204
    assert live.call("PATCH", f"sobjects/Account/{one}", json={"Phone": "1"}).status_code == 204


def test_a_record_whose_return_would_close_a_circle_stays_in_the_bin(rest: Rest, admin: Administrator) -> None:
    low, middle, top = line(rest, 3)
    rest("DELETE", f"sobjects/Account/{middle}")
    assert put_below(rest, [(top, low)])[0]["success"], "the deleted record is above nobody"

    with pytest.raises(ValueError, match="CIRCULAR_DEPENDENCY"):
        admin.do("records/undelete", sobject="Account", ids=[middle])

    put_below(rest, [(top, None)])
    admin.do("records/undelete", sobject="Account", ids=[middle])
    assert parent(rest, low) == middle


def test_a_master_somewhere_below_its_loser_ends_at_the_top(rest: Rest, admin: Administrator) -> None:
    master, between, loser = line(rest, 3)

    admin.do("records/merge", sobject="Account", master=master, losers=[loser])

    assert (parent(rest, master), parent(rest, between)) == (None, master)
