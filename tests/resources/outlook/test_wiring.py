"""Outlook in the world of a run, and what is wrong with it before any run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.declaring.entity import Entity, Target
from pipelines.declaring.rules import Master
from pipelines.declaring.source import Outlook
from pipelines.ports.source import Asked, Change
from pipelines.ports.world import SystemicError
from resources.preflight import feed_problems
from resources.sandbox.launch import Connection
from resources.settings import Settings, read_settings
from resources.world import at_sandbox, silent, sources_of
from tests.resources.graph.conftest import Office
from tests.resources.outlook.conftest import ADA, Reader, refusal

TASKS = Outlook("outlook_tasks", collection="tasks")


@pytest.fixture
def settings(connection: Connection, tmp_path: Path) -> Settings:
    return at_sandbox(read_settings(env_file=None, concord_home=tmp_path), connection)


def problems(settings: Settings, source: Outlook = TASKS) -> list[str]:
    entity = Entity(
        name="people",
        source=source,
        target=Target("Contact", key="Source_Key__c"),
        fields={"LastName": Master(source.columns[3])},
    )
    return [each.mistake for each in feed_problems(settings, [entity])]


def test_the_graph_beside_the_sandbox_is_read_and_written(settings: Settings, office: Office) -> None:
    sources = sources_of(settings)
    reader = Reader(office, settings.concord_home, "tasks")
    asked = Asked(("id", "title", "unheard_of"), [ADA], None, reader.known, reader.awaited)
    (made,) = sources.write(TASKS, [Change("create", ADA, {"title": "x"}, marker="00T000000000001EAA")], silent)
    landed = sources.land_changes(TASKS, asked, settings.concord_home / "tasks.duckdb", silent)
    assert (landed.rows, landed.absent) == (1, (("outlook_tasks", "unheard_of"),))
    (link,) = json.loads(str((made.row or {})["linkedResources"]))
    assert link["webUrl"] == f"{settings.salesforce_instance_url}/00T000000000001EAA"
    assert sources.fingerprint(TASKS) is None
    with pytest.raises(TypeError, match="land_changes"):
        sources.land(TASKS, ("id",), settings.concord_home / "tasks.duckdb", silent)


def test_a_check_asks_a_few_mailboxes(settings: Settings, office: Office) -> None:
    assert problems(settings) == []
    office.admin.user("new@example.com", mailbox=False)
    assert problems(settings) == []
    office.admin.set_faults(refusal("todo/lists", 403, "ErrorAccessDenied"))
    (mistake,) = problems(settings)
    assert "Tasks.ReadWrite.All" in mistake
    assert problems(settings, Outlook("outlook_contacts", collection="contacts")) == []
    office.admin.set_faults()
    office.admin.clear()
    assert problems(settings) == []


def test_a_check_tells_which_settings_are_missing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, office: Office
) -> None:
    monkeypatch.setenv("GRAPH_URL", "https://graph.example.com")
    (mistake,) = problems(settings)
    assert "GRAPH_TENANT, GRAPH_CLIENT_ID, GRAPH_CLIENT_SECRET missing" in mistake
    with pytest.raises(SystemicError):
        sources_of(settings).write(TASKS, [Change("create", ADA, {"title": "x"})], silent)


def test_a_place_is_known_again_wherever_graph_is_then(tasks: Reader, office: Office) -> None:
    office.admin.put(ADA, "tasks", [{"title": "x"}])
    landed = tasks.read()
    assert office.account.url not in str(landed.cursor)


OTHERS = {"kind": ('"tasks"', '"events"'), "version": ('"version":2', '"version":1')}


@pytest.mark.parametrize("cursor", ["", "{}", "[1]", "null", *OTHERS])
def test_a_cursor_of_another_kind_or_version_means_everything(tasks: Reader, cursor: str) -> None:
    tasks.office.admin.put(ADA, "tasks", [{"title": "x"}])
    tasks.read()
    good = str(tasks.cursor)
    if cursor in OTHERS:
        cursor = good.replace(*OTHERS[cursor])
        assert cursor != good
    tasks.cursor = good
    assert tasks.read().rows == 0
    tasks.cursor = cursor
    assert tasks.read().rows == 1


def test_texts_of_errors_and_logs_name_nobody(tasks: Reader, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    tasks.office.admin.put(ADA, "tasks", [{"title": "secret title"}])
    tasks.cursor = '{"boxes": {"ada@example.com": 7}}'
    tasks.read()
    tasks.office.admin.set_faults({"path": "delta", "action": "unavailable", "times": 2})
    tasks.read()
    tasks.write(Change("create", ADA, {"title": "secret title", "status": "secret status"}))
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("urllib3")]
    assert not [text for text in ours if "secret" in text or "ada@" in text]
    assert any("another version" in text for text in ours)


def test_the_fingerprint_is_that_of_what_was_landed(tasks: Reader) -> None:
    first = tasks.read().fingerprint
    assert tasks.read().fingerprint == first
    (item,) = tasks.office.admin.put(ADA, "tasks", [{"title": "x"}])
    told = tasks.read().fingerprint
    tasks.office.admin.delete(ADA, "tasks", item)
    assert len({first, told, tasks.read().fingerprint}) == 3
