"""Where services are and who we are there, read from the environment or `.env` under the service's own name.

A declaration names its service: `engage` is reached by ENGAGE_URL, ENGAGE_TOKEN and, if need be, ENGAGE_CA_FILE and
ENGAGE_TENANT. The next service needs nothing here. A service of which nothing is set is the one beside the embedded
sandbox, while that is the org.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipelines.ports.world import SourceNotSet, SystemicError
from resources.route import DIRECT, LOOPBACK, CaFile, Route, route_to
from resources.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """A service that can be asked. `prefix` begins the names of its settings, such as `ENGAGE_`."""

    name: str
    prefix: str
    url: str
    token: SecretStr
    route: Route = DIRECT
    tenant: str = ""
    """Whose rows are told, where one address serves several tenants."""
    embedded: bool = False
    """Beside the embedded sandbox, where its address is another one each time."""

    @property
    def place(self) -> str:
        """Changes when the address does, or the tenant, and never with the token: that one may be another each hour."""
        if self.embedded:
            return "embedded"
        return "-".join(hashlib.sha256(text.encode()).hexdigest()[:16] for text in (self.url, self.tenant) if text)


def prefix_of(name: str) -> str:
    """What the names of the service's settings begin with."""
    return f"{name.upper().replace('-', '_')}_"


def service_of(name: str, settings: Settings) -> Service:
    """The service of that name; SourceNotSet, or SystemicError `source_settings`, names what is not set."""
    prefix = prefix_of(name)
    told = _read(prefix)
    if told.url is None and told.token is None:
        if beside := settings.beside.get(name):
            return Service(name, prefix, beside.url, beside.token, Route(settings.salesforce_ca_file), embedded=True)
        raise SourceNotSet(f"{prefix}URL and {prefix}TOKEN are not set: where is {name}?")
    if told.url is None or told.token is None:
        there, missing = ("TOKEN", "URL") if told.url is None else ("URL", "TOKEN")
        raise SystemicError("source_settings", f"{prefix}{there} is set, {prefix}{missing} is missing")
    return Service(name, prefix, told.url, told.token, route_to(told.url, settings, told.ca_file), told.tenant)


def address(url: str) -> str:
    if not _is_address(url):
        raise ValueError("must be an address such as https://engage.example.com, with https and without a query")
    return url.rstrip("/")


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    try:
        has_port = parts.port != 0
    except ValueError:
        return False
    spoken = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    more = parts.query or parts.fragment or "@" in parts.netloc
    return spoken and has_port and bool(parts.hostname) and not more


def one_word(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", token.get_secret_value()):
        raise ValueError("must be one word of plain letters, digits and signs")
    return token


class _Told(BaseSettings):
    """What the environment says of one service. A blank variable counts as not set."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    url: Annotated[str, AfterValidator(address)] | None = None
    token: Annotated[SecretStr, AfterValidator(one_word)] | None = None
    ca_file: CaFile | None = None
    """The only certificates trusted, when set; else those that `certifi` ships."""
    tenant: str = ""


def _read(prefix: str) -> _Told:
    try:
        return _Told(_env_prefix=prefix)
    except ValidationError as error:
        wrong = [
            f"{prefix}{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors()
        ]
        raise SystemicError("source_settings", "; ".join(wrong)) from None
