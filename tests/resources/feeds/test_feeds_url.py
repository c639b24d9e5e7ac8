"""Feeds behind a URL, served by a real server on loopback."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest
import trustme

from pipelines.ports.world import SourceError
from resources.feeds import Feeds
from resources.route import Route

if TYPE_CHECKING:
    from tests.resources.feeds.conftest import Desk


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder; `cut.csv` ends before the length that was promised, `broken.csv` is an error, `moved.csv` is
    elsewhere, in the clear."""

    passwords: ClassVar[list[str | None]] = []

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Nothing."""

    def do_GET(self) -> None:
        self.passwords.append(self.headers["Authorization"])
        if self.path == "/broken.csv":
            self.send_error(500)
        elif self.path == "/moved.csv":
            self.send_response(302)
            self.send_header("Location", "http://feeds.example/moved.csv?key=secret")
            self.end_headers()
        elif self.path == "/cut.csv":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"id,name\n1,Ada\n")
        else:
            super().do_GET()


@contextmanager
def serving(folder: Path, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a server that listens inside the block."""
    Quiet.passwords.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        if tls:
            # hands are shaken by whoever answers, so that a refusal there ends one connection alone
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk.folder) as url:
        yield url


@pytest.fixture
def far(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Path]]:
    """A server with a certificate that only the environment trusts, for which it also has a password."""
    ca, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(tls)
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "ca.pem"))
    with serving(desk.folder, tls) as url:
        yield url, tmp_path / "ca.pem"


def test_a_feed_behind_a_url_lands_like_a_file(desk: Desk, url: str) -> None:
    desk.put("people.csv", "id,name,city\n1,Ada,Rome\n")
    feeds = Feeds(url, desk.home / "dlt")
    landed = feeds.land(desk.feed, ("id", "name", "city"), desk.file, lambda step, done, total: None)
    assert desk.rows("_file, id, city") == [("people.csv", "1", "Rome")]
    assert landed.fingerprint == feeds.fingerprint(desk.feed) == desk.feeds.fingerprint(desk.feed)
    assert {path.name for path in (desk.home / "dlt").iterdir()} == {"people", ".anonymous_id"}


@pytest.mark.parametrize(
    "name, code, text",
    [
        ("people", "feed_missing", "no feed people: looked for {url}/people.csv and {url}/people.parquet"),
        ("broken", "feed_unreadable", "{url}/broken.csv answered 500, not 200"),
        ("cut", "feed_unreadable", "{url}/cut.csv did not come whole: ChunkedEncodingError"),
        ("moved", "feed_unreadable", "http://feeds.example/moved.csv: feeds hold personal data; https is right"),
        ("../people", "feed_name", None),
    ],
)
def test_what_does_not_come_is_refused(desk: Desk, url: str, name: str, code: str, text: str | None) -> None:
    feeds = Feeds(url.replace("//", "//user:secret@"), desk.home / "dlt")
    with pytest.raises(SourceError) as caught:
        feeds.fingerprint(replace(desk.feed, name=name))
    assert caught.value.code == code
    assert text is None or str(caught.value) == text.format(url=url)
    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there_is_told_as_that(desk: Desk) -> None:
    with pytest.raises(SourceError, match="did not come whole: ConnectionError"):
        Feeds("http://127.0.0.1:1", desk.home / "dlt").fingerprint(desk.feed)


def test_feeds_do_not_travel_in_the_clear(desk: Desk) -> None:
    with pytest.raises(SourceError, match="feeds hold personal data; https is right"):
        Feeds("http://user:secret@feeds.example/in", desk.home / "dlt").fingerprint(desk.feed)


def test_whom_a_feed_is_taken_from_is_said_by_settings_and_not_by_the_environment(
    desk: Desk, far: tuple[str, Path]
) -> None:
    url, ca_file = far
    desk.put("people.csv", "id,name,city\n1,Ada,Rome\n")
    with pytest.raises(SourceError, match="did not come whole: SSLError"):
        Feeds(url, desk.home / "dlt").fingerprint(desk.feed)
    Feeds(url, desk.home / "dlt", Route(ca_file)).fingerprint(desk.feed)
    assert set(Quiet.passwords) == {None}
