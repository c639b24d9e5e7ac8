"""Secrets and personal data stay where they belong: never in a log, an event, a text or a file that others may read."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from resources.graph_sandbox.administration import GraphAdministrator
from resources.sandbox.launch import running
from tests.assets.shell import Shell, town

ROOT = Path(__file__).parents[2]
VALUES = (
    "Noether",
    "emmy@example.org",
    "Meitner",
    "lise@example.org",
    "Anning",
    "no address",
    "Byron",
    "ada@example.org",
    "Hypatia",
    "Ptolemy",
    "a letter to Agnesi",
    "about Kovalevskaya",
)
"""Names and addresses of people that are written, skipped, refused or held in this town, and what they note."""

WATCHED = ("a-password-of-a-hook", "a-path-of-a-mailbox", "a-uuid-of-a-watchdog")
"""Parts of addresses to which nobody answers."""

KEPT_IN = ("accounts.", "personnel.", "profiles.", "tasks.", "institutions.csv", "org.db", "engage.db", "graph.db")
"""The entities' files and their copies, the feeds, and the sandbox's own records."""


def notes(shell: Shell) -> None:
    """A profile, and a task on each side."""
    shell.engage.put("profiles", [{"id": "E3", "kind": "HCP", "first_name": "Hypatia", "last_name": "Ptolemy"}])
    beside = shell.connection.beside["graph"]
    graph = GraphAdministrator(beside.admin_url, beside.admin_token, shell.connection.ca_file)
    graph.user("U1")
    graph.put("U1", "tasks", [{"title": "a letter to Agnesi"}])
    shell.admin.seed("Task", [{"Subject": "a call", "Description": "about Kovalevskaya"}])


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shell, str]]:
    """A town in which everything went well and wrong, and all that was printed."""
    with town(tmp_path_factory.mktemp("town")) as shell:
        shell.env["CONCORD_ALERTS"] = f"json://someone:{WATCHED[0]}@127.0.0.1:9/ mailto://127.0.0.1:9/{WATCHED[1]}"
        shell.env["CONCORD_HEARTBEAT_URL"] = f"http://127.0.0.1:9/{WATCHED[2]}"
        printed = []
        notes(shell)
        for words in (
            "sync accounts",
            "missing accounts --import",
            "sync personnel --json",
            "plan personnel --scope all",
            "missing accounts --json",
            "sync profiles",
            "sync tasks",
            "errors tasks",
            "history",
            "check --json",
        ):
            said = shell(*words.split())
            printed += [said.out, said.err]
        shell.admin.set_faults(
            {"path": "/services/", "action": "status", "status": 403, "code": "REQUEST_LIMIT_EXCEEDED"}
        )
        for words in ("sync personnel", "check"):
            said = shell(*words.split())
            printed += [said.out, said.err]
        wrong = shell(
            "sync",
            "personnel",
            SALESFORCE_INSTANCE_URL=shell.connection.url,
            SALESFORCE_CLIENT_ID=shell.connection.client_id,
            SALESFORCE_CLIENT_SECRET="a-wrong-secret-of-mine",
            SALESFORCE_CA_FILE=shell.connection.ca_file,
        )
        assert wrong.code == 2
        yield shell, "\n".join([*printed, wrong.out, wrong.err])


def secrets(shell: Shell) -> tuple[str, ...]:
    known = shell.connection
    return known.client_secret, known.refresh_token, known.admin_token, "a-wrong-secret-of-mine", *WATCHED


def files(home: Path) -> Iterator[Path]:
    return (path for path in home.rglob("*") if path.is_file())


def test_what_is_printed_holds_neither_secrets_nor_people(lived_in: tuple[Shell, str]) -> None:
    shell, printed = lived_in
    assert "P5" in printed or "personnel" in printed
    assert [word for word in (*VALUES, *secrets(shell)) if word in printed] == []


def test_no_file_but_those_that_are_for_it_holds_people(lived_in: tuple[Shell, str]) -> None:
    shell, _ = lived_in
    looked_into = [path for path in files(shell.home) if not path.name.startswith(KEPT_IN)]
    assert any("dagster" in path.parts for path in looked_into)
    found = {
        (str(path.relative_to(shell.home)), value)
        for path in looked_into
        for content in [path.read_bytes()]
        for value in VALUES
        if value.encode() in content
    }
    assert found == set()


def test_no_file_of_ours_holds_a_secret(lived_in: tuple[Shell, str]) -> None:
    shell, _ = lived_in
    outside = [path for path in files(shell.home) if "sandbox" not in path.relative_to(shell.home).parts]
    found = {
        (str(path.relative_to(shell.home)), secret)
        for path in outside
        for content in [path.read_bytes()]
        for secret in secrets(shell)
        if secret.encode() in content
    }
    assert found == set()


def open_to_others(folder: Path, ours: Iterable[Path]) -> set[str]:
    return {str(path.relative_to(folder)) for path in ours if stat.S_IMODE(path.stat().st_mode) & 0o077}


def test_what_a_sandbox_alone_keeps_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with running(tmp_path / "org") as connection:
            connection.publish()
            kept = list((tmp_path / "org").rglob("*"))
            shared = open_to_others(tmp_path, kept)
    finally:
        os.umask(before)
    assert {"lock", "server.log", "org.db", "connection.json"} <= {path.name for path in kept}
    assert shared == set()


def test_every_file_and_folder_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "town"
    (home / "feeds").mkdir(parents=True)
    (home / "feeds" / "institutions.csv").write_text("institution_id,name\n1,School\n")
    answer = subprocess.run(
        [sys.executable, "-c", "from assets.cli import main; main()", "sync", "accounts", "--json"],
        env={**os.environ, "CONCORD_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")},
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stderr.decode()
    ours = [path for path in home.rglob("*") if "feeds" not in path.relative_to(home).parts]
    assert {"accounts.duckdb", "org.db", "dagster"} <= {path.name for path in ours}
    assert open_to_others(home, ours) == set()
