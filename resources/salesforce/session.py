"""The one way to the org: token, verification, time-outs, retries, counting. simple-salesforce goes through it as well.

What a caller may rely on. An answer that comes back is a success; everything else is an exception.
· `LostAnswer`: a write left us and nothing trustworthy came back (silence, a cut line, a 5xx). It is never sent again.
· Requests that change nothing (`safe`) are repeated after 429, 5xx and lost connections, writes only when they surely
  took no effect: refused connection, 401, 429, the limit of concurrent requests.
· A session that expired is renewed once per request; whoever comes second uses the token that the first one fetched.
· Only the environment that came in as settings counts (`Route`): nothing else changes whom we trust or who we are.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
import tenacity
from requests.exceptions import ChunkedEncodingError, ContentDecodingError

from pipelines.ports.world import LostAnswer
from resources.route import Route
from resources.salesforce.allowance import Allowance, Unlimited
from resources.salesforce.auth import Login, Token
from resources.salesforce.connections import before_sending, explain
from resources.salesforce.errors import Unavailable, answered, body, of_a_spent_session
from resources.salesforce.headers import Usage, answered_at, asked_at, usage
from resources.salesforce.ids import long_id
from resources.salesforce.patience import Patience

T = TypeVar("T")

NO_ASSIGNMENT = {"Sforce-Auto-Assign": "FALSE"}
"""No assignment rules: the bulk route knows none, and both must agree."""

log = logging.getLogger(__name__)


class OrgSession(requests.Session):
    """A requests.Session bound to one org and user."""

    def __init__(
        self,
        login: Login,
        *,
        version: str,
        route: Route,
        patience: Patience | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        super().__init__()
        route.lead(self)
        # gzip alone: it is what Salesforce sends
        self.headers.update({"Accept-Encoding": "gzip", **NO_ASSIGNMENT, "User-Agent": "concord"})
        self.calls = 0
        self.usage: Usage | None = None
        self.version = version
        self.patience = patience or Patience()
        self._login = login
        self._allowance = allowance or Unlimited()
        self._token: Token | None = None
        self._renewal = threading.Lock()
        self._counting = threading.Lock()
        self._mine = threading.local()
        self._answered_at = time.monotonic()

    @property
    def token(self) -> Token:
        """The token in use; logs in when there is none yet."""
        return self._token or self._patiently(lambda: self._renew(None))

    @property
    def user_id(self) -> str:
        """The 18-character id of the user we are."""
        if user_id := self.token.user_id:
            return long_id(user_id)
        return long_id(str(self._userinfo()["user_id"]))

    @property
    def org_id(self) -> str:
        """The 18-character id of the org we are in."""
        return long_id(self.token.org_id or str(self._userinfo()["organization_id"]))

    def _userinfo(self) -> Mapping[str, Any]:
        told: Mapping[str, Any] = body(self.request("GET", f"{self.token.instance_url}/services/oauth2/userinfo"))
        return told

    @property
    def asked_at(self) -> datetime:
        """The server's clock when this thread's last answered request was sent, or a little before."""
        return self._mine.asked_at  # type: ignore[no-any-return]

    @property
    def answered_at(self) -> datetime:
        """The server's clock when the answer to it was ready."""
        return self._mine.answered_at  # type: ignore[no-any-return]

    def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """The answer to a request below `/services/data/vNN.0/`; `safe=True` marks a POST that may be repeated."""
        return self.request(method, f"{self.token.instance_url}/services/data/v{self.version}/{path}", **kwargs)

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """As requests has it, plus `safe`; the module's docstring says what comes back."""
        verb, address = str(method).upper(), str(url)
        safe = bool(kwargs.pop("safe", verb in ("GET", "HEAD")))
        return self._patiently(lambda: self._attempt(verb, address, safe=safe, kwargs=kwargs))

    def _patiently(self, attempt: Callable[[], T]) -> T:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.patience.attempts),
            retry=tenacity.retry_if_exception(self._worth_waiting),
            wait=self._pause,
            sleep=self.patience.sleep,
            before_sleep=_log_pause,
            reraise=True,
        )
        return retrying(attempt)

    def _worth_waiting(self, error: BaseException) -> bool:
        return isinstance(error, Unavailable) and (error.retry_after or 0) <= self.patience.longest

    def _pause(self, state: tenacity.RetryCallState) -> float:
        first, longest = self.patience.pause, self.patience.longest
        grown = (tenacity.wait_exponential(multiplier=first, max=longest) + tenacity.wait_random(0, first))(state)
        error = state.outcome.exception() if state.outcome else None
        return max(grown, (error.retry_after or 0) if isinstance(error, Unavailable) else 0)

    def _attempt(self, method: str, url: str, *, safe: bool, kwargs: dict[str, Any]) -> requests.Response:
        token = self._token or self._renew(None)
        response = self._send(method, url, token, safe=safe, kwargs=kwargs)
        if of_a_spent_session(response):
            response = self._send(method, url, self._renew(token), safe=safe, kwargs=kwargs)
        answered(response, f"{method} {urlsplit(url).path}", safe=safe)
        return response

    def _send(self, method: str, url: str, token: Token, *, safe: bool, kwargs: dict[str, Any]) -> requests.Response:
        if not safe and time.monotonic() - self._answered_at > self.patience.idle:
            self.close()  # idle connections only; the request opens a new one
        counted = url.startswith(f"{token.instance_url}/services/data/")
        if counted:
            self._allowance.take()
        try:
            response = super().request(method, url, **self._dressed(url, token, safe=safe, kwargs=kwargs))
        except (requests.ConnectionError, requests.Timeout, ChunkedEncodingError, ContentDecodingError) as error:
            problem = explain(error, token.instance_url)
            unsent = before_sending(error)
            self._count(1 if counted and not unsent else 0)
            if safe or unsent:
                raise problem from None  # the text of the cause holds the whole URL, and with it a query's values
            raise LostAnswer(f"{method} {urlsplit(url).path}: no answer came ({type(error).__name__})") from None
        self._count(1 if counted else 0)
        self.usage = usage(response) or self.usage
        self._mine.asked_at = asked_at(response)
        self._mine.answered_at = answered_at(response)
        self._answered_at = time.monotonic()
        return response

    def _dressed(self, url: str, token: Token, *, safe: bool, kwargs: dict[str, Any]) -> dict[str, Any]:
        headers = {**(kwargs.get("headers") or {})}
        headers.pop("X-PrettyPrint", None)  # simple-salesforce asks for it, and it makes pages a third larger
        headers.pop("Authorization", None)
        if url.startswith(f"{token.instance_url}/"):
            headers["Authorization"] = f"Bearer {token.value}"
        timeout = (self.patience.connect, self.patience.read if safe else self.patience.write)
        return {"timeout": timeout, **kwargs, "headers": headers, "allow_redirects": False}

    def _count(self, number: int) -> None:
        with self._counting:
            self.calls += number

    def _renew(self, spent: Token | None) -> Token:
        with self._renewal:
            if self._token is None or self._token is spent:
                self._token = self._login.token(self._post_form)
            return self._token

    def _post_form(self, url: str, form: Mapping[str, str]) -> requests.Response:
        timeout = (self.patience.connect, self.patience.read)
        try:
            return super().request("POST", url, data=dict(form), timeout=timeout, allow_redirects=False)
        except (requests.ConnectionError, requests.Timeout, ChunkedEncodingError) as error:
            raise explain(error, url) from None


def _log_pause(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.info("attempt %s failed, another follows: %s", state.attempt_number, error)
