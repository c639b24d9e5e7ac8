"""Profiles and connections by the hundred thousand: the first run of both, and one after a hundredth has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.accounts import ENTITY as INSTITUTIONS
from assets.connections import ENTITY as CONNECTIONS
from assets.profiles import ENTITY as PROFILES
from pipelines.run import Request
from resources.engage_sandbox.administration import EngageAdministrator
from resources.sandbox.administration import Administrator
from resources.sandbox.launch import Connection
from resources.settings import read_settings
from resources.world import at_sandbox, serving, world_of
from tests.benchmarks.measuring import Figures, tell, timed
from tests.runs.place import run_id, run_once, write_feed

pytestmark = pytest.mark.benchmark

ROWS = int(os.environ.get("BENCH_PROFILES", "100000"))
"""Profiles; of connections there are four times as many."""

USERS = 500
ACCOUNTS = 5_000
LONG_AGO = "2026-01-01T00:00:00Z"


def profile(n: int, *, changed: bool = False) -> dict[str, Any]:
    return {
        "id": f"p{n}",
        "kind": "Staff" if n % 5 == 0 else "HCP",
        "state": "active",
        "account_ids": [f"k{n % ACCOUNTS}"],
        "first_name": f"First {n}",
        "last_name": f"Last {n}",
        "display_name": f"Dr. {n}",
        "degree": "MD",
        "title": "Chief" if changed else "Physician",
        "photo_url": f"https://photos.example.org/{n}",
        "signed_up_at": LONG_AGO,
    }


def connection(n: int, *, active: bool = True) -> dict[str, Any]:
    ended = {} if active else {"disconnected_at": "2026-02-01T00:00:00Z"}
    return {
        "id": f"c{n}",
        "profile_id": f"p{n // 4}",
        "user_id": f"u{n % USERS}",
        "active": active,
        "connected_at": LONG_AGO,
        **ended,
    }


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, Connection, EngageAdministrator]]:
    """A service with so many rows beside an org that has the users and the accounts."""
    home = tmp_path / "home"
    with serving(home / "sandbox") as org:
        engage = org.beside["engage"]
        service = EngageAdministrator(engage.admin_url, engage.admin_token, org.ca_file)
        service.put("profiles", ({**profile(n), "updated_at": LONG_AGO} for n in range(ROWS)))
        service.put("connections", ({**connection(n), "updated_at": LONG_AGO} for n in range(4 * ROWS)))
        door = Administrator(org)
        door.seed("User", [_user(n) for n in range(USERS)])
        door.seed("Account", [{"Name": f"Clinic {n}", "Source_Key__c": f"k{n}"} for n in range(ACCOUNTS)])
        write_feed(home, "institutions", [{"institution_id": f"k{n}", "name": f"Clinic {n}"} for n in range(ACCOUNTS)])
        yield home, org, service


def _user(n: int) -> dict[str, object]:
    name = f"u{n}"
    return {
        "Username": f"{name}@example.org",
        "LastName": name,
        "Email": f"{name}@example.org",
        "Alias": name,
        "FederationIdentifier": name,
    }


def test_profiles_and_connections(served: tuple[Path, Connection, EngageAdministrator]) -> None:
    home, org, service = served
    _run(home, org, "accounts")
    first = _both(home, org)
    _an_hour_later(org, service)
    service.patch("profiles", ({"id": f"p{n}", **profile(n, changed=True)} for n in range(0, ROWS, 100)))
    service.patch("connections", (connection(n, active=False) for n in range(0, 4 * ROWS, 100)))
    changed = _both(home, org)
    _an_hour_later(org, service)
    quiet = _both(home, org)
    for name, figures in (("first", first), ("1 % changed", changed), ("nothing changed", quiet)):
        tell(f"profiles and connections: {name}", profiles=ROWS, connections=4 * ROWS, **figures)
    assert quiet["cells"] == 0
    assert changed["cells"] != 0


def _an_hour_later(org: Connection, service: EngageAdministrator) -> None:
    """As it is when an hourly run begins: what the last one wrote is no longer fresh."""
    Administrator(org).advance_clock(3600)
    service.advance_clock(3600)


def _both(home: Path, org: Connection) -> Figures:
    figures: Figures = {}
    with timed(figures):
        done = [_run(home, org, name) for name in ("profiles", "connections")]
    return {**figures, **{name: sum(run[name] for run in done) for name in ("calls", "cells", "rows")}}


def _run(home: Path, org: Connection, name: str) -> dict[str, int]:
    entity = {"accounts": INSTITUTIONS, "profiles": PROFILES, "connections": CONNECTIONS}[name]
    settings = at_sandbox(read_settings(env_file=None, concord_home=home), org)
    with world_of(settings, name) as world:
        report = run_once(entity, world, Request(run_id=run_id()), approved=True)
    assert report.error is None, report.message
    assert not report.outcomes.get("failed"), report.reasons
    return {"calls": report.api_calls, "cells": report.cells, "rows": report.extracted}
