"""SOQL over HTTPS: what comes back for which statement."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.resources.sandbox.live import API, Live, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Three accounts (one deleted), three contacts of the first, one of none."""
    with serving(tmp_path_factory.mktemp("org")) as live:
        alpha, _, _ = live.seed(
            "Account",
            {"Name": "Alpha", "Source_Key__c": "a", "AnnualRevenue": 6, "NumberOfEmployees": 3, "BillingCity": "Oslo",
             "Industry": "Education", "Do_Not_Update__c": True, "Source_Synced_At__c": "2026-03-01T10:00:00.000Z"},
            {"Name": "Éclair", "Source_Key__c": "b", "Industry": "Education"},
            {"Name": "Gone", "Source_Key__c": "c", "IsDeleted": True},
        )  # fmt: skip
        live.seed(
            "Contact",
            {"LastName": "Zulu", "Name": "Zulu", "AccountId": alpha, "Birthdate": "1990-12-31"},
            {"LastName": "young", "Name": "young", "AccountId": alpha, "Birthdate": "2001-01-01"},
            {"LastName": "100%_sure", "Name": "100%_sure", "AccountId": alpha},
            {"LastName": "Alone", "Name": "Alone"},
        )
        yield live


@pytest.fixture
def org(served: Live) -> Iterator[Live]:
    yield served
    served.allow_everything()


@pytest.mark.parametrize(
    "condition, names",
    [
        pytest.param("Name = 'aLPHA'", ["Alpha"], id="text in any case"),
        pytest.param("Name = 'ÉCLAIR'", ["Éclair"], id="letters beyond ASCII in any case"),
        pytest.param("Name LIKE 'éC%'", ["Éclair"], id="a pattern beyond ASCII in any case"),
        pytest.param("Name IN ('ALPHA', 'éclair')", ["Alpha", "Éclair"], id="a list in any case"),
        pytest.param("Name NOT IN ('alpha')", ["Éclair"], id="not in a list"),
        pytest.param("BillingCity != 'Bergen'", ["Alpha", "Éclair"], id="null is unequal to a text"),
        pytest.param("BillingCity = null", ["Éclair"], id="null"),
        pytest.param("BillingCity = ''", ["Éclair"], id="empty text is null"),
        pytest.param("NOT BillingCity = 'oslo'", ["Éclair"], id="not is the opposite, null included"),
        pytest.param("AnnualRevenue > 5", ["Alpha"], id="a number"),
        pytest.param("AnnualRevenue < 5", [], id="null is not less"),
        pytest.param("NumberOfEmployees IN (3, 4)", ["Alpha"], id="a list of numbers"),
        pytest.param("Do_Not_Update__c = true", ["Alpha"], id="a boolean"),
        pytest.param("Source_Synced_At__c = 2026-03-01T11:00:00+01:00", ["Alpha"], id="a moment in another zone"),
        pytest.param("Source_Synced_At__c > 2026-03-01T10:00:00.001Z", [], id="a moment to the millisecond"),
        pytest.param("CreatedDate = TODAY", ["Alpha", "Éclair"], id="a relative date on a moment"),
        pytest.param("CreatedDate < TODAY", [], id="before a relative date"),
        pytest.param("CreatedDate != LAST_N_DAYS:3", [], id="not in a relative date"),
        pytest.param("Owner.Username = 'ADMIN@sandbox.example'", ["Alpha", "Éclair"], id="through a parent"),
        pytest.param(
            "Owner.IsActive = true AND Parent.Name = null", ["Alpha", "Éclair"], id="parents that are not set"
        ),
        pytest.param("Id IN (SELECT AccountId FROM Contact WHERE Birthdate > 2000-01-01)", ["Alpha"], id="semi-join"),
        pytest.param("Id NOT IN (SELECT AccountId FROM Contact)", ["Éclair"], id="anti-join with nulls inside"),
        pytest.param("CALENDAR_YEAR(Source_Synced_At__c) = 2026", ["Alpha"], id="a function of a date"),
    ],
)
def test_a_condition_selects(org: Live, condition: str, names: list[str]) -> None:
    assert org.values(f"SELECT Name FROM Account WHERE {condition} ORDER BY Source_Key__c") == names


@pytest.mark.parametrize(
    "pattern, names",
    [("YOU%", ["young"]), ("_ulu", ["Zulu"]), (r"100\%\_sure", ["100%_sure"]), (r"%\%%", ["100%_sure"]), ("z", [])],
)
def test_like_knows_wildcards_and_their_escapes(org: Live, pattern: str, names: list[str]) -> None:
    assert org.values(f"SELECT Name FROM Contact WHERE LastName LIKE '{pattern}'") == names


@pytest.mark.parametrize(
    "order, names",
    [
        ("Name", ["100%_sure", "Alone", "young", "Zulu"]),
        ("Name DESC", ["Zulu", "young", "Alone", "100%_sure"]),
        ("Account.Name, Name", ["Alone", "100%_sure", "young", "Zulu"]),
        ("Account.Name NULLS LAST, Name", ["100%_sure", "young", "Zulu", "Alone"]),
        ("Birthdate DESC NULLS FIRST, Name", ["100%_sure", "Alone", "young", "Zulu"]),
        ("Birthdate DESC NULLS LAST, Name", ["young", "Zulu", "100%_sure", "Alone"]),
        ("Name LIMIT 2 OFFSET 1", ["Alone", "young"]),
    ],
)
def test_records_come_in_the_order_asked_for(org: Live, order: str, names: list[str]) -> None:
    assert org.values(f"SELECT Name FROM Contact ORDER BY {order}") == names


def test_a_record_has_attributes_types_and_names_in_the_catalogues_spelling(org: Live) -> None:
    [record] = org.records(
        "SELECT name, annualrevenue, NumberOfEmployees, do_not_update__c, Source_Synced_At__c, Site, Owner.Name "
        "FROM account WHERE Source_Key__c = 'A'"
    )
    [account_id] = org.values("SELECT Id FROM Account WHERE Source_Key__c = 'a'")
    owner = record.pop("Owner")
    assert record == {
        "attributes": {"type": "Account", "url": f"{API}sobjects/Account/{account_id}"},
        "Name": "Alpha",
        "AnnualRevenue": 6,
        "NumberOfEmployees": 3,
        "Do_Not_Update__c": True,
        "Source_Synced_At__c": "2026-03-01T10:00:00.000+0000",
        "Site": None,
    }
    assert owner["attributes"]["type"] == "User"
    assert owner["Name"] == "Org Administrator"


def test_a_parent_that_is_not_set_is_null(org: Live) -> None:
    [record] = org.records("SELECT Account.Name, Account.Owner.Name FROM Contact WHERE LastName = 'Alone'")
    assert record["Account"] is None


def test_an_address_is_one_object_or_null(org: Live) -> None:
    addresses = org.values("SELECT BillingAddress FROM Account ORDER BY Name")
    assert addresses[0]["city"] == "Oslo"
    assert addresses[0]["street"] is None
    assert addresses[1] is None


def test_children_are_an_answer_of_their_own_or_null(org: Live) -> None:
    records = org.records(
        "SELECT Name, (SELECT LastName, Account.Name FROM Contacts WHERE Birthdate != null ORDER BY Birthdate LIMIT 1) "
        "FROM Account ORDER BY Source_Key__c"
    )
    contacts = records[0]["Contacts"]
    assert (contacts["totalSize"], contacts["done"]) == (1, True)
    assert contacts["records"][0]["LastName"] == "Zulu"
    assert contacts["records"][0]["Account"]["Name"] == "Alpha"
    assert records[1]["Contacts"] is None


def test_ids_are_found_by_15_and_18_characters_and_come_back_with_18(org: Live) -> None:
    [long] = org.values("SELECT Id FROM Account WHERE Source_Key__c = 'a'")
    assert len(long) == 18
    assert org.values(f"SELECT Id FROM Account WHERE Id = '{long[:15]}'") == [long]
    assert org.values(f"SELECT Id FROM Account WHERE Id IN ('{long}')") == [long]


def test_deleted_records_are_seen_by_query_all_alone(org: Live) -> None:
    statement = "SELECT Name FROM Account WHERE Source_Key__c = 'c'"
    assert org.values(statement) == []
    assert org.values(statement, everything=True) == ["Gone"]
    assert org.values(f"{statement} AND IsDeleted = true", everything=True) == ["Gone"]


def test_count_without_a_field_answers_a_total_alone(org: Live) -> None:
    assert org.query("SELECT COUNT() FROM Contact") == {"totalSize": 4, "done": True, "records": []}
    assert org.query("SELECT COUNT() FROM Contact LIMIT 3")["totalSize"] == 3


def test_aggregates_are_named_by_alias_or_number(org: Live) -> None:
    answer = org.query(
        "SELECT Industry, COUNT(Id) n, MAX(Name), SUM(AnnualRevenue) total, MIN(CreatedDate) FROM Account "
        "WHERE Industry != null GROUP BY Industry"
    )
    [record] = answer["records"]
    assert record.pop("expr1").endswith("+0000")
    assert record == {
        "attributes": {"type": "AggregateResult"},
        "Industry": "Education",
        "n": 2,
        "expr0": "Éclair",
        "total": 6.0,
    }


def test_groups_are_made_regardless_of_case_and_filtered_by_having(org: Live) -> None:
    records = org.records(
        "SELECT Account.Name, COUNT_DISTINCT(LastName) n FROM Contact GROUP BY Account.Name "
        "HAVING COUNT(Id) > 1 ORDER BY COUNT(Id) DESC"
    )
    assert [(r["Name"], r["n"]) for r in records] == [("Alpha", 3)]


def test_an_aggregate_over_nothing_is_one_record(org: Live) -> None:
    [record] = org.records("SELECT COUNT(Id) n, MAX(Name) m FROM Contact WHERE LastName = 'nobody'")
    assert (record["n"], record["m"]) == (0, None)


def test_moments_are_grouped_by_year_and_month(org: Live) -> None:
    records = org.records(
        "SELECT CALENDAR_YEAR(Birthdate) y, CALENDAR_MONTH(Birthdate), COUNT(Id) FROM Contact WHERE Birthdate != null "
        "GROUP BY CALENDAR_YEAR(Birthdate), CALENDAR_MONTH(Birthdate) ORDER BY CALENDAR_YEAR(Birthdate)"
    )
    assert [(r["y"], r["expr0"], r["expr1"]) for r in records] == [(1990, 12, 1), (2001, 1, 1)]


def test_fields_stands_for_every_field_the_user_sees(org: Live) -> None:
    org.hide("Account", "AnnualRevenue")
    [every] = org.records("SELECT FIELDS(ALL) FROM Account WHERE Source_Key__c = 'a' LIMIT 200")
    [custom] = org.records("SELECT Id, FIELDS(CUSTOM) FROM Account WHERE Source_Key__c = 'a' LIMIT 1")
    assert {"Id", "Name", "Source_Key__c", "BillingAddress"} <= every.keys()
    assert "AnnualRevenue" not in every
    assert all(name.endswith("__c") for name in custom.keys() - {"attributes", "Id"})


def test_columns_are_described_for_command_line_clients(org: Live) -> None:
    params = {"q": "SELECT Name, AnnualRevenue, Owner.Name, (SELECT Id FROM Contacts) FROM Account", "columns": "true"}
    columns = org.call("GET", "query", params=params).json()["columnMetadata"]
    assert [(c["columnName"], len(c["joinColumns"]), c["numberType"]) for c in columns] == [
        ("Name", 0, False),
        ("AnnualRevenue", 0, True),
        ("Owner", 1, False),
        ("Contacts", 1, False),
    ]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60))
@settings(max_examples=25, deadline=None)
def test_any_text_is_a_condition_that_at_most_finds_nothing(served: Live, text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    assert served.query(f"SELECT Id FROM Contact WHERE LastName = '{quoted} nobody'")["totalSize"] == 0
