"""What the environment may say, and how a gap in it is told."""

from __future__ import annotations

from pathlib import Path

import certifi
import pytest

from resources.settings import Settings, SettingsError, read_settings

URL = "https://example.my.salesforce.com"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def read(**given: object) -> Settings:
    return read_settings(env_file=None, **given)


def test_with_nothing_set_the_sandbox_is_meant() -> None:
    settings = read()
    assert settings.uses_sandbox
    assert settings.concord_feeds == str(Path(".concord/feeds"))


def test_a_ceiling_alone_still_means_the_sandbox() -> None:
    assert read(salesforce_daily_calls=500, salesforce_api_version="v64").uses_sandbox


def test_the_environment_is_read_and_a_blank_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESFORCE_INSTANCE_URL", URL + "/")
    monkeypatch.setenv("SALESFORCE_CLIENT_ID", "key")
    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "word")
    monkeypatch.setenv("SALESFORCE_ACCESS_TOKEN", "")
    settings = read()
    assert (settings.salesforce_instance_url, settings.login_way) == (URL, "client_credentials")


def test_a_stray_line_break_is_no_part_of_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESFORCE_INSTANCE_URL", URL)
    monkeypatch.setenv("SALESFORCE_ACCESS_TOKEN", "00Dx!y\n")
    token = read().salesforce_access_token
    assert token is not None
    assert token.get_secret_value() == "00Dx!y"


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"SALESFORCE_INSTANCE_URL={URL}\nSALESFORCE_ACCESS_TOKEN=00Dx!y\nOTHER=1\n")
    assert read_settings(env_file=tmp_path / ".env").login_way == "access_token"


def test_the_feeds_lie_in_the_home_unless_told(tmp_path: Path) -> None:
    assert read(concord_home=tmp_path).concord_feeds == str(tmp_path / "feeds")
    assert read(concord_home=tmp_path, concord_feeds="s3://x").concord_feeds == "s3://x"


@pytest.mark.parametrize(
    "given, text",
    [
        pytest.param(
            {"salesforce_client_id": "key", "salesforce_client_secret": "word"},
            "SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET set, SALESFORCE_INSTANCE_URL missing (the org's My Domain "
            "address).",
            id="client credentials without an address",
        ),
        pytest.param(
            {"salesforce_client_secret": "word", "salesforce_instance_url": URL},
            "SALESFORCE_INSTANCE_URL, SALESFORCE_CLIENT_SECRET set, SALESFORCE_CLIENT_ID missing.",
            id="secret without id",
        ),
        pytest.param(
            {"salesforce_client_id": "key", "salesforce_instance_url": URL},
            "SALESFORCE_INSTANCE_URL, SALESFORCE_CLIENT_ID set, but nothing to log in with. Needed is one of: "
            "SALESFORCE_CLIENT_ID + SALESFORCE_CLIENT_SECRET · SALESFORCE_CLIENT_ID + SALESFORCE_PRIVATE_KEY_FILE + "
            "SALESFORCE_USERNAME · SALESFORCE_ACCESS_TOKEN + SALESFORCE_INSTANCE_URL.",
            id="id without secret",
        ),
        pytest.param(
            {"salesforce_client_id": "key", "salesforce_username": "who"},
            "SALESFORCE_CLIENT_ID, SALESFORCE_USERNAME set, SALESFORCE_PRIVATE_KEY_FILE missing.",
            id="user without key file",
        ),
        pytest.param(
            {"salesforce_access_token": "00D!x"},
            "SALESFORCE_ACCESS_TOKEN set, SALESFORCE_INSTANCE_URL missing.",
            id="token without address",
        ),
        pytest.param(
            {"salesforce_access_token": "00D!x", "salesforce_client_secret": "word", "salesforce_client_id": "key"},
            "SALESFORCE_CLIENT_SECRET, SALESFORCE_ACCESS_TOKEN are set, but they belong to different ways to log in. "
            "Keep one of: SALESFORCE_CLIENT_ID + SALESFORCE_CLIENT_SECRET · SALESFORCE_CLIENT_ID + "
            "SALESFORCE_PRIVATE_KEY_FILE + SALESFORCE_USERNAME · SALESFORCE_ACCESS_TOKEN + SALESFORCE_INSTANCE_URL.",
            id="two ways at once",
        ),
        pytest.param(
            {"salesforce_instance_url": "http://example.com", "salesforce_daily_calls": 0},
            "SALESFORCE_INSTANCE_URL: must be an address such as https://example.my.salesforce.com, with https and "
            "without a path; SALESFORCE_DAILY_CALLS: Input should be greater than 0",
            id="two bad values at once",
        ),
        pytest.param(
            {"salesforce_ca_file": "/nowhere/ca.pem"},
            "SALESFORCE_CA_FILE: Path does not point to a file",
            id="no such file",
        ),
        pytest.param(
            {"salesforce_api_version": "31.0"},
            "SALESFORCE_API_VERSION: must be a version of the API from 58.0 on, such as 62.0",
            id="version too old",
        ),
    ],
)
def test_a_gap_is_told_by_what_is_set_and_what_is_missing(given: dict[str, object], text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**given)
    assert str(caught.value) == text


@pytest.mark.parametrize("name", ["concord_ca_file", "salesforce_ca_file"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param("-----BEGIN CERTIFICATE-----\n", id="cut short"),
        pytest.param("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", id="none inside"),
    ],
)
def test_a_file_without_a_certificate_is_refused(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / "ca.pem").write_text(content)
    with pytest.raises(SettingsError) as caught:
        read(**{name: tmp_path / "ca.pem"})
    assert str(caught.value) == f"{name.upper()}: holds no certificate (PEM) that can be read"


def test_no_secret_is_shown() -> None:
    settings = read(salesforce_instance_url=URL, salesforce_client_id="key", salesforce_client_secret="word of mouth")
    assert "word of mouth" not in repr(settings) + str(settings.model_dump())


def test_settings_can_be_aimed_at_another_org(tmp_path: Path) -> None:
    authority = Path(certifi.where())
    there = read(concord_home=tmp_path, salesforce_daily_calls=9).at_org("https://localhost:1", "a", "b", authority)
    assert not there.uses_sandbox
    assert (there.login_url, there.login_way) == ("https://localhost:1", "client_credentials")
    assert (there.concord_home, there.salesforce_daily_calls) == (tmp_path, 9)
