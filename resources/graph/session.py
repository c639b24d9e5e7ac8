"""HTTP to Microsoft Graph: tokens, verification, time-outs, what is asked again, and the count of calls.

What a caller may rely on. Reads are asked again after 429, 5xx and silence, with growing pauses and jitter or after the
time that Retry-After asks for. A write is asked again only if it surely had no effect: 401 with a new token, 429, 503,
or no connection; whatever else leaves open whether it took effect is a LostAnswer. An answer that comes back is one
that Graph meant, refusals included. Texts of errors name the kind of thing, never a value, an id or a token.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping

import orjson
import requests

from pipelines.ports.world import LostAnswer, SystemicError
from resources.graph.answers import BROKEN, Content, Got, content_of, given_up, token_of, without_effect
from resources.graph.settings import GraphAccount
from resources.salesforce.headers import retry_after
from resources.salesforce.patience import Patience

EARLY = 120
"""So many seconds before its end a token is not used any more."""

SCOPE = "https://graph.microsoft.com/.default"

log = logging.getLogger(__name__)


class GraphSession:
    """For one thread; to be closed. `calls` are those made so far, retries included, `tokens` those for tokens."""

    def __init__(self, account: GraphAccount, patience: Patience | None = None) -> None:
        self.calls = 0
        self.tokens = 0
        self._account = account
        self._patience = patience or Patience()
        self._http = requests.Session()
        account.route.lead(self._http)
        self._http.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "concord"})
        self._token: tuple[str, float] | None = None
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
            got = self._attempt(method, url, {**headers, **self._authorization()}, body, writing=writing)
            if isinstance(got, requests.Response) and got.status_code == 401:
                if renewed:
                    raise SystemicError("graph_token", "Graph refuses the token that it was given just now")
                self._token, renewed = None, True
                continue
            if isinstance(got, requests.Response) and (meant := content_of(got)) is not None:
                return got.status_code, meant
            if writing and not without_effect(got):
                raise LostAnswer("Graph was asked to write, and did not say what became of it")
            if not self.pause(attempt, _wanted(got)):
                raise given_up(got, self._account.url)
            attempt += 1
            log.info("attempt %s at Graph failed, another follows", attempt)

    def _attempt(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, writing: bool) -> Got:
        if writing and time.monotonic() - self._used > self._patience.idle:
            self._http.close()  # something between may have dropped the connection: a write is not risked on it
        self.calls += 1
        timeout = (self._patience.connect, self._patience.write if writing else self._patience.read)
        try:
            return self._http.request(
                method, url, data=body, headers=dict(headers), timeout=timeout, allow_redirects=False
            )
        except BROKEN as error:
            return error
        finally:
            self._used = time.monotonic()

    def _authorization(self) -> dict[str, str]:
        if self._token is None or self._token[1] <= time.monotonic():
            token, seconds = self._new_token()
            self._token = token, time.monotonic() + max(seconds - EARLY, seconds / 2)
        return {"Authorization": f"Bearer {self._token[0]}"}

    def _new_token(self) -> tuple[str, float]:
        account = self._account
        form = {"grant_type": "client_credentials", "client_id": account.client_id, "scope": SCOPE}
        form["client_secret"] = account.client_secret.get_secret_value()
        url = f"{account.login_url}/{account.tenant}/oauth2/v2.0/token"
        attempt = 0
        while True:
            got = self._token_attempt(url, form)
            if isinstance(got, requests.Response) and (content := content_of(got)) is not None:
                return token_of(got.status_code, content)
            if not self.pause(attempt, _wanted(got)):
                raise given_up(got, account.login_url)
            attempt += 1

    def _token_attempt(self, url: str, form: Mapping[str, str]) -> Got:
        self.tokens += 1
        timeout = (self._patience.connect, self._patience.read)
        try:
            return self._http.post(url, data=form, timeout=timeout, allow_redirects=False)
        except BROKEN as error:
            return error


def _wanted(got: Got) -> float | None:
    """How long the answer asks us to wait."""
    return retry_after(got) if isinstance(got, requests.Response) else None
