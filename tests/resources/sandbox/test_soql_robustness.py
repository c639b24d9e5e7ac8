"""No statement, however odd, does worse than to be refused: what is accepted also runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.sandbox.catalogue import shipped
from resources.sandbox.errors import ApiError
from resources.sandbox.reader import prepared
from resources.sandbox.soql.emit import compile_soql
from resources.sandbox.soql.scope import View
from resources.sandbox.store import indexes_sql, tables_sql

CATALOGUE = shipped()
VIEW = View(CATALOGUE, lambda _: True, lambda _, __: True, datetime(2026, 1, 2, tzinfo=UTC), UTC)


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    """An org's tables, empty."""
    connection = sqlite3.connect(":memory:")
    for statement in (*tables_sql(CATALOGUE), *indexes_sql(CATALOGUE)):
        connection.execute(statement)
    yield prepared(connection)
    connection.close()


def run(db: sqlite3.Connection, statement: str) -> bool:
    """True if the statement was accepted, and then it ran, its subqueries too."""
    try:
        plan = compile_soql(statement, VIEW)
    except ApiError:
        return False
    db.execute(plan.count_sql if plan.shape is None else plan.rows_sql, plan.parameters).fetchall()
    for child in plan.children:
        db.execute(child.plan.of_parents_sql(child.parent_field), (*child.plan.parameters, "[]")).fetchall()
    return True


FIELDS = ["Id", "Name", "AnnualRevenue", "CreatedDate", "IsDeleted", "ParentId", "Parent.Name", "Owner.IsActive",
          "BillingAddress", "Description", "NumberOfEmployees", "LastActivityDate", "Account.Industry"]  # fmt: skip
VALUES = ["null", "true", "'x'", "'É%'", "5", "-1.5e3", "USD5", "2020-01-01", "2020-01-01T00:00:00Z", "TODAY",
          "LAST_N_DAYS:3", "99999999999999999999", "'001000000000001'", "LAST_N_YEARS:999999999"]  # fmt: skip

comparisons = st.builds(
    "{} {} {}".format,
    st.sampled_from([*FIELDS, "CALENDAR_YEAR(CreatedDate)", "COUNT(Id)"]),
    st.sampled_from(["=", "!=", "<", ">=", "LIKE"]),
    st.sampled_from(VALUES),
)
members = st.builds(
    "{} {} ({})".format,
    st.sampled_from(FIELDS),
    st.sampled_from(["IN", "NOT IN"]),
    st.one_of(st.lists(st.sampled_from(VALUES), min_size=1, max_size=3).map(", ".join),
              st.just("SELECT AccountId FROM Contact WHERE Name != 'x'")),
)  # fmt: skip
conditions = st.recursive(
    st.one_of(comparisons, members),
    lambda inner: st.one_of(
        inner.map("NOT ({})".format),
        st.lists(inner.map("({})".format), min_size=2, max_size=3).map(" OR ".join),
        st.lists(inner.map("({})".format), min_size=2, max_size=3).map(" AND ".join),
    ),
    max_leaves=5,
)
orders = st.sampled_from(
    ["", " ORDER BY Name DESC NULLS LAST", " ORDER BY Owner.Name, CreatedDate", " LIMIT 3 OFFSET 2"]
)


@given(st.sampled_from(["Id", "Name, Owner.Name", "COUNT()", "COUNT(Id), MAX(Name)", "Id, (SELECT Id FROM Contacts)"]),
       conditions, orders)  # fmt: skip
def test_statements_of_any_shape_run_or_are_refused(
    db: sqlite3.Connection, columns: str, condition: str, order: str
) -> None:
    run(db, f"SELECT {columns} FROM Account WHERE {condition}{order}")


@given(conditions)
def test_groups_filtered_by_anything_run_or_are_refused(db: sqlite3.Connection, condition: str) -> None:
    run(db, f"SELECT Industry, COUNT(Id) FROM Account GROUP BY Industry HAVING {condition} ORDER BY MAX(Name)")


WORDS = [*"()=,.<:'", "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "GROUP", "BY", "ORDER", "LIMIT",
         "COUNT", "Account", "Contacts", "Id", "Name", "'x'", "5", "TODAY", "null", "HAVING", "FIELDS", "ALL",
         "\n", "é", "::", "\\"]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_any_heap_of_words_is_refused_or_runs(db: sqlite3.Connection, words: str) -> None:
    run(db, f"SELECT {words}")


@given(st.text(max_size=80))
def test_any_text_at_all_is_refused_or_runs(db: sqlite3.Connection, text: str) -> None:
    run(db, text)
    run(db, f"SELECT Id FROM Account WHERE {text}")


@pytest.mark.parametrize("word", ["OR", "AND"])
def test_a_condition_may_have_thousands_of_parts(db: sqlite3.Connection, word: str) -> None:
    parts = f" {word} ".join(f"NumberOfEmployees = {number}" for number in range(3000))
    assert run(db, f"SELECT Id FROM Account WHERE {parts}")


def test_a_list_may_have_thousands_of_members(db: sqlite3.Connection) -> None:
    listed = ",".join(f"'{number}'" for number in range(12_000))
    assert run(db, f"SELECT Id FROM Account WHERE Name NOT IN ({listed})")


@pytest.mark.parametrize("nest", ["(", "NOT ", "NOT("])
def test_nesting_without_end_is_refused(db: sqlite3.Connection, nest: str) -> None:
    assert not run(db, "SELECT Id FROM Account WHERE " + nest * 5000 + "Name = 'x'")


@pytest.mark.parametrize("number", ["9" * 5000, "1" + "0" * 30])
def test_numbers_beyond_all_bounds_do_no_harm(db: sqlite3.Connection, number: str) -> None:
    assert run(db, f"SELECT Id FROM Account WHERE AnnualRevenue < {number}")
    assert not run(db, f"SELECT Id FROM Account LIMIT {number}")
    assert not run(db, f"SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:{number}")
