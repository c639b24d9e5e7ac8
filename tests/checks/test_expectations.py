"""The suite inside DuckDB: what it finds, and that one which could not be asked is never taken for one not met."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from assets.declarations import entities
from checks import expectations
from checks.suite import ROWS, Promise, suite
from pipelines.declaring.entity import Entity
from tests.checks.conftest import Ask

COLUMNS = {"name": ("string", 255), "enrollment": ("int", 0), "email": ("email", 80)}


def test_every_broken_promise_is_counted(wrong: Ask) -> None:
    answer = wrong(expectations.QUESTION, "accounts")
    assert not answer.passed
    found = {(row["expectation"], row["about"]): row["rows"] for row in answer.rows}
    assert found == {
        ("expect_column_values_to_not_be_null", "name"): 1,
        ("expect_column_values_to_be_in_set", "status"): 1,
        ("expect_column_value_lengths_to_be_between", "name"): 1,
        ("unexpected_rows_expectation", "enrollment: a number"): 1,
    }


def test_addresses_and_points_in_time_are_looked_at(wrong: Ask) -> None:
    answer = wrong(expectations.QUESTION, "personnel")
    found = {row["about"]: row["rows"] for row in answer.rows}
    assert found == {"email: an e-mail address": 1, "updated_at: a point in time": 1}


def test_kinds_lists_and_truths_are_looked_at(wrong: Ask) -> None:
    told = {
        entity: {row["about"]: row["rows"] for row in wrong(expectations.QUESTION, entity).rows}
        for entity in ("profiles", "connections")
    }
    assert told == {
        "profiles": {"kind: one of HCP, Staff": 1, "signed_up_at: a point in time": 1},
        "connections": {"active: true or false": 1},
    }


def test_changes_alone_may_be_none() -> None:
    promised = {entity: {each.about for each in suite(entities()[entity], {})} for entity in ("accounts", "profiles")}
    assert ["rows" in about for about in promised.values()] == [True, False]


def test_counts_leave_the_suite_and_values_do_not(wrong: Ask) -> None:
    told = repr(wrong(expectations.QUESTION, "personnel"))
    assert "no address" not in told
    assert "yesterday" not in told


def test_an_expectation_that_cannot_be_asked_is_an_error() -> None:
    engine = sa.create_engine("duckdb:///:memory:", poolclass=sa.StaticPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create table {ROWS} (a varchar)")
        connection.commit()
        with pytest.raises(expectations.CouldNotRun, match="about nowhere could not be asked"):
            expectations.validate(
                connection, [Promise("expect_column_values_to_not_be_null", {"column": "nowhere"}, "nowhere")]
            )
    engine.dispose()


@pytest.mark.parametrize("entity", entities().values(), ids=lambda entity: entity.name)
def test_keys_and_required_columns_are_promised_of_every_entity(entity: Entity) -> None:
    promised = {(each.type, each.about) for each in suite(entity, COLUMNS)}
    needed = {("expect_column_values_to_not_be_null", name) for name in (entity.source.key, *entity.source.required)}
    assert needed | {("expect_column_values_to_be_unique", entity.source.key)} <= promised
