"""Who may ask: the token endpoint for client credentials, and the bearer tokens it gives, which expire.

A token names the moment of its end and is signed, so none is kept. Texts of refusals are those of Microsoft Entra.
"""

from __future__ import annotations

import hmac
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

import orjson

from .answer import Answer, Refusal, answer_of
from .moments import Clock

TENANT = "5a3c1f0e-7d42-4b1a-9c55-1b0d5e2f7a10"
CLIENT_ID = "c0ffee11-2222-4333-8444-555566667777"
LIFETIME = 3599

_NO_SECRET = (
    "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret"
    f" value, not the client secret ID, for a secret added to app '{CLIENT_ID}'."
)


class Identity:
    """One tenant with one application; `secret` is that of the application."""

    def __init__(self, secret: str, clock: Clock, started: Callable[[], str]) -> None:
        self._secret = secret
        self._clock = clock
        self._generation = started
        self.lifetime = LIFETIME

    def token(self, tenant: str, body: bytes) -> Answer:
        """What the token endpoint of that tenant answers to that form."""
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        wrong = self._wrong(tenant, form)
        if wrong is not None:
            return self._refused(*wrong)
        given = {"token_type": "Bearer", "expires_in": self.lifetime, "ext_expires_in": self.lifetime}
        return answer_of({**given, "access_token": self._signed()}, headers={"Cache-Control": "no-store, no-cache"})

    def check(self, headers: Mapping[str, str]) -> None:
        """Refusal unless the call has a token that holds now."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _unauthorized("Access token is empty.")
        head, _, signature = token.strip().rpartition(".")
        if not head or not hmac.compare_digest(signature, self._signature(head)):
            raise _unauthorized("IDX14100: JWT is not well formed, there are no dots (.).")
        content = orjson.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        if content["exp"] <= self._clock().timestamp() or content["gen"] != self._generation():
            raise _unauthorized("Lifetime validation failed, the token is expired.")

    def _signed(self) -> str:
        ends = self._clock() + timedelta(seconds=self.lifetime)
        content = {"exp": ends.timestamp(), "gen": self._generation(), "uti": time.time_ns()}
        head = urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")
        return f"{head}.{self._signature(head)}"

    def _signature(self, head: str) -> str:
        return hmac.new(self._secret.encode(), head.encode(), "sha256").hexdigest()

    def _wrong(self, tenant: str, form: Mapping[str, str]) -> tuple[int, str, int, str] | None:
        if form.get("grant_type") != "client_credentials":
            given = form.get("grant_type", "")
            return (
                400,
                "unsupported_grant_type",
                70003,
                f"AADSTS70003: The app requested an unsupported grant type '{given}'.",
            )
        if tenant.lower() != TENANT:
            told = f"AADSTS90002: Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID."
            return 400, "invalid_request", 90002, told
        if form.get("client_id", "").lower() != CLIENT_ID:
            given = form.get("client_id", "")
            told = f"AADSTS700016: Application with identifier '{given}' was not found in the directory '{tenant}'."
            return 400, "unauthorized_client", 700016, told
        if not hmac.compare_digest(form.get("client_secret", "").encode(), self._secret.encode()):
            return 401, "invalid_client", 7000215, _NO_SECRET
        scope = form.get("scope", "")
        if not scope.endswith("/.default"):
            told = (
                f"AADSTS1002012: The provided value for scope {scope} is not valid. Client credential flows must have a"
            )
            return (
                400,
                "invalid_scope",
                1002012,
                f"{told} scope value with /.default suffixed to the resource identifier.",
            )
        return None

    def _refused(self, status: int, error: str, code: int, description: str) -> Answer:
        now: datetime = self._clock()
        trace = str(uuid.uuid4())
        lines = f"{description} Trace ID: {trace} Correlation ID: {trace} Timestamp: {now:%Y-%m-%d %H:%M:%SZ}"
        told = {"error": error, "error_description": lines, "error_codes": [code], "trace_id": trace}
        uri = f"https://login.microsoftonline.com/error?code={code}"
        return answer_of({**told, "timestamp": f"{now:%Y-%m-%d %H:%M:%SZ}", "error_uri": uri}, status)


def _unauthorized(message: str) -> Refusal:
    challenge = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"'
    return Refusal(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": challenge})
