"""What cannot be meant is refused with exit code 2 and a sentence that says what would be right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.cli import app

HASH = "0123456789abcdef-1"


def files(folder: Path) -> dict[str, str]:
    (folder / "keys.txt").write_text("I1\n", "utf-8")
    (folder / "blank.txt").write_text("\n \n", "utf-8")
    (folder / "latin.txt").write_bytes("Zoë\n".encode("latin-1"))
    return {path.stem: str(path) for path in folder.glob("*.txt")} | {"nowhere": str(folder / "nowhere.txt")}


@pytest.mark.parametrize(
    "words, text",
    [
        pytest.param("plan acounts", "is accounts meant?", id="unknown entity"),
        pytest.param("errors nobody", "there are accounts, events", id="nothing like it"),
        pytest.param("sync accounts --keys {nowhere}", "cannot be read: No such file", id="no file of keys"),
        pytest.param("sync accounts --keys {blank}", "names no key", id="no key in the file"),
        pytest.param("missing accounts --import --keys {latin}", "is not UTF-8 (byte 3)", id="not text"),
        pytest.param("sync --keys {keys}", "--keys needs exactly one ENTITY", id="keys of whom"),
        pytest.param("sync accounts --scope all --keys {keys}", "exclude each other", id="two scopes"),
        pytest.param("sync --approve " + HASH, "--approve needs exactly one ENTITY", id="approval of what"),
        pytest.param("sync accounts --approve yes", "is no plan's hash", id="no hash"),
        pytest.param("missing accounts --keys {keys}", "belong to --import", id="keys of a list"),
        pytest.param("missing personnel --import", "every sync creates them", id="import of what syncs create"),
        pytest.param("errors accounts", "run `concord plan accounts` first", id="errors before any run"),
        pytest.param("release accounts", "run `concord plan accounts` first", id="release before any run"),
        pytest.param("missing accounts", "run `concord plan accounts` first", id="missing before any run"),
    ],
)
def test_a_command_that_cannot_be_meant_says_what_would_be_right(words: str, text: str, tmp_path: Path) -> None:
    typed = words.format(**files(tmp_path)).split()
    plain, as_json = CliRunner().invoke(app, typed), CliRunner().invoke(app, [*typed, "--json"])
    assert (plain.exit_code, as_json.exit_code) == (2, 2)
    assert (plain.stdout, text in plain.stderr) == ("", True)
    assert text in json.loads(as_json.stdout)["message"]


@pytest.mark.parametrize("words", ["sync --scope some", "plan", "fly", "history --last 0", "sandbox --port 99999"])
def test_an_option_that_does_not_exist_so_is_refused(words: str) -> None:
    said = CliRunner().invoke(app, words.split())
    assert (said.exit_code, said.stdout) == (2, "")


def test_settings_that_reach_no_org_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESFORCE_CLIENT_ID", "somebody")
    said = CliRunner().invoke(app, ["check"])
    assert said.exit_code == 2
    assert "SALESFORCE_CLIENT_SECRET" in said.stderr


@pytest.mark.parametrize(
    "name, value, text",
    [
        pytest.param("SALESFORCE_INSTANCE_URL", "https://example.my.salesforce.com", "SALESFORCE_", id="an org is set"),
        pytest.param("CONCORD_FEEDS", "feeds", "CONCORD_FEEDS", id="feeds are set"),
    ],
)
def test_the_demo_keeps_off_what_is_not_its_own(
    name: str, value: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESFORCE_ACCESS_TOKEN", "x" if name.startswith("SALESFORCE") else "")
    monkeypatch.setenv(name, value)
    said = CliRunner().invoke(app, ["demo"])
    assert said.exit_code == 2
    assert text in said.stderr


def test_the_demo_throws_nothing_away_that_is_not_a_demos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_HOME", str(tmp_path))
    (tmp_path / "accounts.duckdb").write_text("years of work", "utf-8")
    said = CliRunner().invoke(app, ["demo"])
    assert (said.exit_code, "accounts.duckdb" in said.stderr, "--anew" in said.stderr) == (2, True, True)
    assert (tmp_path / "accounts.duckdb").read_text("utf-8") == "years of work"


def test_every_command_has_help_with_examples() -> None:
    commands = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    assert len(commands) == 12
    for name in commands:
        said = CliRunner().invoke(app, [name, "--help"])
        assert (said.exit_code, f"concord {name}" in said.stdout.partition("Examples:")[2]) == (0, True), name
