"""SOQL statements as a table: what is accepted, what it means, and what is refused in which words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.sandbox.errors import ApiError
from resources.sandbox.soql import syntax
from resources.sandbox.soql.parser import parse
from resources.sandbox.soql.syntax import Call, Comparison, Condition, Expression, Literal, Membership, Path, Select


def spoken(condition: Condition | None) -> str:
    """A condition with every bracket written out."""
    match condition:
        case syntax.All(parts):
            return "(" + " and ".join(spoken(part) for part in parts) + ")"
        case syntax.Any(parts):
            return "(" + " or ".join(spoken(part) for part in parts) + ")"
        case syntax.Not(inner):
            return f"not {spoken(inner)}"
        case Comparison(left, operator, right):
            return f"{named(left)} {operator} {valued(right)}"
        case Membership(left, negated, members):
            listed = "select" if isinstance(members, Select) else ", ".join(map(valued, members))
            return f"{named(left)} {'not in' if negated else 'in'} ({listed})"
        case None:
            return ""


def named(expression: Expression | None) -> str:
    match expression:
        case Path():
            return expression.text
        case Call(name, argument):
            return f"{name}({named(argument)})"
        case None:
            return ""


def valued(literal: Literal) -> str:
    return f"{literal.kind} {literal.value}"


def where(condition: str) -> str:
    return spoken(parse(f"SELECT Id FROM Account WHERE {condition}").where)


@pytest.mark.parametrize(
    "condition, meaning",
    [
        pytest.param("a = 1", "a = number 1", id="a number"),
        pytest.param("a = -1.5", "a = number -1.5", id="a negative number"),
        pytest.param("a > USD5000", "a > currency 5000.0", id="an amount with its currency"),
        pytest.param("a > USD-500", "a > currency -500.0", id="a negative amount"),
        pytest.param("a = NULL", "a = null None", id="null"),
        pytest.param("a != tRuE", "a != boolean True", id="a boolean in any case"),
        pytest.param("a <> 'x'", "a != string x", id="the other way to write unequal"),
        pytest.param(r"a = 'O\'Neil \"x\" \\ \n'", "a = string O'Neil \"x\" \\ \n", id="escapes"),
        pytest.param(r"a = '\u00e9'", "a = string é", id="a unicode escape"),
        pytest.param("b > 1990-12-31", "b > date 1990-12-31", id="a date"),
        pytest.param("b > 2020-01-01T00:00:00Z", "b > datetime 2020-01-01T00:00:00.000Z", id="a moment"),
        pytest.param("b > 2020-01-01t02:00:00.5+02:00", "b > datetime 2020-01-01T00:00:00.500Z", id="with an offset"),
        pytest.param("b > 2020-01-01T00:00:00-0530", "b > datetime 2020-01-01T05:30:00.000Z", id="no colon in it"),
        pytest.param("b = TODAY", "b = range ('TODAY', None)", id="a relative date"),
        pytest.param("b = last_n_days:30", "b = range ('LAST_N_DAYS', 30)", id="a counted relative date"),
        pytest.param("a LIKE 'x%'", "a like string x%", id="like"),
        pytest.param("a IN ('x','y')", "a in (string x, string y)", id="a list"),
        pytest.param("a NOT IN ('x', null)", "a not in (string x, null None)", id="not in a list"),
        pytest.param("Id IN (SELECT AccountId FROM Contact)", "Id in (select)", id="a semi-join"),
        pytest.param("a = 1 AND b = 2 AND c = 3", "(a = number 1 and b = number 2 and c = number 3)", id="and"),
        pytest.param("a=1 AND (b=2 OR c=3)", "(a = number 1 and (b = number 2 or c = number 3))", id="or in brackets"),
        pytest.param("NOT a = 1", "not a = number 1", id="not"),
        pytest.param("NOT (a = 1 OR b = 2)", "not (a = number 1 or b = number 2)", id="not before brackets"),
        pytest.param("a = 1 AND NOT b = 2", "(a = number 1 and not b = number 2)", id="not binds to one comparison"),
        pytest.param("A.B__r.C__c = 1", "A.B__r.C__c = number 1", id="through parents"),
        pytest.param("CALENDAR_YEAR(a) = 2020", "CALENDAR_YEAR(a) = number 2020", id="a function"),
        pytest.param("DAY_ONLY(convertTimezone(a)) = TODAY", "DAY_ONLY(CONVERTTIMEZONE(a)) = range ('TODAY', None)",
                     id="a function of a function"),
    ],
)  # fmt: skip
def test_a_condition_means(condition: str, meaning: str) -> None:
    assert where(condition) == meaning


def test_every_clause_is_read() -> None:
    select = parse(
        "SELECT Industry, COUNT(Id) many FROM Account a WHERE Name != null GROUP BY Industry HAVING COUNT(Id) > 1 "
        "ORDER BY COUNT(Id) DESC NULLS LAST, Industry LIMIT 5 OFFSET 7 FOR VIEW"
    )
    assert [(named(item.what), item.alias) for item in select.items if isinstance(item.what, Path | Call)] == [
        ("Industry", None),
        ("COUNT(Id)", "many"),
    ]
    assert (select.source.text, select.alias, select.limit, select.offset) == ("Account", "a", 5, 7)
    assert spoken(select.having) == "COUNT(Id) > number 1"
    assert [(named(o.by), o.descending, o.nulls_last) for o in select.order_by] == [
        ("COUNT(Id)", True, True),
        ("Industry", False, False),
    ]


@pytest.mark.parametrize(
    "statement, column, message",
    [
        ("SELECT FROM X", 1, "unexpected token: 'SELECT FROM'"),
        ("SELECT Id FROM", 15, "unexpected token: '<EOF>'"),
        ("SELECT Id Account", 18, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM X WHERE", 23, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM X WHERE a = 1 AND b = 2 OR c = 3", 40, "unexpected token: 'OR'"),
        ("SELECT Id FROM X WHERE a = 1 OR b = 2 AND c = 3", 39, "unexpected token: 'AND'"),
        ("SELECT Id FROM X WHERE ParentId IN ()", 24, "unexpected token: 'ParentId IN ()'"),
        ("SELECT Id FROM X WHERE d > 2020-52-12t12:12:00-05:00", 28, "Invalid datetime: 2020-52-12t12:12:00-05:00"),
        ("SELECT Id FROM X WHERE d > 2020-01-01T00:00:00", 28, "Invalid datetime: 2020-01-01T00:00:00"),
        ("SELECT Id FROM X WHERE d > 2020-02-30", 28, "Invalid date: 2020-02-30"),
        ("SELECT Id FROM X WHERE a = bare", 28, "unexpected token: 'bare'"),
        ("SELECT Id FROM X WHERE a = :name", 28, "Bind variables only allowed in Apex code"),
        ("SELECT Id FROM X WHERE a = 'open", 33, "unexpected token: '<EOF>'"),
        (r"SELECT Id FROM X WHERE a = 'b\q'", 28,
         r"Invalid string literal 'b\q'. Illegal character sequence '\q' in string literal."),
        ("SELECT Id FROM X ALL ROWS", 18, "unexpected token: 'ALL'"),
        ("SELECT Id FROM X LIMIT -1", 24, "unexpected token: '-1'"),
        ("SELECT Id FROM X; DROP", 17, "unexpected token: ';'"),
        ("SELECT a(b(c(d))) FROM X", 13, "unexpected token: '('"),
        ("SELECT Id FROM X HAVING a = 1", 18, "unexpected token: 'HAVING'"),
    ],
)  # fmt: skip
def test_a_malformed_statement_is_refused_at_its_place(statement: str, column: int, message: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse(statement)
    assert refused.value.code == "MALFORMED_QUERY"
    assert refused.value.message.endswith(f"\nERROR at Row:1:Column:{column}\n{message}")


def test_text_that_is_no_select_is_refused_without_a_place() -> None:
    with pytest.raises(ApiError) as refused:
        parse("invalid")
    assert refused.value.body() == [{"message": "unexpected token: 'invalid'", "errorCode": "MALFORMED_QUERY"}]


def test_the_caret_stands_below_the_mistake_in_a_long_statement_of_several_lines() -> None:
    statement = "SELECT Id,\n  Name, AccountNumber, BillingCity, BillingCountry FROM Account WHERE Name ~ 'x' LIMIT 1"
    with pytest.raises(ApiError) as refused:
        parse(statement)
    _, excerpt, caret, place, _ = refused.value.message.split("\n")
    assert excerpt[caret.index("^")] == "~"
    assert place == "ERROR at Row:2:Column:76"
    assert len(excerpt) < 70


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT TYPEOF What WHEN Account THEN Name END FROM Event",
        "SELECT Id FROM A WHERE m INCLUDES ('x')",
        "SELECT Id FROM A USING SCOPE mine",
        "SELECT Id FROM A WITH SECURITY_ENFORCED",
        "SELECT a FROM A GROUP BY ROLLUP(a)",
        "SELECT Id FROM Contact c, c.Account a",
    ],
)
def test_what_is_not_emulated_says_so(statement: str) -> None:
    with pytest.raises(ApiError, match="this sandbox does not emulate it") as refused:
        parse(statement)
    assert refused.value.code == "FUNCTIONALITY_NOT_ENABLED"


def test_an_offset_beyond_2000_is_out_of_range() -> None:
    with pytest.raises(ApiError, match="Maximum SOQL offset allowed is 2000") as refused:
        parse("SELECT Id FROM A OFFSET 2001")
    assert refused.value.code == "NUMBER_OUTSIDE_VALID_RANGE"


def test_a_statement_over_100000_characters_is_refused() -> None:
    with pytest.raises(ApiError, match="100000"):
        parse("SELECT Id FROM A WHERE a IN ('" + "x" * 100_000 + "')")


_ESCAPED = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", '"': '\\"'}


@given(st.text(max_size=300), st.booleans())
def test_any_text_survives_as_a_string_literal(text: str, everything: bool) -> None:  # noqa: FBT001
    needed = _ESCAPED if everything else {"\\": "\\\\", "'": "\\'"}
    quoted = "".join(needed.get(character, character) for character in text)
    condition = parse(f"SELECT Id FROM Account WHERE Name = '{quoted}'").where
    assert isinstance(condition, Comparison)
    assert condition.right.value == text


@given(st.text(alphabet="%_\\'ab", max_size=12))
def test_escaped_wildcards_are_plain_characters_in_a_pattern(text: str) -> None:
    quoted = "".join({"\\": "\\\\", "'": "\\'", "%": "\\%", "_": "\\_"}.get(c, c) for c in text)
    condition = parse(f"SELECT Id FROM Account WHERE Name LIKE '{quoted}'").where
    assert isinstance(condition, Comparison)
    assert condition.right.value == text
    assert condition.right.pattern == "".join("\\" + c if c in "\\%_" else c for c in text)
