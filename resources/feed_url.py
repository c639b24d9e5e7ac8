"""Feeds behind a URL: fetched into a folder, where they are files like any other.

A folder of files cannot be listed over HTTP, so a feed here is `<name>.csv` or `<name>.parquet`. Only https is spoken,
but for loopback, also where a server sends us elsewhere; name and password may stand in the URL and are told nowhere.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests

from pipelines.ports.world import SourceError
from resources.feed_files import check_name
from resources.route import LOOPBACK, Route

_TIMEOUT = (10, 60)
_CHUNK = 1 << 20


def is_url(location: str) -> bool:
    """Whether the location of feeds is a URL rather than a folder."""
    return location.lower().startswith(("http://", "https://"))


class _Http(requests.Session):
    """Follows no redirect into the clear."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target and not _safe(urljoin(resp.url, target)):
            resp.close()
            raise _in_the_clear(urljoin(resp.url, target))
        return target


def fetch(base: str, name: str, folder: Path, route: Route) -> None:
    """The feed's file is in the folder, whole; raises SourceError if there is none or it does not come whole."""
    check_name(name)
    if not _safe(base):
        raise _in_the_clear(base)
    with _Http() as http:
        route.lead(http)
        found = [suffix for suffix in (".csv", ".parquet") if _fetch(http, base, name + suffix, folder)]
    if not found:
        shown = _shown(base).rstrip("/")
        raise SourceError("feed_missing", f"no feed {name}: looked for {shown}/{name}.csv and {shown}/{name}.parquet")


def _fetch(http: _Http, base: str, filename: str, folder: Path) -> bool:
    """False if the server has no such file."""
    parts = urlsplit(base)
    url = urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{filename}"))
    try:
        with http.get(url, stream=True, timeout=_TIMEOUT) as response:
            if response.status_code in (404, 410):
                return False
            if response.status_code != 200:
                raise SourceError("feed_unreadable", f"{_shown(url)} answered {response.status_code}, not 200")
            with (folder / filename).open("wb") as file:
                for chunk in response.iter_content(_CHUNK):
                    file.write(chunk)
    except requests.RequestException as error:
        raise SourceError("feed_unreadable", f"{_shown(url)} did not come whole: {type(error).__name__}") from error
    return True


def _safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in LOOPBACK


def _in_the_clear(url: str) -> SourceError:
    return SourceError("feed_unreadable", f"{_shown(url)}: feeds hold personal data; https is right")


def _shown(url: str) -> str:
    """The URL without name, password and query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
