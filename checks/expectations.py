"""Is what was extracted as the declaration expects it? One Great Expectations suite an entity, run inside DuckDB.

The only module that knows Great Expectations, which takes seconds to import and is imported by the answer alone. It
has no DuckDB of its own: it goes through SQLAlchemy's dialect, on one connection that stays open, for it fetches
results after it gave its connection back. Results carry values; only counts leave this module.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.question import Answer, Copy, Question
from checks.suite import ROWS, Promise, extracted_sql, suite
from pipelines.sql import literal

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
    from sqlalchemy import Connection


class CouldNotRun(Exception):
    """An expectation that could not be evaluated. Great Expectations would report it as one that was not met."""


def answer(copy: Copy) -> Answer:
    """Fails when any row breaks a promise; raises CouldNotRun when one could not be asked."""
    columns = {name: (kind, length) for name, (kind, length) in json.loads(copy.remembered("columns") or "{}").items()}
    promises = suite(copy.entity, columns)
    with _rows_of(copy) as connection:
        results = validate(connection, promises)
    broken = [(promise, count) for promise, count in zip(promises, results, strict=True) if count]
    return Answer(
        passed=not broken,
        said=f"{len(promises) - len(broken)} of {len(promises)} expectations are met",
        numbers={
            "expectations": len(promises),
            "broken": len(broken),
            "rows": copy.number("select count(*) from landing.rows"),
        },
        rows=tuple({"expectation": p.type, "about": p.about, "rows": count} for p, count in broken),
    )


def validate(connection: Connection, promises: list[Promise]) -> list[int]:
    """How many rows break each promise (of the table itself: 1 if it is broken), in their order."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of its import are its own
        import great_expectations as gx
        from great_expectations.core.batch import Batch
        from great_expectations.data_context.types.base import ProgressBarsConfig
        from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
        from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
        from great_expectations.validator.validator import Validator

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    engine = _engine(connection)
    data: Any = SqlAlchemyBatchData(execution_engine=engine, table_name=ROWS, create_temp_table=False)
    expectations = [
        ExpectationConfiguration(type=each.type, kwargs=dict(each.settings), meta={"number": number}).to_domain_obj()
        for number, each in enumerate(promises)
    ]
    validator = Validator(execution_engine=engine, data_context=context, batches=[Batch(data=data)])
    shape: Any = {"result_format": "BASIC", "partial_unexpected_count": 0}
    # the suite is given here: the constructor would keep one of those in SQL, which have no column to tell them apart
    outcome: Any = validator.validate(
        expectation_suite=gx.ExpectationSuite(name=ROWS, expectations=expectations), result_format=shape
    )
    counts = {}
    for result in outcome.results:
        number = result.expectation_config.meta["number"]
        counts[number] = _broken(result, promises[number])
    return [counts[number] for number in range(len(promises))]


def _broken(result: ExpectationValidationResult, promise: Promise) -> int:
    if _raised(result.exception_info or {}):
        raise CouldNotRun(f"{promise.type} about {promise.about} could not be asked")
    if result.success:
        return 0
    found = result.result.get("unexpected_count", result.result.get("observed_value"))
    return max(1, int(found or 0))


def _raised(info: Mapping[str, Any]) -> bool:
    """Exceptions lie one level down, by metric, when a metric raised; at the top, when the expectation did."""
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(isinstance(one, Mapping) and one.get("raised_exception") for one in info.values())


def _engine(connection: Connection) -> SqlAlchemyExecutionEngine:
    from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine

    class OneConnection(SqlAlchemyExecutionEngine):
        """Results are fetched after their connection was given back, so it is never closed in between."""

        @contextmanager
        def get_connection(self) -> Iterator[Connection]:
            yield connection

    return OneConnection(engine=connection.engine)


@contextmanager
def _rows_of(copy: Copy) -> Iterator[Connection]:
    """A database in memory that sees the copy read-only and has its tidied rows as a view."""
    import sqlalchemy as sa

    engine = sa.create_engine("duckdb:///:memory:", poolclass=sa.StaticPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"attach {literal(str(_path(copy)))} as copy (read_only)")
            connection.exec_driver_sql(f"create view {ROWS} as {extracted_sql(copy.entity, 'copy.landing.rows')}")
            connection.commit()
            yield connection
    finally:
        engine.dispose()


def _path(copy: Copy) -> Path:
    return Path(
        copy.con.execute("select path from duckdb_databases() where database_name = current_database()").fetchall()[0][
            0
        ]
    )


QUESTION = Question(
    "expectations",
    "Is every extracted row as the declaration expects it? A Great Expectations suite, made from the declaration.",
    answer,
    depends_on=lambda copy: copy.remembered("landed"),
)
