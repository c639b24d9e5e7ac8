"""How long a collection of a REST service takes until it lies in the entity's file: all of it, and a hundredth."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipelines.declaring.source import Rest
from resources.engage_sandbox.administration import EngageAdministrator
from resources.rest import RestCollections
from resources.route import Route
from resources.sandbox.launch import Connection, running
from resources.services import Service
from resources.world import BESIDE, silent
from tests.benchmarks.measuring import Figures, tell, timed

pytestmark = pytest.mark.benchmark

ROWS = int(os.environ.get("BENCH_CONNECTIONS", "400000"))
COLUMNS = ("id", "profile_id", "user_id", "active", "connected_at", "disconnected_at", "updated_at")
CONNECTIONS = Rest("connections", "engage", "/v1/connections", key="id", required=("profile_id", "user_id", "active"))


def connection_row(number: int) -> dict[str, object]:
    return {
        "id": f"C{number:07d}",
        "profile_id": f"E{number // 4:06d}",
        "user_id": f"U{number % 500:05d}",
        "active": number % 10 > 0,
        "connected_at": "2026-01-31T08:15:00.000Z",
        "disconnected_at": None,
        "updated_at": f"2026-02-{1 + number % 28:02d}T08:15:00.000Z",
    }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with running(tmp_path_factory.mktemp("org") / "state", beside=BESIDE) as connection:
        yield connection


def test_all_connections_and_those_that_changed(served: Connection, tmp_path: Path) -> None:
    beside = served.beside["engage"]
    admin = EngageAdministrator(beside.admin_url, beside.admin_token, served.ca_file)
    admin.put("connections", map(connection_row, range(ROWS)))
    since = datetime.fromisoformat(admin.advance_clock(0))
    admin.patch("connections", [{"id": f"C{number:07d}", "active": False} for number in range(0, ROWS, 100)])
    service = Service("engage", "ENGAGE_", beside.url, SecretStr(beside.token), Route(Path(served.ca_file)))
    collections = RestCollections(lambda _: service, tmp_path / "dlt")
    for name, asked, rows in (("all", None, ROWS), ("changed", since, len(range(0, ROWS, 100)))):
        admin.forget_calls()
        figures: Figures = {}
        with timed(figures):
            landed = collections.land(CONNECTIONS, COLUMNS, tmp_path / "connections.duckdb", silent, asked)
        assert (landed.rows, landed.rejected) == (rows, 0)
        pages = sorted(call["seconds"] for call in admin.calls())
        middle = round(1_000 * pages[len(pages) // 2], 1)
        tell(f"collection, {name}", rows=rows, pages=len(pages), page_milliseconds=middle, **figures)
