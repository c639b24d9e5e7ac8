"""Access tokens: who one stands for, and until when. A token carries its own proof, so sessions outlive a restart."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from .errors import invalid_session
from .files import write_private
from .identity import Identity
from .ids import to15

LIFETIME = 7200
"""Seconds for which an access token is good, however busy its session: the default timeout of an org."""

_TOKEN = re.compile(r"(00D\w{12})!([AR])Q\.(\w{18})\.([0-9a-f]+)\.(\d+)\.(\w+)\.([0-9a-f]{64})", re.ASCII)


class Sessions:
    """Issues and recognises the tokens of one org; how old one is, its clock says."""

    def __init__(self, identity: Identity, generation_file: Path, clock: Callable[[], datetime]) -> None:
        self._key = identity.signing_key.encode()
        self._org = to15(identity.org_id)
        self._file = generation_file
        self._generation = int(generation_file.read_text()) if generation_file.exists() else 0
        self._revoked: set[str] = set()
        self._clock = clock

    def access_token(self, user_id: str) -> str:
        """A new session of that user."""
        return self._token("A", user_id)

    def refresh_token(self, user_id: str) -> str:
        """A token that can be exchanged for sessions of that user, now and later."""
        return self._token("R", user_id)

    def user_id(self, token: str) -> str:
        """Whose session that is; INVALID_SESSION_ID if it is none, or not any more."""
        match = _TOKEN.fullmatch(token)
        if match is None or match[2] != "A" or not self._genuine(token):
            raise invalid_session()
        if int(match[5]) != self._generation or self._seconds() - int(match[4], 16) > LIFETIME:
            raise invalid_session()
        if token in self._revoked:
            raise invalid_session()
        return match[3]

    def revoke(self, token: str) -> bool:
        """That token is good no more; False if it never was one of ours."""
        match = _TOKEN.fullmatch(token)
        if match is None or not self._genuine(token):
            return False
        self._revoked.add(token)
        return True

    def refreshable(self, token: str) -> str | None:
        """Whose refresh token that is, or None."""
        match = _TOKEN.fullmatch(token)
        return match[3] if match and match[2] == "R" and self._genuine(token) and token not in self._revoked else None

    def expire_all(self) -> None:
        """No access token issued so far is good any more."""
        self._generation += 1
        write_private(self._file, str(self._generation).encode())

    def _token(self, kind: str, user_id: str) -> str:
        issued = f"{self._seconds():x}"
        body = f"{self._org}!{kind}Q.{user_id}.{issued}.{self._generation}.{secrets.token_hex(8)}"
        return f"{body}.{self._proof(body)}"

    def _seconds(self) -> int:
        return int(self._clock().timestamp())

    def _genuine(self, token: str) -> bool:
        body, _, proof = token.rpartition(".")
        return hmac.compare_digest(proof, self._proof(body))

    def _proof(self, body: str) -> str:
        return hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()
