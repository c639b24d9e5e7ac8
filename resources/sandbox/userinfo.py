"""Who one is: userinfo, and the identity URL that every session comes with, which tells of other users as well.

Both belong to Salesforce's identity service, which refuses in a word of plain text, and a bad session with a 403.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .endpoint import NEWEST_VERSION, Answer, Call, Route, not_emulated
from .errors import ApiError
from .ids import is_id, to18
from .oauth import base_url
from .time_zones import zone_of

if TYPE_CHECKING:
    from .org import Org

Told = dict[str, object]

_COLUMNS = (
    "Id", "Username", "FirstName", "LastName", "Name", "Email", "CommunityNickname", "TimeZoneSidKey",
    "LanguageLocaleKey", "LocaleSidKey", "LastModifiedDate",
)  # fmt: skip
_SERVICES = {
    "enterprise": "Soap/c/{version}/ORG",
    "metadata": "Soap/m/{version}/ORG",
    "partner": "Soap/u/{version}/ORG",
    "rest": "data/v{version}/",
    "sobjects": "data/v{version}/sobjects/",
    "search": "data/v{version}/search/",
    "query": "data/v{version}/query/",
    "recent": "data/v{version}/recent/",
    "tooling_soap": "Soap/T/{version}/ORG",
    "tooling_rest": "data/v{version}/tooling/",
    "feeds": "data/v{version}/chatter/feeds",
    "groups": "data/v{version}/chatter/groups",
    "users": "data/v{version}/chatter/users",
    "feed_items": "data/v{version}/chatter/feed-items",
    "feed_elements": "data/v{version}/chatter/feed-elements",
}


def routes(org: Org) -> list[Route]:
    return [
        Route("/services/oauth2/userinfo", {"GET": _userinfo, "POST": _userinfo}, open_to_all=True, counted=False),
        Route("/id/{organization}/{user}", {"GET": _identity}, open_to_all=True, counted=False),
    ]


def _userinfo(call: Call) -> Answer:
    """What OpenID Connect calls the claims about the user whose session it is."""
    try:
        asking = call.org.user(_token(call))
    except ApiError:
        return _refused(403, "Bad_OAuth_Token")
    user = _found(call, asking.id)
    photos = _photos(call)
    claims = {
        "sub": f"{base_url(call)}/id/{call.org.identity.org_id}/{asking.id}",
        "preferred_username": user["Username"],
        "nickname": _nickname(user),
        "name": user["Name"],
        "given_name": user["FirstName"],
        "family_name": user["LastName"],
        "zoneinfo": user["TimeZoneSidKey"],
        "photos": photos,
        "profile": f"{base_url(call)}/{asking.id}",
        "picture": photos["picture"],
        "address": {},
        "updated_at": _seconds(user),
    }
    return Answer(body=claims | _in_both(call, user))


def _identity(call: Call) -> Answer:
    try:
        asking = call.org.user(_token(call))
    except ApiError:
        return _refused(403, "Bad_OAuth_Token")
    if call.query.get("format", "json").lower() != "json" or "callback" in call.query:
        raise not_emulated(call.method, f"{call.path} in another format than JSON")
    if to18(call.params["organization"]) != call.org.identity.org_id:
        return _refused(403, "Wrong_Org")
    user = _found(call, call.params["user"])
    if not user:
        return _refused(404, "Bad_Id")
    told = {
        "id": f"{base_url(call)}{call.path}",
        "asserted_user": user["Id"] == asking.id,
        "username": user["Username"],
        "nick_name": _nickname(user),
        "display_name": user["Name"],
        "first_name": user["FirstName"],
        "last_name": user["LastName"],
        "timezone": user["TimeZoneSidKey"],
        "photos": _photos(call),
        **dict.fromkeys(("addr_street", "addr_city", "addr_state", "addr_country", "addr_zip", "mobile_phone")),
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "last_modified_date": _seconds(user),
        "is_app_installed": True,
    }
    return Answer(body=told | _in_both(call, user))


def _in_both(call: Call, user: Told) -> Told:
    return {
        "user_id": user["Id"],
        "organization_id": call.org.identity.org_id,
        "email": user["Email"],
        "email_verified": True,
        "urls": _urls(call, str(user["Id"])),
        "active": True,
        "user_type": "STANDARD",
        "language": user["LanguageLocaleKey"],
        "locale": user["LocaleSidKey"],
        "utcOffset": _offset(call, str(user["TimeZoneSidKey"] or "GMT")),
    }


def _token(call: Call) -> str:
    """The access token, which may stand in the URL."""
    return call.query.get("oauth_token") or call.headers.get("authorization", "").partition(" ")[2].strip()


def _refused(status: int, word: str) -> Answer:
    return Answer(status, word.encode(), {"Content-Type": "text/plain;charset=UTF-8"})


def _found(call: Call, user_id: str) -> Told:
    """The active user of that id; nothing if there is none."""
    if not is_id(user_id):
        return {}
    sql = f'select {", ".join(_COLUMNS)} from "User" where "Id" = ? and "IsActive" = 1'
    with call.org.store.read() as db:
        row = db.execute(sql, (to18(user_id),)).fetchone()
    return dict(zip(_COLUMNS, row or (), strict=bool(row)))


def _nickname(user: Told) -> object:
    return user["CommunityNickname"] or str(user["Username"]).partition("@")[0]


def _photos(call: Call) -> dict[str, str]:
    """The pictures of users that have none; nobody has one here."""
    return {name: f"{base_url(call)}/profilephoto/005/{size}" for name, size in (("picture", "F"), ("thumbnail", "T"))}


def _urls(call: Call, user_id: str) -> dict[str, str]:
    """Where the APIs are; the version is left open unless one is asked for."""
    asked = call.query.get("version", "{version}")
    version = f"{NEWEST_VERSION}.0" if asked == "latest" else asked
    url, org = base_url(call), call.org.identity.org_id[:15]
    services = {
        name: f"{url}/services/{path.replace('ORG', org).replace('{version}', version)}"
        for name, path in _SERVICES.items()
    }
    return {**services, "profile": f"{url}/{user_id}", "custom_domain": url}


def _offset(call: Call, zone: str) -> int:
    """Milliseconds by which the zone is ahead of UTC in winter: summer time is left out, as recorded."""
    now = call.org.time().astimezone(zone_of(zone))
    return int(((now.utcoffset() or timedelta()) - (now.dst() or timedelta())).total_seconds() * 1000)


def _seconds(user: Told) -> str:
    changed = datetime.fromisoformat(str(user["LastModifiedDate"]))
    return f"{changed:%Y-%m-%dT%H:%M:%SZ}"
