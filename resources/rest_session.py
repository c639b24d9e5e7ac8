"""One reading of a collection over HTTP: token, verification, time-outs, retries, and what an answer must look like.

What a caller may rely on. An answer that comes back is a page; everything else is an exception.
· 429, 5xx, silence, a cut line and an answer that is no JSON are asked for again, that page alone, with growing pauses
  and jitter, or after the time that Retry-After asks for; a service that asks for more than `Patience.longest` is not
  waited for.
· Only the environment that came in as settings counts (`Route`), TLS is always verified, redirects are not followed:
  a token goes nowhere but to the address that is set.
· Texts of errors name service, path and page; never a value, a cursor or a token.
"""

from __future__ import annotations

import codecs
import logging
import ssl
from collections.abc import Mapping
from typing import Any

import orjson
import requests
import tenacity
from requests.exceptions import ChunkedEncodingError, ContentDecodingError

from pipelines.declaring.source import Rest
from pipelines.ports.world import SourceError, SystemicError
from resources.json_text import whole_characters
from resources.salesforce.connections import causes
from resources.salesforce.headers import retry_after
from resources.salesforce.patience import Patience
from resources.services import Service

EMPTY_PAGES = 100
"""So many in a row, each with another cursor, are an error of the service."""

log = logging.getLogger(__name__)


class Unavailable(SourceError):
    """It may go well the next time. `wait` is what the service asks for, in seconds."""

    def __init__(self, code: str, message: str, wait: float | None = None) -> None:
        super().__init__(code, message)
        self.wait = wait


class PageSession(requests.Session):
    """For one reading of one collection. `page` is the number of the page that is asked for, from 1 on."""

    def __init__(self, service: Service, collection: Rest, patience: Patience) -> None:
        super().__init__()
        service.route.lead(self)
        self.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "concord"})
        self.page = 1
        self.data: list[object] = []
        self.body = b""
        self.cursor: str | None = None
        self._service = service
        self._collection = collection
        self._patience = patience
        self._cursors: set[str] = set()
        self._empty = 0

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """The answer with the page, whose rows are `data`, its `body`, and the next page's `cursor`, if any."""
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._patience.attempts),
            retry=tenacity.retry_if_exception(self._worth_waiting),
            wait=self._pause,
            sleep=self._patience.sleep,
            before_sleep=_log_pause,
            reraise=True,
        )
        response: requests.Response = retrying(lambda: self._attempt(request, kwargs))
        self.page += 1
        return response

    def _worth_waiting(self, error: BaseException) -> bool:
        return isinstance(error, Unavailable) and (error.wait or 0) <= self._patience.longest

    def _pause(self, state: tenacity.RetryCallState) -> float:
        first, longest = self._patience.pause, self._patience.longest
        grown = (tenacity.wait_exponential(multiplier=first, max=longest) + tenacity.wait_random(0, first))(state)
        error = state.outcome.exception() if state.outcome else None
        return max(grown, (error.wait or 0) if isinstance(error, Unavailable) else 0)

    def _attempt(self, request: requests.PreparedRequest, kwargs: Mapping[str, Any]) -> requests.Response:
        how = {**kwargs, "timeout": (self._patience.connect, self._patience.read), "allow_redirects": False}
        try:
            response = super().send(request, **how)
        except (requests.ConnectionError, requests.Timeout, ChunkedEncodingError, ContentDecodingError) as error:
            raise self._unreached(error) from None  # the text of the cause holds the whole URL
        self._check_status(response)
        self._take(response)
        return response

    def _unreached(self, error: requests.RequestException) -> SourceError | SystemicError:
        found = list(causes(error))
        for cause in found:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return SystemicError(
                    "source_tls",
                    f"{self._place}: the certificate is not trusted ({cause.verify_message}). If it is signed by an"
                    f" authority of your own, name its file in {self._service.prefix}CA_FILE",
                )
        kind = next((type(cause).__name__ for cause in found if isinstance(cause, OSError)), type(error).__name__)
        return Unavailable("source_unreachable", f"{self._place}: no whole answer came ({kind})")

    def _check_status(self, response: requests.Response) -> None:
        status = response.status_code
        if status in (401, 403):
            raise SystemicError(
                "source_token",
                f"{self._place}: the token was refused ({status}); put a valid one into {self._service.prefix}TOKEN",
            )
        if status == 429:
            wait = retry_after(response)
            told = f", and asks to wait {wait:.0f} s" if wait else ""
            raise Unavailable("source_busy", f"{self._place}: the service is busy (429){told}", wait)
        if status == 408 or status >= 500:
            raise Unavailable("source_failed", f"{self._place}: the service failed ({status})", retry_after(response))
        if status != 200:
            raise SourceError(
                "source_refused", f"{self._place}: it answered {status}, not 200; look at the declaration"
            )

    def _take(self, response: requests.Response) -> None:
        self.body, content = self._parsed(response.content.removeprefix(codecs.BOM_UTF8))
        said = self._collection
        data = content.get(said.data) if isinstance(content, dict) else None
        if not isinstance(data, list):
            raise SourceError("source_no_data", f"{self._place}: the answer has no list {said.data!r}")
        self._empty = 0 if data else self._empty + 1
        self.cursor, self.data = self._next(content, said.next_cursor), data

    def _parsed(self, body: bytes) -> tuple[bytes, Any]:
        """The body with what it says. Half a character costs no page: it becomes the sign for what cannot be read."""
        for mended in (bytes, whole_characters):
            text = mended(body)
            try:
                return text, orjson.loads(text)
            except orjson.JSONDecodeError:
                continue
        raise Unavailable("source_not_json", f"{self._place}: the answer is not JSON")

    def _next(self, content: Mapping[str, object], name: str) -> str | None:
        if name not in content:
            raise SourceError("source_no_cursor", f"{self._place}: the answer has no {name!r}, not even null")
        cursor = content[name]
        if cursor is None or cursor == "":
            return None
        if isinstance(cursor, bool) or not isinstance(cursor, str | int):
            raise SourceError("source_no_cursor", f"{self._place}: {name!r} is neither text, number nor null")
        if str(cursor) in self._cursors:
            raise SourceError("source_endless", f"{self._place}: the cursor of the next page was there before")
        if self._empty >= EMPTY_PAGES:
            raise SourceError("source_endless", f"{self._place}: {self._empty} pages in a row had no rows")
        self._cursors.add(str(cursor))
        return str(cursor)

    @property
    def _place(self) -> str:
        return f"{self._service.name} {self._collection.path}, page {self.page}"


def _log_pause(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.info("attempt %s failed, another follows: %s", state.attempt_number, error)
