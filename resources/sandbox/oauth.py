"""Logging in: the token endpoint (client credentials, JWT bearer, refresh token, password).

A refresh token is good for any client id, as clients bring their own. How a session is looked into or ended is in
`tokens`, whose it is in `userinfo`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import jwt

from .endpoint import Answer, Call, Route
from .people import INTEGRATION
from .permissions import User

if TYPE_CHECKING:
    from .org import Org

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LOGIN_HOSTS = ("https://login.salesforce.com", "https://test.salesforce.com")

Form = Mapping[str, str]


class _Refused(Exception):
    """The token endpoint gives no token."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.body = {"error": error, "error_description": description}


def routes(org: Org) -> list[Route]:
    return [
        Route("/services/oauth2/token", {"POST": _token}, open_to_all=True, counted=False),
    ]


def base_url(call: Call) -> str:
    """Where the client finds this org: where it reached it, or its own domain if that was a general login host."""
    host = call.headers.get("host", "localhost").removesuffix(":443")
    return f"https://{call.org.identity.domain}" if f"https://{host}" in _LOGIN_HOSTS else f"https://{host}"


def password_is_right(org: Org, password: str) -> bool:
    """True for the password of every user: the client secret, followed by the security token (the org's id) or not."""
    known = (f"{org.identity.client_secret}{token}" for token in ("", org.identity.org_id))
    return any(hmac.compare_digest(password.encode(), one.encode()) for one in known)


def _token(call: Call) -> Answer:
    form = {**call.query, **dict(parse_qsl(call.body.decode("utf-8", "replace")))}
    grants: dict[str, Callable[[Call, Form], User]] = {
        "client_credentials": _client_credentials,
        JWT_BEARER: _jwt_bearer,
        "refresh_token": _refresh_token,
        "password": _password,
    }
    try:
        grant = grants.get(form.get("grant_type", ""))
        if grant is None:
            raise _Refused("unsupported_grant_type", "grant type not supported")
        user = grant(call, form)
    except _Refused as refused:
        return Answer(400, refused.body)
    return Answer(body=_session(call, user))


def _session(call: Call, user: User) -> dict[str, str]:
    url, issued_at = base_url(call), str(int(call.org.time().timestamp() * 1000))
    identity = f"{url}/id/{call.org.identity.org_id}/{user.id}"
    signature = hmac.new(call.org.identity.client_secret.encode(), f"{identity}{issued_at}".encode(), hashlib.sha256)
    return {
        "access_token": call.org.sessions.access_token(user.id),
        "signature": base64.b64encode(signature.digest()).decode(),
        "scope": "api",
        "instance_url": url,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    }


def _client_credentials(call: Call, form: Form) -> User:
    _check_client(call, form)
    return _active(call.org, INTEGRATION)


def _password(call: Call, form: Form) -> User:
    _check_client(call, form)
    user = call.org.user_named(form.get("username", ""))
    if user is None or not password_is_right(call.org, form.get("password", "")):
        raise _Refused("invalid_grant", "authentication failure")
    return user


def _check_client(call: Call, form: Form) -> None:
    client_id, secret = _client(call, form)
    identity = call.org.identity
    if not hmac.compare_digest(client_id.encode(), identity.client_id.encode()):
        raise _Refused("invalid_client_id", "client identifier invalid")
    if not hmac.compare_digest(secret.encode(), identity.client_secret.encode()):
        raise _Refused("invalid_client", "invalid client credentials")


def _client(call: Call, form: Form) -> tuple[str, str]:
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise _Refused("invalid_client", "invalid client credentials") from None
        return client_id, secret
    return form.get("client_id", ""), form.get("client_secret", "")


def _jwt_bearer(call: Call, form: Form) -> User:
    claims = _claims(call, form.get("assertion", ""))
    if claims.get("iss") != call.org.identity.client_id:
        raise _Refused("invalid_client_id", "client identifier invalid")
    user = call.org.user_named(str(claims.get("sub", "")))
    if user is None:
        raise _Refused("invalid_grant", "user hasn't approved this consumer")
    return user


def _claims(call: Call, assertion: str) -> dict[str, object]:
    reached = f"https://{call.headers.get('host', 'localhost')}"
    audiences = [reached, f"{reached}/services/oauth2/token", *_LOGIN_HOSTS]
    for key in call.org.identity.public_keys:
        try:
            return dict(
                jwt.decode(assertion, key, algorithms=["RS256"], audience=audiences, options={"require": ["exp"]})
            )
        except jwt.InvalidSignatureError:
            continue
        except jwt.ExpiredSignatureError:
            raise _Refused("invalid_grant", "expired authorization code") from None
        except jwt.InvalidAudienceError:
            raise _Refused("invalid_grant", "audience is invalid") from None
        except jwt.InvalidTokenError:
            raise _Refused("invalid_grant", "invalid assertion") from None
    raise _Refused("invalid_grant", "invalid assertion")


def _refresh_token(call: Call, form: Form) -> User:
    user_id = call.org.sessions.refreshable(form.get("refresh_token", ""))
    user = call.org.user_with_id(user_id) if user_id else None
    if user is None:
        raise _Refused("invalid_grant", "expired access/refresh token")
    return user


def _active(org: Org, username: str) -> User:
    user = org.user_named(username)
    if user is None:
        raise _Refused("invalid_grant", "no client credentials user enabled")
    return user
