"""Results over more than one page: sizes, locators, children, and what cannot be paged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.resources.sandbox.live import Live, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """2,500 accounts below one parent."""
    with serving(tmp_path_factory.mktemp("org")) as live:
        [parent] = live.seed("Account", {"Name": "Parent", "Source_Key__c": "b"})
        live.seed("Account", *[{"Name": f"N{number:04}", "ParentId": parent, "Site": "many"} for number in range(2500)])
        yield live


@pytest.fixture
def org(served: Live) -> Iterator[Live]:
    yield served
    served.allow_everything()


def test_pages_follow_one_another_until_done(org: Live) -> None:
    page = org.query("SELECT Id, Name FROM Account WHERE Site = 'many' ORDER BY Name DESC", size=1000)
    names: list[str] = []
    sizes: list[int] = []
    while True:
        names += [record["Name"] for record in page["records"]]
        sizes.append(len(page["records"]))
        assert page["totalSize"] == 2500
        if page["done"]:
            break
        page = org.call("GET", page["nextRecordsUrl"]).json()
    assert sizes == [1000, 1000, 500]
    assert names == [f"N{number:04}" for number in reversed(range(2500))]
    assert "nextRecordsUrl" not in page


def test_a_page_has_2000_records_unless_a_size_from_200_to_2000_is_asked_for(org: Live) -> None:
    statement = "SELECT Id FROM Account WHERE Site = 'many'"
    assert len(org.query(statement)["records"]) == 2000
    assert len(org.query(statement, size=10)["records"]) == 200
    assert len(org.query(statement, size=9000)["records"]) == 2000


def test_children_beyond_a_page_have_pages_of_their_own(org: Live) -> None:
    statement = "SELECT Id, (SELECT Name FROM ChildAccounts ORDER BY Name) FROM Account WHERE Source_Key__c = 'b'"
    children = org.query(statement)["records"][0]["ChildAccounts"]
    assert (children["totalSize"], children["done"], len(children["records"])) == (2500, False, 2000)
    rest = org.call("GET", children["nextRecordsUrl"]).json()
    assert [rest["records"][0]["Name"], len(rest["records"]), rest["done"]] == ["N2000", 500, True]


def test_a_locator_is_good_for_two_days_of_the_orgs_clock(org: Live) -> None:
    page = org.query("SELECT Id FROM Account WHERE Site = 'many'")["nextRecordsUrl"]
    answers = []
    for hours in (47, 2):
        org.door("clock", {"seconds": hours * 3600})
        org.log_in()
        answers.append(org.call("GET", page))
    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[1].json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


@pytest.mark.parametrize("locator", ["0r8000000000000AAA-2000", "nonsense", "0r8000000000000AAA"])
def test_an_unknown_locator_is_refused(org: Live, locator: str) -> None:
    answer = org.call("GET", f"query/{locator}")
    assert answer.status_code == 400
    assert answer.json() == [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]


def test_too_many_groups_cannot_be_paged(org: Live) -> None:
    code, message = org.refusal("SELECT Name, COUNT(Id) FROM Account GROUP BY Name")
    assert code == "EXCEEDED_ID_LIMIT"
    assert "queryMore" in message


def test_a_field_hidden_between_two_pages_is_gone_from_the_second(org: Live) -> None:
    page = org.query("SELECT Id, Fax FROM Account")
    org.hide("Account", "Fax")
    [error] = org.call("GET", page["nextRecordsUrl"]).json()
    assert error["errorCode"] == "INVALID_FIELD"
