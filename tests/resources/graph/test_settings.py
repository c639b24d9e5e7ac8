"""Where Microsoft Graph is: its own settings, else the one beside the sandbox; and how a gap is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from pipelines.ports.world import SystemicError
from resources.graph.settings import GraphAccount, graph_of
from resources.graph_sandbox import CLIENT_ID, TENANT
from resources.settings import Beside, Settings

TOLD = {
    "GRAPH_URL": "https://graph.microsoft.com/",
    "GRAPH_TENANT": "t",
    "GRAPH_CLIENT_ID": "c",
    "GRAPH_CLIENT_SECRET": "s~3cret",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(concord_home=tmp_path)


@pytest.fixture
def aimed(settings: Settings) -> Settings:
    return settings.with_beside({"graph": Beside("https://localhost:1/graph", SecretStr("word"))})


def tell(monkeypatch: pytest.MonkeyPatch, told: dict[str, str]) -> None:
    for name, value in told.items():
        monkeypatch.setenv(name, value)


def refused(settings: Settings, code: str = "source_settings") -> str:
    with pytest.raises(SystemicError) as error:
        graph_of(settings)
    assert error.value.code == code
    return str(error.value)


@pytest.mark.parametrize(
    "url, login",
    [
        ("https://graph.microsoft.com", "https://login.microsoftonline.com"),
        ("https://graph.microsoft.us", "https://login.microsoftonline.us"),
        ("https://graph.example.com", "https://graph.example.com"),
    ],
)
def test_each_cloud_gives_its_tokens_elsewhere(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str, login: str
) -> None:
    tell(monkeypatch, {**TOLD, "GRAPH_URL": url})
    account = graph_of(settings)
    assert (account.url, account.login_url, account.tenant, account.client_id) == (url, login, "t", "c")
    monkeypatch.setenv("GRAPH_LOGIN_URL", "https://login.example.com/")
    assert graph_of(settings).login_url == "https://login.example.com"


def test_with_nothing_set_the_one_beside_the_sandbox_is_meant(aimed: Settings) -> None:
    assert graph_of(aimed) == GraphAccount(
        "https://localhost:1/graph", "https://localhost:1/graph", TENANT, CLIENT_ID, SecretStr("word")
    )


def test_what_is_set_goes_before_what_is_beside(aimed: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, {"GRAPH_URL": TOLD["GRAPH_URL"], "GRAPH_TENANT": " "})
    assert refused(aimed).startswith("GRAPH_TENANT, GRAPH_CLIENT_ID, GRAPH_CLIENT_SECRET missing")
    tell(monkeypatch, TOLD)
    assert graph_of(aimed).url == "https://graph.microsoft.com"


def test_a_gap_names_every_setting_that_is_missing(settings: Settings) -> None:
    assert all(name in refused(settings, "source_not_set") for name in TOLD)


def test_a_wrong_setting_is_named_and_its_value_is_not(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, {**TOLD, "GRAPH_URL": "http://graph.example.com/?x", "GRAPH_CLIENT_SECRET": "two words"})
    told = refused(settings)
    assert "GRAPH_URL: must be an address" in told
    assert "GRAPH_CLIENT_SECRET: must be one word" in told
    assert "two words" not in told


def test_a_file_without_a_certificate_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").touch()
    tell(monkeypatch, {**TOLD, "GRAPH_CA_FILE": str(tmp_path / "ca.pem")})
    assert refused(settings) == "GRAPH_CA_FILE: holds no certificate (PEM) that can be read"


def test_a_secret_is_in_no_text(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, TOLD)
    assert TOLD["GRAPH_CLIENT_SECRET"] not in repr(graph_of(settings))
