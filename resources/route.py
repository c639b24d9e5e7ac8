"""The way to a server elsewhere: whom we trust on it, and through which proxy we go.

By itself requests lets the environment decide: `REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE` whom to trust, `.netrc` which
password is sent to whom, `SSLKEYLOGFILE` who may read along. Here only what came in as settings counts, and TLS is
always verified.
"""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed lacks it

from pydantic import AfterValidator, FilePath, SecretStr

if TYPE_CHECKING:
    import requests

    from resources.settings import Settings

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _holding_certificates(file: Path) -> Path:
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        trusting.load_verify_locations(file)
    except OSError:  # of ssl, and of a file that we may not read
        raise ValueError("holds no certificate (PEM) that can be read") from None
    return file


CaFile = Annotated[FilePath, AfterValidator(_holding_certificates)]
"""A file of certificates, as a setting names it."""


@dataclass(frozen=True, slots=True)
class Route:
    """`ca_file`: the only certificates trusted, when set; else those that `certifi` ships."""

    ca_file: Path | None = None
    proxy: SecretStr | None = None

    def lead(self, session: requests.Session) -> None:
        """All that the session sends goes this way."""
        session.trust_env = False
        without_key_log()
        session.verify = str(self.ca_file) if self.ca_file else True
        if self.proxy:
            session.proxies = {"https": self.proxy.get_secret_value()}


DIRECT = Route()


def without_key_log() -> None:
    """From here on nothing writes the keys of what this process sends into the file that SSLKEYLOGFILE names."""
    # ssl and urllib3 read it for each context that they make, and nothing that is given to them goes before it
    os.environ.pop("SSLKEYLOGFILE", None)


def route_to(url: str, settings: Settings, ca_file: Path | None) -> Route:
    """HTTPS_PROXY holds for every server but one on this machine and those that NO_PROXY names."""
    host = urlsplit(url).hostname or ""
    exempt = host in LOOPBACK or proxy_bypass_environment(host, {"no": settings.no_proxy})
    return Route(ca_file, None if exempt else settings.https_proxy)
