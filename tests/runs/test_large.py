"""What is quick with few rows must not become slow with many: no statement compares each row with each other one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import duckdb

from pipelines.run import World
from resources.warehouse import Warehouse
from tests.runs.place import Place

QUERY = re.compile(r"\s*(create (or replace )?(temp )?(table|view)|insert|update|delete|with|select)\b")


class Explained:
    """A connection that asks DuckDB how it would do each statement, before it does it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, quadratic: list[str]) -> None:
        self._con = con
        self._quadratic = quadratic

    def execute(self, sql: str, *parameters: Any) -> duckdb.DuckDBPyConnection:
        if QUERY.match(sql):
            told = self._con.execute(f"explain (format json) {sql}", *parameters).fetchall()
            if any("BLOCKWISE_NL_JOIN" in text for _, text in told):
                self._quadratic.append(sql)
        return self._con.execute(sql, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)


class Watched(Warehouse):
    """A warehouse whose connections explain themselves."""

    def __init__(self, plain: Warehouse, quadratic: list[str]) -> None:
        super().__init__(plain.path.parent, plain.path.stem)
        self._quadratic = quadratic

    @contextmanager
    def open(self) -> Iterator[Any]:
        with super().open() as con:
            yield Explained(con, self._quadratic)


def test_no_statement_of_a_run_is_quadratic(here: Place) -> None:
    quadratic: list[str] = []
    asked = 0

    def watched(world: World) -> World:
        nonlocal asked
        asked += 1
        assert isinstance(world.warehouse, Warehouse)
        return replace(world, warehouse=Watched(world.warehouse, quadratic))

    here.org.seed("Account", [{"Source_Key__c": f"large-{n}", "Name": "Old"} for n in range(20)])
    here.feed(
        "institutions",
        [
            {
                "institution_id": f"large-{n}",
                "name": f"School {n}",
                "parent_id": f"large-{n % 5}" if n > 5 else "",
                "merged_into": f"large-{n + 1}" if n % 10 == 7 else "",
                "status": "C" if n % 9 == 0 else "A",
            }
            for n in range(40)
        ],
    )
    here.feed(
        "personnel",
        [
            {
                "person_id": f"large-p{n}",
                "institution_id": f"large-{n}",
                "last_name": f"Lee {n}",
                "email": f"{n}@lee.org",
            }
            for n in range(40)
        ],
    )
    for request in ({}, {"create_missing": True}, {"scope": "all"}):
        here.run("accounts", approved=True, world=watched, **request)
    here.run("personnel", approved=True, world=watched)
    assert asked == 4
    assert quadratic == []
