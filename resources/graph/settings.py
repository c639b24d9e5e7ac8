"""Where Microsoft Graph is and who we are there, read from the environment or `.env`: the settings GRAPH_….

With nothing of it set, the Graph beside the embedded sandbox is meant, while that is the org.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipelines.ports.world import SourceNotSet, SystemicError
from resources.route import DIRECT, CaFile, Route, route_to
from resources.services import address, one_word
from resources.settings import Settings

PREFIX = "GRAPH_"
NEEDED = ("url", "tenant", "client_id", "client_secret")
LOGINS = {
    "graph.microsoft.com": "https://login.microsoftonline.com",
    "graph.microsoft.us": "https://login.microsoftonline.us",
    "dod-graph.microsoft.us": "https://login.microsoftonline.us",
    "microsoftgraph.chinacloudapi.cn": "https://login.chinacloudapi.cn",
}
"""Where tokens are given, by the host of each cloud; elsewhere, as in the sandbox, Graph's own address gives them."""


@dataclass(frozen=True, slots=True)
class GraphAccount:
    """An application that is known to a tenant."""

    url: str
    login_url: str
    tenant: str
    client_id: str
    client_secret: SecretStr
    route: Route = DIRECT


def graph_of(settings: Settings) -> GraphAccount:
    """The account that is set; SystemicError `source_settings` that names the variables if it is not told whole."""
    told = _read()
    missing = [f"{PREFIX}{name.upper()}" for name in NEEDED if not getattr(told, name)]
    if len(missing) == len(NEEDED) and (beside := settings.beside.get("graph")):
        from resources.graph_sandbox import CLIENT_ID, TENANT

        route = Route(settings.salesforce_ca_file)
        return GraphAccount(beside.url, beside.url, TENANT, CLIENT_ID, beside.token, route)
    if len(missing) == len(NEEDED):
        raise SourceNotSet(f"{', '.join(missing)} are not set: where is Microsoft Graph, and who are we?")
    if not (told.url and told.tenant and told.client_id and told.client_secret):
        raise SystemicError(
            "source_settings", f"{', '.join(missing)} missing: where is Microsoft Graph, and who are we?"
        )
    login = told.login_url or LOGINS.get(urlsplit(told.url).hostname or "", told.url)
    route = route_to(told.url, settings, told.ca_file)
    return GraphAccount(told.url, login, told.tenant, told.client_id, told.client_secret, route)


def _name(text: str) -> str:
    if not re.fullmatch(r"[\w.-]*", text):
        raise ValueError("must be an id or a domain: letters, digits, dots and hyphens")
    return text


class _Told(BaseSettings):
    """What the environment says. A blank variable counts as not set."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    url: Annotated[str, AfterValidator(address)] | None = None
    login_url: Annotated[str, AfterValidator(address)] | None = None
    tenant: Annotated[str, AfterValidator(_name)] | None = None
    client_id: Annotated[str, AfterValidator(_name)] | None = None
    client_secret: Annotated[SecretStr, AfterValidator(one_word)] | None = None
    ca_file: CaFile | None = None
    """The only certificates trusted, when set; else those that `certifi` ships."""


def _read() -> _Told:
    try:
        return _Told()
    except ValidationError as error:
        wrong = [
            f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors()
        ]
        raise SystemicError("source_settings", "; ".join(wrong)) from None
