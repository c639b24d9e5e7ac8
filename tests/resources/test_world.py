"""Which org a run meets when none is named, and what is beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import certifi
import duckdb
import pytest

from pipelines.declaring.entity import Entity, Target
from pipelines.declaring.rules import Master
from pipelines.declaring.source import Rest
from pipelines.ports.world import SystemicError
from resources.engage_sandbox.administration import EngageAdministrator
from resources.preflight import feed_problems
from resources.sandbox.launch import attach
from resources.settings import Settings, read_settings
from resources.world import at_org, sandbox_state, silent, sources_of, world_of

PEOPLE = Rest("people", "engage", "/v1/profiles", key="id")


def test_two_that_start_at_once_share_one_sandbox(tmp_path: Path) -> None:
    settings = read_settings(env_file=None, concord_home=tmp_path)
    both_there = threading.Barrier(2, timeout=60)

    def meet(_: int) -> str | None:
        with at_org(settings) as aimed:
            both_there.wait()
            return aimed.salesforce_instance_url

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(meet, range(2))
    assert first == second is not None


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings without an org, whose sandbox serves."""
    settings = read_settings(env_file=None, concord_home=tmp_path_factory.mktemp("served"))
    with at_org(settings):
        yield settings


@pytest.fixture
def engage(settings: Settings) -> Iterator[EngageAdministrator]:
    served = attach(sandbox_state(settings))
    assert served is not None
    where = served.beside["engage"]
    administrator = EngageAdministrator(where.admin_url, where.admin_token, served.ca_file)
    administrator.put("profiles", [{"id": "p1", "name": "Ada", "kind": "HCP"}])
    yield administrator
    administrator.set_faults()
    administrator.clear()


def test_a_collection_is_read_from_the_service_beside_the_sandbox(
    settings: Settings, engage: EngageAdministrator
) -> None:
    with at_org(settings) as aimed, world_of(aimed, "people") as world:
        assert world.source.fingerprint(PEOPLE) is None
        landed = world.source.land(PEOPLE, ("id", "name"), world.warehouse.path, silent)
        assert (landed.rows, landed.ignored) == (1, ("kind", "updated_at"))
        with duckdb.connect(world.warehouse.path, read_only=True) as con:
            assert con.execute("select _file, _line, id, name from landing.rows").fetchall() == [
                ("people", 1, "p1", "Ada")
            ]


def test_with_an_org_of_ones_own_a_service_must_be_named(tmp_path: Path) -> None:
    authority = Path(certifi.where())
    aimed = read_settings(env_file=None, concord_home=tmp_path).at_org("https://localhost:1", "a", "b", authority)
    with pytest.raises(SystemicError, match="ENGAGE_URL and ENGAGE_TOKEN are not set") as caught:
        sources_of(aimed).land(PEOPLE, ("id",), tmp_path / "people.duckdb", silent)
    assert caught.value.code == "source_not_set"


def test_a_check_asks_the_service_for_a_page_and_tells_what_is_wrong(
    settings: Settings, engage: EngageAdministrator
) -> None:
    def wrong(source: Rest) -> list[tuple[str, str, str]]:
        entity = Entity(
            name="people",
            source=source,
            target=Target("Contact", key="Source_Key__c"),
            fields={"LastName": Master("name")},
        )
        with at_org(settings) as aimed:
            return [(each.where, each.field, each.mistake) for each in feed_problems(aimed, [entity])]

    assert wrong(PEOPLE) == []
    place = "engage /v1/profiles, page 1"
    missing = f"{place}: no row has a column email; it has: id, kind, name, updated_at"
    assert wrong(replace(PEOPLE, required=("email",))) == [("service", "people", missing)]
    engage.set_faults({"path": "/", "action": "unauthorized"})
    refused = f"{place}: the token was refused (401); put a valid one into ENGAGE_TOKEN"
    assert wrong(PEOPLE) == [("service", "people", refused)]
    assert "OTHER_URL and OTHER_TOKEN are not set" in wrong(replace(PEOPLE, service="other"))[0][2]
