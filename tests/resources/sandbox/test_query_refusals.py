"""Statements that the schema or the user's permissions do not bear."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.resources.sandbox.live import Live, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("org")) as live:
        yield live


@pytest.fixture
def org(served: Live) -> Iterator[Live]:
    yield served
    served.allow_everything()


NO_COLUMN = "No such column '{}' on entity '{}'. If you are attempting to use a custom field"


@pytest.mark.parametrize(
    "statement, code, message",
    [
        ("SELECT Nope FROM Account", "INVALID_FIELD", NO_COLUMN.format("Nope", "Account")),
        ("SELECT Id FROM Contact WHERE Account.Nope = 1", "INVALID_FIELD", NO_COLUMN.format("Nope", "Account")),
        ("SELECT Nope.Name FROM Account", "INVALID_FIELD", "Didn't understand relationship 'Nope' in field path."),
        ("SELECT Id, (SELECT Id FROM Nopes) FROM Account", "INVALID_TYPE", "Didn't understand relationship 'Nopes'"),
        ("SELECT Id, Id FROM Account", "INVALID_FIELD", "duplicate field selected: Id"),
        ("SELECT Id FROM Account WHERE AnnualRevenue = '5'", "INVALID_FIELD",
         "value of filter criterion for field 'AnnualRevenue' must be of type currency and should not be enclosed in"),
        ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD", "'Name' must be of type string and should be"),
        ("SELECT Id FROM Account WHERE CreatedDate > 2020-01-01", "INVALID_FIELD", "must be of type dateTime"),
        ("SELECT Id FROM Account WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: x"),
        ("SELECT Id FROM Account WHERE AnnualRevenue LIKE 'x'", "INVALID_FIELD", "must be of type currency"),
        ("SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD",
         "field 'Description' can not be filtered in a query call"),
        ("SELECT Id FROM Account ORDER BY Description", "INVALID_FIELD", "can not be sorted in a query call"),
        ("SELECT COUNT(Id) FROM Account GROUP BY CreatedDate", "INVALID_FIELD", "can not be grouped in a query call"),
        ("SELECT Name, COUNT(Id) FROM Account", "MALFORMED_QUERY", "Field must be grouped or aggregated: Name"),
        ("SELECT COUNT(Id) FROM Account GROUP BY Name ORDER BY Site", "MALFORMED_QUERY", "Ordered field must be"),
        ("SELECT SUM(Name) FROM Account", "MALFORMED_QUERY", "field Name does not support aggregate operator SUM"),
        ("SELECT Name n FROM Account", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
        ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY", "must have a LIMIT of at most 200"),
        ("SELECT Id FROM Account WHERE Name IN (SELECT Id FROM Contact)", "MALFORMED_QUERY", "should be an id field"),
        ("SELECT NOPE(Name) FROM Account", "MALFORMED_QUERY", "unexpected token: '('"),
    ],
)  # fmt: skip
def test_a_statement_the_schema_does_not_bear_is_refused(org: Live, statement: str, code: str, message: str) -> None:
    refused, text = org.refusal(statement)
    assert refused == code
    assert message in text


def test_an_unknown_object_is_refused_as_a_real_org_recorded_it(org: Live) -> None:
    answer = org.call("GET", "query", params={"q": "select count() from XYZZY"})
    assert answer.status_code == 400
    [error] = answer.json()
    assert error["errorCode"] == "INVALID_TYPE"
    assert error["message"].startswith(
        "\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\n"
        "sObject type 'XYZZY' is not supported."
    )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT Site FROM Account",
        "SELECT Id FROM Account WHERE Site = 'x'",
        "SELECT Id FROM Account ORDER BY Site",
        "SELECT Account.Site FROM Contact",
        "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Site = 'x')",
    ],
)
def test_a_hidden_field_looks_like_one_that_does_not_exist(org: Live, statement: str) -> None:
    org.hide("Account", "Site")
    code, message = org.refusal(statement)
    assert code == "INVALID_FIELD"
    assert NO_COLUMN.format("Site", "Account") in message


def test_an_object_the_user_may_not_read_does_not_exist(org: Live) -> None:
    org.door("permissions", {"sobject": "Contact", "rights": {"read": False}})
    assert org.refusal("SELECT Id FROM Contact")[0] == "INVALID_TYPE"
    assert org.refusal("SELECT Id, (SELECT Id FROM Contacts) FROM Account")[0] == "INVALID_TYPE"
