"""SOAP's login, and what it says of the user; getUserInfo says the same again."""

from __future__ import annotations

from .endpoint import Call
from .oauth import base_url, password_is_right
from .permissions import User
from .sessions import LIFETIME
from .soap_xml import Asked, SoapFault, first, member

_REFUSED = "Invalid username, password, security token; or user locked out."


def login(call: Call, asked: Asked) -> str:
    """A session for whoever knows their password; a fault for anybody else."""
    user = call.org.user_named(first(asked.body, "username"))
    if user is None or not password_is_right(call.org, first(asked.body, "password")):
        raise SoapFault("INVALID_LOGIN", _REFUSED)
    path = call.path.rstrip("/")
    server = f"{base_url(call)}{path}/{call.org.identity.org_id[:15]}"
    return member(
        "result",
        {
            "metadataServerUrl": server.replace("/Soap/u/", "/Soap/m/").replace("/Soap/c/", "/Soap/m/"),
            "passwordExpired": False,
            "sandbox": True,
            "serverUrl": server,
            "sessionId": call.org.sessions.access_token(user.id),
            "userId": user.id,
            "userInfo": user_info(call, user),
        },
    )


def user_info(call: Call, user: User) -> dict[str, object]:
    """The members of a GetUserInfoResult."""
    with call.org.store.read() as db:
        row = db.execute('select "Name", "Email", "ProfileId" from "User" where "Id" = ?', (user.id,)).fetchone()
    return {
        "accessibilityMode": False,
        "currencySymbol": "$",
        "organizationId": call.org.identity.org_id,
        "organizationMultiCurrency": False,
        "organizationName": "Embedded Sandbox",
        "profileId": row[2],
        "sessionSecondsValid": LIFETIME,
        "userEmail": row[1],
        "userFullName": row[0],
        "userId": user.id,
        "userLanguage": "en_US",
        "userLocale": "en_US",
        "userName": user.username,
        "userTimeZone": user.time_zone,
        "userType": "Standard",
    }
