"""The sign of life: a file whose age can be tested, and a URL that is asked, with /fail where the run did not pass."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.telling.report import Report
from resources.heartbeat import beat
from resources.settings import Settings, SettingsError, read_settings
from tests.receivers import HOST, hook


def settings(home: Path, url: str | None = None) -> Settings:
    return read_settings(env_file=None, concord_home=home, concord_heartbeat_url=url)


def report(status: Any, entity: str = "accounts") -> Report:
    return Report(
        entity=entity,
        run_id="r1",
        mode="sync",
        scope="changed",
        status=status,
        started_at=datetime(2026, 3, 5, tzinfo=UTC),
        seconds=1.0,
    )


def test_the_file_tells_how_the_last_run_ended_and_when_one_last_passed(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat" / "accounts"
    beat(settings(tmp_path), report("success"))
    passed = json.loads(file.read_text())
    assert (passed["status"], passed["result"], passed["passed_at"]) == ("success", "Success", passed["ended_at"])
    beat(settings(tmp_path), report("failure"))
    failed = json.loads(file.read_text())
    assert (failed["status"], failed["passed_at"]) == ("failure", passed["passed_at"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["accounts"]


@pytest.mark.parametrize(
    "status, path",
    [
        ("success", "/uuid/accounts"),
        ("success_with_errors", "/uuid/accounts"),
        ("nothing_to_do", "/uuid/accounts"),
        ("held", "/uuid/accounts/fail"),
        ("failure", "/uuid/accounts/fail"),
    ],
)
def test_the_url_is_asked_once_a_run(tmp_path: Path, status: str, path: str) -> None:
    with hook() as watchdog:
        assert beat(settings(tmp_path, f"http://{HOST}:{watchdog.port}/uuid/{{entity}}"), report(status)) == []
    assert watchdog.paths == [path]


def test_a_watchdog_that_is_down_is_told_without_its_url(tmp_path: Path) -> None:
    with hook() as watchdog:
        watchdog.status = 500
        asked = settings(tmp_path, f"http://{HOST}:{watchdog.port}/uuid/")
        assert beat(asked, report("success")) == ["heartbeat: CONCORD_HEARTBEAT_URL answered 500"]
    assert watchdog.paths == ["/uuid"]
    assert beat(asked, report("success")) == ["heartbeat: CONCORD_HEARTBEAT_URL did not answer (ConnectionError)"]


@pytest.mark.parametrize("url", ["hc-ping.com/secret", "ftp://secret", "https://host/secret?a=b"])
def test_a_url_to_which_nothing_can_be_added_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(SettingsError, match="CONCORD_HEARTBEAT_URL: must be an address such as") as raised:
        read_settings(env_file=None, concord_heartbeat_url=url)
    assert "secret" not in str(raised.value)
