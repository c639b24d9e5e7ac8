"""What a source told in a run, counted by somebody else than the run: files, and collections as they were asked for."""

from __future__ import annotations

from pathlib import Path

from resources.demo.counting import Api, Told, rows_of_collection, rows_of_feed
from resources.engage_sandbox.administration import EngageAdministrator
from resources.sandbox.launch import Connection
from tests.resources.engage_sandbox.conftest import Client

PATH = "/v1/profiles"


def test_the_rows_of_a_file_are_counted_whatever_stands_in_them(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text('id,name\n1,"two\nlines"\n\n2,"a ""b"", c"\n', "utf-8")
    assert rows_of_feed(file) == Told(2)


def test_of_a_service_the_same_is_asked_as_in_the_last_reading(
    connection: Connection, admin: EngageAdministrator, client: Client
) -> None:
    beside = connection.beside["engage"]
    api = Api(beside.url, beside.token, connection.ca_file)
    assert rows_of_collection(PATH, admin, api) == Told(0, "nobody asked")
    rows = [{"id": f"E{n:04d}", "updated_at": f"2026-01-{1 + n % 20:02d}T00:00:00Z"} for n in range(1_200)]
    admin.put("profiles", rows)
    client.everything("profiles", limit=500)
    assert rows_of_collection(PATH, admin, api) == Told(1_200)
    client.everything("profiles", limit=500, updated_since="2026-01-20T00:00:00Z")
    client.everything("connections")
    assert rows_of_collection(PATH, admin, api) == Told(60, "2026-01-20T00:00:00Z")
