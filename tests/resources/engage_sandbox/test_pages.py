"""Pages as a client asks for them: every row once, in the order of updates, to who has the token."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import orjson
import pytest

from resources.engage_sandbox.administration import EngageAdministrator
from resources.engage_sandbox.pages import page
from resources.engage_sandbox.service import Service
from resources.sandbox.launch import Connection
from tests.resources.engage_sandbox.conftest import Client


def dated(*days: int) -> list[dict[str, object]]:
    return [{"id": f"p{day}", "updated_at": f"2026-01-{day:02d}T00:00:00.000Z"} for day in days]


def ids(rows: list[dict[str, object]]) -> list[object]:
    return [row["id"] for row in rows]


def test_every_row_comes_once_by_its_time_of_update(client: Client, admin: EngageAdministrator) -> None:
    admin.put("profiles", dated(9, 3, 7, 1, 5))
    assert ids(client.everything("profiles", limit=2)) == ["p1", "p3", "p5", "p7", "p9"]
    assert [call["status"] for call in admin.calls()] == [200, 200, 200]


def test_rows_updated_at_one_moment_are_not_lost_between_pages(client: Client, admin: EngageAdministrator) -> None:
    admin.put("connections", [{"id": f"c{n:02d}"} for n in range(25)])
    assert ids(client.everything("connections", limit=4)) == [f"c{n:02d}" for n in range(25)]


@pytest.mark.parametrize("since", ["2026-01-05T00:00:00Z", "2026-01-05T02:00:00+02:00", "2026-01-05"])
def test_what_was_updated_since_includes_that_moment(client: Client, admin: EngageAdministrator, since: str) -> None:
    admin.put("profiles", dated(1, 3, 5, 7))
    assert ids(client.everything("profiles", updated_since=since, limit=1)) == ["p5", "p7"]


def test_a_row_that_is_updated_while_somebody_reads_comes_again_and_none_is_missed(
    client: Client, admin: EngageAdministrator
) -> None:
    admin.put("profiles", dated(1, 2, 3, 4))
    first = client("profiles", limit=2).json()
    admin.patch("profiles", [{"id": "p1", "title": "Dr."}])
    second = client("profiles", limit=2, cursor=first["next_cursor"]).json()
    third = client("profiles", limit=2, cursor=second["next_cursor"]).json()
    assert ids(first["data"] + second["data"] + third["data"]) == ["p1", "p2", "p3", "p4", "p1"]
    assert third["data"][0]["title"] == "Dr."


def test_a_page_has_a_hundred_rows_unless_told_and_a_thousand_at_most(
    client: Client, admin: EngageAdministrator
) -> None:
    admin.put("profiles", [{"id": f"p{n}"} for n in range(1_500)])
    assert len(client("profiles").json()["data"]) == 100
    assert len(client("profiles", limit=5_000).json()["data"]) == 1_000


def test_no_rows_are_an_empty_page(client: Client) -> None:
    assert client("profiles").json() == {"data": [], "next_cursor": None}


@pytest.mark.parametrize(
    "path, query, status, code",
    [
        ("people", {}, 404, "not_found"),
        ("profiles", {"limit": "many"}, 400, "invalid_limit"),
        ("profiles", {"limit": "0"}, 400, "invalid_limit"),
        ("profiles", {"updated_since": "yesterday"}, 400, "invalid_updated_since"),
        ("profiles", {"cursor": "x"}, 400, "invalid_cursor"),
    ],
)
def test_a_refusal_says_why_in_json(client: Client, path: str, query: dict[str, str], status: int, code: str) -> None:
    answer = client(path, **query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic x"])
def test_nobody_reads_without_the_token(client: Client, header: str) -> None:
    client.session.headers["Authorization"] = header
    answer = client("profiles")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_token")


def test_each_token_opens_its_own_door_alone(client: Client, connection: Connection) -> None:
    where = connection.beside["engage"]
    for url, token in ((f"{where.url}/v1/profiles", where.admin_token), (f"{where.admin_url}/calls", where.token)):
        answer = client.session.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10)
        assert answer.status_code == 401
    org_admin = {"Authorization": f"Bearer {connection.admin_token}"}
    assert client.session.get(f"{where.admin_url}/calls", headers=org_admin, timeout=10).status_code == 401


def test_the_date_is_the_services_own_clock(client: Client, admin: EngageAdministrator) -> None:
    before = parsedate_to_datetime(client("profiles").headers["Date"])
    admin.advance_clock(86_400)
    after = parsedate_to_datetime(client("profiles").headers["Date"])
    admin.advance_clock(-86_400)
    assert 86_399 <= (after - before).total_seconds() < 86_430


def test_rows_tokens_and_clock_outlive_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "engage"
    first = Service(folder)
    first.life.put("profiles", [{"id": "p1"}])
    first.advance(3_600)
    tokens = (first.token, first.admin_token)
    first.close()
    second = Service(folder)
    assert (second.token, second.admin_token) == tokens
    assert second.store.count("profiles") == 1
    assert (second.now() - Service(tmp_path / "other").now()).total_seconds() > 3_500
    assert {oct(path.stat().st_mode)[-3:] for path in folder.iterdir()} == {"600"}
    second.close()


def test_a_large_page_out_of_a_hundred_thousand_is_there_at_once(tmp_path: Path) -> None:
    service = Service(tmp_path)
    service.life.put("profiles", [{"id": f"p{n:06d}", "first_name": "Ada", "title": None} for n in range(100_000)])
    cursor: dict[str, str] = {}
    took = []
    for _ in range(20):
        began = time.perf_counter()
        told = orjson.loads(page(service.store, "profiles", {"limit": "1000", **cursor}).body)
        took.append(time.perf_counter() - began)
        cursor = {"cursor": told["next_cursor"]}
    assert sorted(took)[len(took) // 2] < 0.03
    service.close()
