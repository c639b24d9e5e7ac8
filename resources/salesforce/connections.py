"""What a broken connection means: did anything leave us, and what can the user do about it?

requests wraps urllib3's reasons two or three deep, with URLs in the texts; only kinds are read here, never texts.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from pipelines.ports.world import SystemicError
from resources.salesforce.errors import Unavailable


def before_sending(error: requests.RequestException) -> bool:
    """True when surely no byte of the request reached the org."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    return any(
        isinstance(cause, NewConnectionError | ConnectTimeoutError | ssl.SSLCertVerificationError)
        for cause in causes(error)
    )


def explain(error: requests.RequestException, url: str) -> SystemicError:
    """The error for the user: `TLS_NOT_TRUSTED`, which waiting does not heal, or `UNREACHABLE`, which it may."""
    host = urlsplit(url).netloc
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return SystemicError(
                "TLS_NOT_TRUSTED",
                f"The certificate of {host} is not trusted ({cause.verify_message}). If it is signed by an authority "
                "of your own, name its file in SALESFORCE_CA_FILE.",
            )
    through = "The proxy on the way to " if isinstance(error, requests.exceptions.ProxyError) else ""
    kind = next((type(cause).__name__ for cause in causes(error) if isinstance(cause, OSError)), type(error).__name__)
    return Unavailable("UNREACHABLE", f"{through}{host} cannot be reached ({kind}).")


def causes(error: BaseException) -> Iterator[BaseException]:
    """Innermost first: what it was wrapped from, where requests and urllib3 keep it."""
    inner = [error.__cause__, error.__context__, getattr(error, "reason", None), *error.args]
    for cause in inner:
        if isinstance(cause, BaseException) and cause is not error:
            yield from causes(cause)
    yield error
