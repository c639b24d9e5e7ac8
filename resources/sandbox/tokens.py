"""Sessions looked into and ended: introspect and revoke of OAuth.

Tokens carry their own proof, so one that is revoked is remembered until this server stops; a real org never forgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from .endpoint import Answer, Call, Route
from .errors import ApiError

if TYPE_CHECKING:
    from .org import Org


def routes(org: Org) -> list[Route]:
    return [
        Route("/services/oauth2/revoke", {"GET": _revoke, "POST": _revoke}, open_to_all=True, counted=False),
        Route("/services/oauth2/introspect", {"POST": _introspect}, open_to_all=True, counted=False),
    ]


def _token(call: Call) -> str:
    return {**call.query, **dict(parse_qsl(call.body.decode("utf-8", "replace")))}.get("token", "")


def _revoke(call: Call) -> Answer:
    token = _token(call)
    if not call.org.sessions.revoke(token):
        return Answer(400, {"error": "unsupported_token_type", "error_description": "this token type is not supported"})
    return Answer(200)


def _introspect(call: Call) -> Answer:
    """Active or not; only the org's own client may ask."""
    form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
    identity = call.org.identity
    if form.get("client_id") != identity.client_id or form.get("client_secret") != identity.client_secret:
        return Answer(401, {"error": "invalid_client", "error_description": "invalid client credentials"})
    try:
        user = call.org.user(_token(call))
    except ApiError:
        return Answer(body={"active": False})
    return Answer(
        body={
            "active": True,
            "scope": "api",
            "client_id": identity.client_id,
            "username": user.username,
            "sub": f"https://{call.headers.get('host', 'localhost')}/id/{identity.org_id}/{user.id}",
            "token_type": "access_token",
        }
    )
