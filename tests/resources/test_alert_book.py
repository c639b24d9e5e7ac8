"""The book of alerts with real receivers: a web hook with and without TLS, a mailbox, and one that is down."""

from __future__ import annotations

import io
import json
import logging
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr

from pipelines.telling.signs import Sign
from resources.alert_book import AlertBook
from resources.notify import Addresses
from tests.receivers import HOST, hook, mailbox

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
PORT_OF_NOBODY = 9


def failed(entity: str = "accounts", *, wrong: bool = True) -> Sign:
    return Sign(entity, "run_failed", wrong, "feed_missing, in run 12345678")


def book(home: Path, *addresses: str) -> AlertBook:
    return AlertBook(home, Addresses(SecretStr(" ".join(addresses))))


def test_a_hook_hears_of_the_beginning_and_the_end(tmp_path: Path) -> None:
    with hook() as receiver:
        ours = book(tmp_path, f"json://{HOST}:{receiver.port}/token")
        for wrong in (False, True, True, False, False):
            assert ours.note([failed(wrong=wrong), failed("personnel", wrong=False)], NOW) == []
    assert receiver.titles == ["accounts: run failed", "accounts: runs get through again"]
    assert [body["type"] for body in receiver.bodies] == ["failure", "success"]
    assert receiver.bodies[0]["message"].startswith("feed_missing, in run 12345678\nSince 2026-03-05 12:00:00 UTC, at ")


def test_a_hook_behind_tls_is_believed_only_with_a_good_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with hook(context) as receiver:
        ours = book(tmp_path, f"jsons://{HOST}:{receiver.port}/token")
        assert ours.note([failed()], NOW) == [
            "address 1 (JSON) did not take a message: it cannot be reached, or did not answer"
        ]
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
        assert ours.note([], NOW) == []
    assert receiver.titles == ["accounts: run failed"]
    assert not (tmp_path / "keys").exists()


def test_a_mailbox_gets_mail(tmp_path: Path) -> None:
    with mailbox() as (port, mails):
        ours = book(tmp_path, f"mailto://{HOST}:{port}?from=concord@example.org&to=crm@example.org")
        assert ours.note([failed()], NOW) == []
    [mail] = mails
    assert mail.to == ["crm@example.org"]
    assert mail.subject == "Concord: accounts: run failed"
    assert "feed_missing, in run 12345678" in mail.text


def test_an_address_that_is_down_hears_it_later_and_nobody_hears_it_twice(tmp_path: Path) -> None:
    with hook() as up, hook() as down:
        down.status = 503
        ours = book(tmp_path, f"json://{HOST}:{up.port}/a", f"json://{HOST}:{down.port}/b")
        signs = [failed(), failed("personnel")]
        refused = "address 2 (JSON) did not take a message: it answered 503"
        assert ours.note(signs, NOW) == [refused]
        assert len(down.paths) == 1  # once, though there were two messages for it
        assert ours.page().trouble == {"2": refused}
        assert ours.note([failed(wrong=False)], NOW) == [refused]
        down.status = 200
        assert ours.note(signs[1:], NOW) == []
        assert ours.note(signs[1:], NOW) == []
    assert up.titles == ["accounts: run failed", "personnel: run failed", "accounts: runs get through again"]
    assert sorted(down.titles) == ["accounts: runs get through again", "personnel: run failed"]
    assert ours.page().trouble == {}


def test_an_address_that_means_nothing_is_told_by_its_number(tmp_path: Path) -> None:
    ours = book(tmp_path, "tok_secret", "nosuch://secret/token")
    assert ours.note([failed()], NOW) == [
        "address 1 is none that apprise knows",
        "address 2 is none that apprise knows",
    ]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that reaches the root's handlers, as anybody's own logging would (pytest's hears more)."""
    text, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(text), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(before)


def test_no_address_is_written_or_logged(tmp_path: Path, log: io.StringIO, capfd: pytest.CaptureFixture[str]) -> None:
    with hook() as receiver:
        receiver.status = 401
        said = book(
            tmp_path,
            f"json://user:hunter2@{HOST}:{receiver.port}/T0KEN",
            f"json://{HOST}:{PORT_OF_NOBODY}/T0KEN",
            "slack://T0KEN",
        ).note([failed()], NOW)
    assert len(said) == 3
    assert receiver.paths == ["/T0KEN"]
    printed = capfd.readouterr()
    everything = [
        *said,
        log.getvalue(),
        printed.out,
        printed.err,
        *(path.read_text() for path in tmp_path.glob("alerts*")),
    ]
    assert [secret for secret in ("T0KEN", "hunter2", HOST) for text in everything if secret in text] == []


def test_the_book_is_its_owners_alone_and_whole(tmp_path: Path) -> None:
    home = tmp_path / "concord"
    ours = book(home)
    ours.note([failed()], NOW)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()}
    assert modes == {"alerts.json": 0o600, "alerts.lock": 0o600}
    (home / "alerts.json").write_text('{"standing": [{"ent', "utf-8")
    assert ours.note([failed()], NOW) == [f"alerts: {home / 'alerts.json'} could not be read, and is begun anew"]
    assert [one.wrong for one in ours.page().standing] == [True]


def test_two_processes_that_see_the_same_tell_it_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.resources.test_alert_book import *\n"
        "entities = ['accounts', 'personnel', sys.argv[3]]\n"
        "book(Path(sys.argv[1]), sys.argv[2]).note([failed(each) for each in entities], NOW)"
    )
    with hook() as receiver:
        address = f"json://{HOST}:{receiver.port}/"
        each = [
            subprocess.Popen([sys.executable, "-c", code, str(tmp_path), address, name], cwd=ROOT)
            for name in ("profiles", "connections")
        ]
        assert [process.wait(60) for process in each] == [0, 0]
    entities = [title.partition(":")[0] for title in receiver.titles]
    assert sorted(entities) == ["accounts", "connections", "personnel", "profiles"]
    assert len(json.loads((tmp_path / "alerts.json").read_text())["standing"]) == 4
