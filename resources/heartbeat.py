"""A sign of life after each finished run, for watch-dogs outside: a file whose age can be tested, and a URL.

They notice what Concord itself cannot: that its machine, its scheduler or its settings are gone.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import requests

from pipelines.telling.report import Report
from resources.route import Route, route_to
from resources.settings import Settings
from resources.unlogged import unlogged

TIMEOUT = (5, 10)
THROUGH = ("success", "success_with_errors", "nothing_to_do")


def beat(settings: Settings, report: Report) -> list[str]:
    """The file of the entity tells of this run, and the URL was asked; what went wrong, without the URL in it."""
    ended = datetime.now(UTC)
    problems = []
    try:
        _write(settings.concord_home / "heartbeat" / report.entity, report, ended)
    except OSError as error:
        problems.append(f"heartbeat: the file cannot be written: {error.strerror}")
    if settings.concord_heartbeat_url:
        url = settings.concord_heartbeat_url.get_secret_value()
        problems += _ask(url, report, route_to(url, settings, settings.concord_ca_file))
    return problems


def _write(file: Path, report: Report, ended: datetime) -> None:
    """`passed_at` is when a run last got through."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = ended.isoformat(timespec="seconds").replace("+00:00", "Z")
    told = {
        "entity": report.entity,
        "run_id": report.run_id,
        "status": report.status,
        "result": report.result,
        "ended_at": now,
        "passed_at": now if _through(report) else _passed_at(file),
    }
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(json.dumps(told) + "\n")
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def _passed_at(file: Path) -> str | None:
    try:
        known = json.loads(file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return known.get("passed_at") if isinstance(known, dict) else None


def _through(report: Report) -> bool:
    return report.status in THROUGH


def _ask(url: str, report: Report, route: Route) -> list[str]:
    address = url.replace("{entity}", quote(report.entity)).rstrip("/") + ("" if _through(report) else "/fail")
    try:
        with unlogged("urllib3.connectionpool"), requests.Session() as http:
            route.lead(http)
            answer = http.get(address, timeout=TIMEOUT)
    except requests.RequestException as error:
        return [f"heartbeat: CONCORD_HEARTBEAT_URL did not answer ({type(error).__name__})"]
    return [] if answer.ok else [f"heartbeat: CONCORD_HEARTBEAT_URL answered {answer.status_code}"]
