"""Who one is: userinfo, and the identity URL that every session comes with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .endpoint import Answer, Call, Route
from .oauth import base_url

if TYPE_CHECKING:
    from .org import Org


def routes(org: Org) -> list[Route]:
    return [
        Route("/services/oauth2/userinfo", {"GET": _userinfo, "POST": _userinfo}, counted=False),
        Route("/id/{organization}/{user}", {"GET": _identity}, counted=False),
    ]


def _userinfo(call: Call) -> Answer:
    return Answer(body=_about(call))


def _identity(call: Call) -> Answer:
    return Answer(body={**_about(call), "id": f"{base_url(call)}{call.path}", "username": call.user.username})


def _about(call: Call) -> dict[str, object]:
    url = base_url(call)
    with call.org.store.read() as db:
        row = db.execute('select "Name", "Email" from "User" where "Id" = ?', (call.user.id,)).fetchone()
    rest = f"{url}/services/data/v{{version}}/"
    return {
        "sub": f"{url}/id/{call.org.identity.org_id}/{call.user.id}",
        "user_id": call.user.id,
        "organization_id": call.org.identity.org_id,
        "preferred_username": call.user.username,
        "nickname": call.user.username.partition("@")[0],
        "name": row[0],
        "email": row[1],
        "email_verified": True,
        "active": True,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "zoneinfo": "GMT",
        "utcOffset": 0,
        "urls": {
            "rest": rest,
            "sobjects": f"{rest}sobjects/",
            "query": f"{rest}query/",
            "custom_domain": url,
        },
    }
