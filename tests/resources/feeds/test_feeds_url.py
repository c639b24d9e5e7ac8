"""Feeds behind a URL, served by a real server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from pipelines.ports.world import SourceError
from resources.feeds import Feeds

if TYPE_CHECKING:
    from tests.resources.feeds.conftest import Desk


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder; `cut.csv` ends before the length that was promised, `broken.csv` is an error."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Nothing."""

    def do_GET(self) -> None:
        if self.path == "/broken.csv":
            self.send_error(500)
        elif self.path == "/cut.csv":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"id,name\n1,Ada\n")
        else:
            super().do_GET()


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(desk.folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


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
