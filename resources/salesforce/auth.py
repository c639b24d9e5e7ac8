"""The ways to a token: client credentials, JWT bearer, or a token that was given to us.

A way to log in knows the form to post and how to read the answer; the session posts it, with its own verification,
time-outs and retries. The password and web-server flows are left out on purpose: they are for people.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr

from pipelines.ports.world import SystemicError
from resources.salesforce.errors import body, login_refusal
from resources.settings import Settings, SettingsError

Post = Callable[[str, Mapping[str, str]], requests.Response]
"""Posts a form to a URL and gives whatever answer comes."""


@dataclass(frozen=True, slots=True)
class Token:
    """Admits to one instance. `user_id` and `org_id` are empty when the answer did not tell them."""

    value: str = field(repr=False)
    instance_url: str
    user_id: str = ""
    org_id: str = ""


class Login(Protocol):
    """A way to a token."""

    def token(self, post: Post) -> Token:
        """A fresh token; raises SystemicError naming the settings to look at, or Unavailable."""


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """The integration user that the org's app runs as."""

    login_url: str
    client_id: str
    client_secret: str = field(repr=False)
    instance_url: str | None = None

    def token(self, post: Post) -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        return _granted(post, self.login_url, form, self.instance_url)


@dataclass(frozen=True, slots=True)
class JwtBearer:
    """A user who approved the app beforehand, vouched for by a private key."""

    login_url: str
    client_id: str
    username: str
    private_key_file: Path
    instance_url: str | None = None
    now: Callable[[], float] = time.time

    def token(self, post: Post) -> Token:
        import jwt

        claims = {
            "iss": self.client_id,
            "sub": self.username,
            "aud": _audience(self.login_url),
            "exp": int(self.now()) + 180,
        }
        try:
            assertion = jwt.encode(claims, self.private_key_file.read_bytes(), algorithm="RS256")
        except (OSError, ValueError, jwt.exceptions.InvalidKeyError):
            raise SystemicError(
                "INVALID_CREDENTIALS", "SALESFORCE_PRIVATE_KEY_FILE holds no readable RSA private key in PEM form."
            ) from None
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
        return _granted(post, self.login_url, form, self.instance_url)


class GivenToken:
    """A token from elsewhere: good for one session, and not to be had again."""

    def __init__(self, value: str, instance_url: str) -> None:
        self._token: Token | None = Token(value, instance_url)

    def token(self, post: Post) -> Token:
        del post  # nobody to ask
        given, self._token = self._token, None
        if given is None:
            raise SystemicError(
                "INVALID_SESSION_ID",
                "SALESFORCE_ACCESS_TOKEN has expired or was never valid for SALESFORCE_INSTANCE_URL. Set a new one, "
                "or a client id and secret, with which sessions are renewed.",
            )
        return given


def login_of(settings: Settings) -> Login:
    """The way to log in that the settings describe; they hold exactly one, or none at all."""
    match settings:
        case Settings(salesforce_access_token=SecretStr() as value, salesforce_instance_url=str(url)):
            return GivenToken(value.get_secret_value(), url)
        case Settings(salesforce_client_id=str(client), salesforce_client_secret=SecretStr() as secret):
            return ClientCredentials(
                settings.login_url, client, secret.get_secret_value(), settings.salesforce_instance_url
            )
        case Settings(
            salesforce_client_id=str(client), salesforce_username=str(user), salesforce_private_key_file=Path() as key
        ):
            return JwtBearer(settings.login_url, client, user, key, settings.salesforce_instance_url)
    raise SettingsError("No org is set: SALESFORCE_INSTANCE_URL and something to log in with are missing.")


def _granted(post: Post, login_url: str, form: Mapping[str, str], instance_url: str | None) -> Token:
    response = post(f"{login_url}/services/oauth2/token", form)
    if response.status_code != 200:
        looked_at = (
            "SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET"
            if "client_secret" in form
            else "SALESFORCE_CLIENT_ID, SALESFORCE_USERNAME, SALESFORCE_PRIVATE_KEY_FILE"
        )
        raise login_refusal(response, login_url, f"{looked_at}, SALESFORCE_LOGIN_URL")
    answer = body(response)
    # `id` is the address of the user: https://login.salesforce.com/id/<org>/<user>
    org_id, user_id = ["", "", *str(answer.get("id", "")).split("/")][-2:]
    return Token(answer["access_token"], instance_url or answer["instance_url"].rstrip("/"), user_id, org_id)


def _audience(login_url: str) -> str:
    """Whom the assertion is for: Salesforce wants its public login hosts, even when asked at an org's own domain."""
    host = urlsplit(login_url).hostname or ""
    if not host.endswith(".my.salesforce.com"):
        return login_url
    return f"https://{'test' if '.sandbox.' in host else 'login'}.salesforce.com"
