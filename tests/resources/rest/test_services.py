"""Where a service is: its own settings, else the one beside the sandbox; and how a gap is told."""

from __future__ import annotations

import re
from pathlib import Path

import certifi
import pytest
from pydantic import SecretStr

from assets.accounts import ENTITY as ACCOUNT_ENTITY
from assets.connections import COLLECTION as CONNECTIONS
from pipelines.ports.world import SystemicError
from resources.route import Route
from resources.services import Service, service_of
from resources.settings import Beside, Settings, read_settings
from resources.sources import not_set

ACCOUNTS = ACCOUNT_ENTITY.source
URL = "https://engage.example.com/api"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    return read_settings(env_file=None)


def refused(name: str, settings: Settings) -> str:
    with pytest.raises(SystemicError) as caught:
        service_of(name, settings)
    assert caught.value.code in ("source_settings", "source_not_set")
    return str(caught.value)


def test_a_service_is_told_by_settings_under_its_own_name(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Path(certifi.where())
    monkeypatch.setenv("STAFF_ROOM_URL", f" {URL}/ ")
    monkeypatch.setenv("STAFF_ROOM_TOKEN", "secret\n")
    monkeypatch.setenv("STAFF_ROOM_CA_FILE", str(authority))
    assert service_of("staff-room", settings) == Service(
        "staff-room", "STAFF_ROOM_", URL, SecretStr("secret"), Route(authority)
    )


def test_a_file_is_read(settings: Settings) -> None:
    Path(".env").write_text(f"ENGAGE_URL={URL}\nENGAGE_TOKEN=secret\nENGAGE_CA_FILE=\n")
    assert service_of("engage", settings).url == URL


def test_with_nothing_set_the_one_beside_the_sandbox_is_meant(settings: Settings) -> None:
    aimed = settings.with_beside({"engage": Beside("https://localhost:1/engage", SecretStr("x"))})
    assert service_of("engage", aimed).url == "https://localhost:1/engage"
    assert "OTHER_URL" in refused("other", aimed)
    assert "ENGAGE_URL" in refused("engage", settings)


def test_what_is_set_goes_before_what_is_beside(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    aimed = settings.with_beside({"engage": Beside("https://localhost:1/engage", SecretStr("x"))})
    monkeypatch.setenv("ENGAGE_URL", URL)
    assert refused("engage", aimed) == "ENGAGE_URL is set, ENGAGE_TOKEN is missing"
    monkeypatch.setenv("ENGAGE_TOKEN", "secret")
    assert service_of("engage", aimed).url == URL


@pytest.mark.parametrize(
    "url",
    [
        "http://engage.example.com",
        "engage.example.com",
        "https://u:p@engage.example.com",
        "https://engage.example.com:99999",
        "https://engage.example.com:secret",
        "https://x/?a=1",
        "https://",
    ],
)
def test_an_address_that_is_not_safe_is_refused_without_being_shown(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("ENGAGE_URL", url)
    monkeypatch.setenv("ENGAGE_CA_FILE", "/nowhere/ca.pem")
    assert refused("engage", settings) == (
        "ENGAGE_URL: must be an address such as https://engage.example.com, with https and without a query; "
        "ENGAGE_CA_FILE: Path does not point to a file"
    )


def test_a_file_without_a_certificate_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").touch()
    monkeypatch.setenv("ENGAGE_CA_FILE", str(tmp_path / "ca.pem"))
    assert refused("engage", settings) == "ENGAGE_CA_FILE: holds no certificate (PEM) that can be read"


@pytest.mark.parametrize("token", ["two words", "a\nb", "dots…"])
def test_a_token_that_no_header_can_carry_is_refused_without_being_shown(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("ENGAGE_URL", URL)
    monkeypatch.setenv("ENGAGE_TOKEN", token)
    assert refused("engage", settings) == "ENGAGE_TOKEN: must be one word of plain letters, digits and signs"


def test_loopback_may_do_without_https(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGE_URL", "http://127.0.0.1:8000")
    monkeypatch.setenv("ENGAGE_TOKEN", "x")
    assert service_of("engage", settings).url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "url, no_proxy, used",
    [(URL, "", True), (URL, "engage.example.com", False), ("https://localhost:1", "", False)],
    ids=["far", "exempt", "near"],
)
def test_a_proxy_is_used_where_it_holds(
    monkeypatch: pytest.MonkeyPatch, url: str, no_proxy: str, *, used: bool
) -> None:
    settings = read_settings(env_file=None, https_proxy="http://proxy:3128", no_proxy=no_proxy)
    monkeypatch.setenv("ENGAGE_URL", url)
    monkeypatch.setenv("ENGAGE_TOKEN", "x")
    assert (service_of("engage", settings).route.proxy is not None) == used


def test_no_token_is_shown(settings: Settings) -> None:
    aimed = settings.with_beside({"engage": Beside("https://localhost:1", SecretStr("word of mouth"))})
    assert "word of mouth" not in repr(aimed) + repr(aimed.beside) + repr(service_of("engage", aimed))


def test_another_address_or_tenant_is_another_place_and_the_embedded_one_is_always_the_same() -> None:
    def place(url: str = URL, tenant: str = "", *, embedded: bool = False) -> str:
        return Service("engage", "ENGAGE_", url, SecretStr("secret"), embedded=embedded, tenant=tenant).place

    assert place() == place()
    assert len({place(), place("https://other.example.com/api"), place(tenant="ours"), place(tenant="theirs")}) == 4
    assert place(embedded=True) == place("https://localhost:2/engage", embedded=True)


def test_a_token_that_rotates_leads_to_the_same_place(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGE_URL", URL)
    monkeypatch.setenv("ENGAGE_TENANT", "ours")
    places = set()
    for token in ("one", "another"):
        monkeypatch.setenv("ENGAGE_TOKEN", token)
        places.add(service_of("engage", settings).place)
    assert len(places) == 1
    monkeypatch.setenv("ENGAGE_TENANT", "theirs")
    assert service_of("engage", settings).place not in places


def test_a_place_tells_neither_address_nor_tenant() -> None:
    place = Service("engage", "ENGAGE_", URL, SecretStr("secret"), tenant="ours").place
    assert re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{16}", place)


def test_what_is_not_set_at_all_is_told_by_its_variables_and_half_of_it_is_another_matter(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_ours = settings.at_org("https://my.example.com", "id", "secret", Path(certifi.where()))
    assert not_set(CONNECTIONS, of_ours) == "ENGAGE_URL and ENGAGE_TOKEN are not set: where is engage?"
    assert not_set(CONNECTIONS, settings) is None, "the embedded one is beside the sandbox"
    assert not_set(ACCOUNTS, of_ours) is None
    monkeypatch.setenv("ENGAGE_URL", URL)
    assert not_set(CONNECTIONS, of_ours) is None
