"""HTTP to Microsoft Graph: tokens, verification, time-outs, what is asked again, and the count of calls.

What a caller may rely on. Reads are asked again after 429, 5xx and silence, with growing pauses and jitter or after the
time that Retry-After asks for. A write is asked again only if it surely had no effect: 401 with a new token, 429, 503,
or no connection; whatever else leaves open whether it took effect is a LostAnswer. An answer that comes back is one
that Graph meant, refusals included. Texts of errors name the kind of thing, never a value, an id or a token.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Mapping
from typing import Any

import orjson
import requests
from requests.exceptions import ChunkedEncodingError, ContentDecodingError

from pipelines.ports import LostAnswer, SourceError, SystemicError
from resources.graph_settings import GraphAccount
from resources.salesforce.connections import before_sending, causes, explain
from resources.salesforce.errors import Unavailable as Unreached
from resources.salesforce.headers import retry_after
from resources.salesforce.patience import Patience

EARLY = 120
"""So many seconds before its end a token is not used any more."""

log = logging.getLogger(__name__)

Content = Mapping[str, Any]

_BROKEN = (requests.ConnectionError, requests.Timeout, ChunkedEncodingError, ContentDecodingError)


class Busy(SourceError):
    """Graph could not answer, however often it was asked. It may go well the next time."""


class GraphSession:
    """For one thread; to be closed. `calls` are those made so far, retries included, `tokens` those for tokens."""

    def __init__(self, account: GraphAccount, patience: Patience | None = None) -> None:
        self.calls = 0
        self.tokens = 0
        self._account = account
        self._patience = patience or Patience()
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.verify = str(account.ca_file) if account.ca_file else True
        if account.proxy:
            self._http.proxies = {"https": account.proxy.get_secret_value()}
        self._http.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "concord"})
        self._token: tuple[str, float] | None = None
        self._refreshing = threading.Lock()
        self._used = time.monotonic()

    def close(self) -> None:
        self._http.close()

    def forget_token(self) -> None:
        """The next call is made with a new token."""
        self._token = None

    @property
    def base(self) -> str:
        """What the address of every resource begins with."""
        return f"{self._account.url}/v1.0"

    @property
    def patience(self) -> Patience:
        return self._patience

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, Content]:
        """Status and content of an answer to a read; `path` begins with `/` or is a link that Graph gave."""
        return self._asked("GET", self.base + self.relative(path), headers or {}, None, writing=False)

    def relative(self, link: str) -> str:
        """The path of a link that Graph gave; a path stays as it is."""
        path = link.removeprefix(self.base)
        if not path.startswith("/"):
            raise SystemicError("graph_link", "Graph gave a link that leads elsewhere: the token does not go there")
        return path

    def post(self, path: str, content: object, *, writing: bool) -> tuple[int, Content]:
        """The same of a POST; `writing` tells whether it may have an effect."""
        return self._asked("POST", self.base + path, {"Content-Type": "application/json"}, content, writing=writing)

    def pause(self, attempt: int, wanted: float | None) -> bool:
        """Waits before another attempt, at least as long as wanted; False if there are to be no more."""
        if attempt + 1 >= self._patience.attempts or (wanted or 0) > self._patience.longest:
            return False
        grown = min(self._patience.longest, self._patience.pause * 2**attempt)
        self._patience.sleep(max(grown + random.uniform(0, self._patience.pause), wanted or 0))  # noqa: S311 - jitter
        return True

    def _asked(
        self, method: str, url: str, headers: Mapping[str, str], content: object, *, writing: bool
    ) -> tuple[int, Content]:
        body = None if content is None else orjson.dumps(content)
        attempt, renewed = 0, False
        while True:
            response, error = self._attempt(method, url, {**headers, **self._authorization()}, body, writing=writing)
            if response is not None and response.status_code == 401 and not renewed:
                self._token, renewed = None, True
                continue
            if response is not None and response.status_code == 401:
                raise SystemicError("graph_token", "Graph refuses the token that it was given just now")
            if response is not None and (meant := _content(response)) is not None:
                return response.status_code, meant
            if writing and not _without_effect(response, error):
                raise LostAnswer("Graph was asked to write, and did not say what became of it")
            if not self.pause(attempt, retry_after(response) if response is not None else None):
                raise self._given_up(response, error)
            attempt += 1
            log.info("attempt %s at Graph failed, another follows", attempt)

    def _attempt(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, writing: bool
    ) -> tuple[requests.Response | None, requests.RequestException | None]:
        if writing and time.monotonic() - self._used > self._patience.idle:
            self._http.close()  # something between may have dropped the connection: a write is not risked on it
        self.calls += 1
        timeout = (self._patience.connect, self._patience.write if writing else self._patience.read)
        try:
            response = self._http.request(
                method, url, data=body, headers=dict(headers), timeout=timeout, allow_redirects=False
            )
        except _BROKEN as error:
            return None, error
        finally:
            self._used = time.monotonic()
        return response, None

    def _authorization(self) -> dict[str, str]:
        with self._refreshing:
            if self._token is None or self._token[1] <= time.monotonic():
                self._token = self._new_token()
            return {"Authorization": f"Bearer {self._token[0]}"}

    def _new_token(self) -> tuple[str, float]:
        account = self._account
        form = {
            "grant_type": "client_credentials",
            "client_id": account.client_id,
            "client_secret": account.client_secret.get_secret_value(),
            "scope": "https://graph.microsoft.com/.default",
        }
        attempt = 0
        while True:
            self.tokens += 1
            response: requests.Response | None = None
            broken: requests.RequestException | None = None
            timeout = (self._patience.connect, self._patience.read)
            url = f"{account.login_url}/{account.tenant}/oauth2/v2.0/token"
            try:
                response = self._http.post(url, data=form, timeout=timeout, allow_redirects=False)
            except _BROKEN as error:
                broken = error
            if response is not None and (content := _content(response)) is not None:
                return _token_of(response.status_code, content)
            if not self.pause(attempt, retry_after(response) if response is not None else None):
                raise self._given_up(response, broken)
            attempt += 1

    def _given_up(
        self, response: requests.Response | None, error: requests.RequestException | None
    ) -> SourceError | SystemicError:
        if error is not None:
            told = explain(error, self._account.url)
            if isinstance(told, Unreached):
                kind = next((type(c).__name__ for c in causes(error) if isinstance(c, OSError)), type(error).__name__)
                return Busy("graph_unreachable", f"Graph cannot be reached ({kind})")
            return SystemicError("graph_tls", "the certificate of Graph is not trusted; an authority of your own goes"
                                 " into GRAPH_CA_FILE")  # fmt: skip
        status = response.status_code if response is not None else 0
        code = "graph_busy" if status == 429 else "graph_failed"
        return Busy(code, f"Graph answered {status}, however often it was asked")


def _content(response: requests.Response) -> Content | None:
    """What a whole answer says; None for one that says only that Graph could not answer now."""
    if response.status_code in (408, 429) or response.status_code >= 500:
        return None
    if not response.content:
        return {}
    try:
        content = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None
    return content if isinstance(content, dict) else None


def _without_effect(response: requests.Response | None, error: requests.RequestException | None) -> bool:
    """True if the write surely did nothing."""
    if error is not None:
        return before_sending(error)
    return response is not None and response.status_code in (429, 503)


def _token_of(status: int, content: Content) -> tuple[str, float]:
    token = content.get("access_token")
    if status == 200 and isinstance(token, str):
        seconds = float(content.get("expires_in") or 0)
        return token, time.monotonic() + max(seconds - EARLY, seconds / 2)
    number = next(iter(content.get("error_codes") or []), 0)
    told = {90002: "GRAPH_TENANT", 700016: "GRAPH_CLIENT_ID", 7000215: "GRAPH_CLIENT_SECRET"}.get(number)
    remedy = f"look at {told}" if told else "look at GRAPH_TENANT, GRAPH_CLIENT_ID and GRAPH_CLIENT_SECRET"
    error = content.get("error")
    kind = error if isinstance(error, str) else f"status {status}"
    raise SystemicError("graph_token", f"no token was given ({kind}, AADSTS{number}): {remedy}")
